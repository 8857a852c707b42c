import type { Json, Queryable } from '@sluice/database';
import type { RuleSetHead, RuleSetLayer, RuleSetName } from '../domain/rule-set-head.ts';

/** A published version of a rule set. It never changes. */
export interface PublishedRuleSet extends RuleSetHead {
  /** The whole set in the stored form. */
  readonly content: Json;
  /** SHA-256 of the canonical JSON of the content, hex: what bundles name it by. */
  readonly digest: string;
  readonly publishedBy: string;
  /** ISO 8601. */
  readonly publishedAt: string;
}

interface Row {
  readonly set_id: string;
  readonly version: number;
  readonly layer: RuleSetLayer;
  readonly scope_id: string | null;
  readonly content: Json;
  readonly digest: string;
  readonly published_by: string;
  readonly published_at: Date;
}

/** The version of a rule set that is in force. */
export interface RuleSetInForce extends RuleSetName {
  /** The set's unfinished rollout and the step that it is in; null without one, or a step. */
  readonly rollout: { readonly rolloutId: string; readonly step: number } | null;
}

interface InForceRow {
  readonly id: string;
  readonly newest_version: number;
  readonly rollout_id: string | null;
  readonly step: number | null;
}

/** Which version of each rule set is in force: by set id, in their order. One statement. */
export async function readVersionsInForce(
  queryable: Queryable,
): Promise<readonly RuleSetInForce[]> {
  const rows = await queryable.query<InForceRow>(
    `select known.id, known.newest_version, rollout.id as rollout_id, latest.step
     from rulebook.rule_set as known
     left join rulebook.rollout on rollout.set_id = known.id and rollout.ended_at is null
     left join lateral (
       select max(number) as step from rulebook.rollout_step where rollout_id = rollout.id
     ) as latest on true
     order by known.id`,
  );
  return rows.map(({ id: setId, newest_version: version, rollout_id: rolloutId, step }) => ({
    ...{ setId, version },
    rollout: rolloutId === null || step === null ? null : { rolloutId, step },
  }));
}

/** Published versions by name, in the order asked for; one that was never published is left out. */
export async function readRuleSets(
  queryable: Queryable,
  names: readonly RuleSetName[],
): Promise<readonly PublishedRuleSet[]> {
  if (names.length === 0) return [];
  const rows = await queryable.query<Row>(
    `select published.*
     from unnest($1::text[], $2::integer[]) with ordinality as asked (set_id, version, place)
     join rulebook.rule_set_version as published using (set_id, version)
     order by place`,
    [names.map(({ setId }) => setId), names.map(({ version }) => version)],
  );
  return rows.map(fromRow);
}

/** All versions of a rule set, the newest first; none for a set that was never published. */
export async function listRuleSetVersions(
  queryable: Queryable,
  setId: string,
): Promise<readonly PublishedRuleSet[]> {
  const rows = await queryable.query<Row>(
    'select * from rulebook.rule_set_version where set_id = $1 order by version desc',
    [setId],
  );
  return rows.map(fromRow);
}

function fromRow(row: Row): PublishedRuleSet {
  return {
    ...{ setId: row.set_id, version: row.version, layer: row.layer, scopeId: row.scope_id },
    ...{ content: row.content, digest: row.digest, publishedBy: row.published_by },
    publishedAt: row.published_at.toISOString(),
  };
}

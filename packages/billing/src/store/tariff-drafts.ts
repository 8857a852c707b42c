import type { Queryable, Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import type { Tariff } from '../domain/tariff.ts';
import { contentHash } from './content-hash.ts';
import { lockTariffId } from './lock-tariff-id.ts';
import { publishTariff } from './publish-tariff.ts';

/** Where a draft stands: each revision waits for one verdict. */
export type DraftState = 'waiting' | 'approved' | 'rejected' | 'published';

/** The latest revision of a draft, with its review. */
export interface TariffDraft {
  readonly tariffId: string;
  readonly revision: number;
  readonly businessId: string;
  readonly baseVersion: number;
  readonly state: DraftState;
  readonly draftedBy: string;
  readonly reviewedBy: string | null;
  readonly note: string | null;
  readonly tariff: Tariff;
}

interface DraftRow {
  readonly tariff_id: string;
  readonly revision: number;
  readonly business_id: string;
  readonly base_version: number;
  readonly content: Tariff;
  readonly content_hash: string;
  readonly drafted_by: string;
  readonly reviewed_by: string | null;
  readonly verdict: 'approved' | 'rejected' | null;
  readonly note: string | null;
  readonly published: boolean;
}

/**
 * Writes a draft, or its next revision. A new revision needs a new review.
 *
 * @param by who drafts; the same name may not review.
 * @param expectedRevision the revision that was read before, 0 for a new draft: another one in
 *   between is refused.
 * @returns the revision; or `DRAFT_CONFLICT`, `TARIFF_ID_TAKEN` (it is published already).
 */
export async function saveDraft(
  tx: Tx,
  tariff: Tariff,
  { by, expectedRevision }: { readonly by: string; readonly expectedRevision: number },
): Promise<number | Refusal> {
  const { id, businessId, version } = tariff;
  await lockTariffId(tx, id);
  const [taken] = await tx.query(`select from billing.tariff where tariff_id = $1`, [id]);
  if (taken !== undefined) {
    const problem = `the id ${id} is published: a change is a new version with a new id`;
    return refuse('TARIFF_ID_TAKEN', problem, { tariff: id });
  }
  const written = await tx.query(
    `insert into billing.tariff_draft
       (tariff_id, revision, business_id, base_version, content, content_hash, drafted_by)
     select $1, $2::integer + 1, $3, $4, $5, $6, $7
     where coalesce((select max(revision) from billing.tariff_draft where tariff_id = $1), 0) = $2
     on conflict do nothing
     returning revision`,
    [
      ...[id, expectedRevision, businessId, version - 1],
      ...[JSON.stringify(tariff), contentHash(tariff), by],
    ],
  );
  if (written.length === 1) return expectedRevision + 1;
  return refuse(
    'DRAFT_CONFLICT',
    `draft ${id} is no more at revision ${expectedRevision}: read it again and write on that`,
    { tariff: id, expectedRevision },
  );
}

/** Gives the latest revision of a draft, or `DRAFT_NOT_FOUND`. */
export async function readDraft(
  queryable: Queryable,
  tariffId: string,
): Promise<TariffDraft | Refusal> {
  const [row] = await queryable.query<DraftRow>(
    `select draft.*, review.reviewed_by, review.verdict, review.note,
       exists (select from billing.tariff where tariff.tariff_id = draft.tariff_id) as published
     from billing.tariff_draft as draft
     left join billing.tariff_review as review using (tariff_id, revision)
     where tariff_id = $1
     order by revision desc
     limit 1`,
    [tariffId],
  );
  if (row === undefined) {
    return refuse('DRAFT_NOT_FOUND', `there is no draft ${tariffId}`, { tariff: tariffId });
  }
  if (contentHash(row.content) !== row.content_hash) {
    throw new Error(`draft ${tariffId} is not stored as it was written`);
  }
  return {
    tariffId: row.tariff_id,
    revision: row.revision,
    businessId: row.business_id,
    baseVersion: row.base_version,
    state: row.published ? 'published' : (row.verdict ?? 'waiting'),
    draftedBy: row.drafted_by,
    reviewedBy: row.reviewed_by,
    note: row.note,
    tariff: row.content,
  };
}

/** A verdict on one revision. */
export interface DraftReview {
  readonly tariffId: string;
  /** What was looked at: a later revision is not approved by it. */
  readonly revision: number;
  readonly by: string;
  readonly verdict: 'approved' | 'rejected';
  readonly note: string;
}

/**
 * Records the verdict of a second person.
 *
 * @returns `reviewed`; or `DRAFT_NOT_FOUND`, `DRAFT_CONFLICT` (there is a later revision),
 *   `REVIEW_BY_AUTHOR`, `DRAFT_REVIEWED` (it has its verdict).
 */
export async function reviewDraft(tx: Tx, review: DraftReview): Promise<'reviewed' | Refusal> {
  const { tariffId, revision, by, verdict, note } = review;
  await lockTariffId(tx, tariffId);
  const draft = await readDraft(tx, tariffId);
  if (isRefusal(draft)) return draft;
  const details = { tariff: tariffId, revision, by };
  if (draft.revision !== revision) {
    const problem = `draft ${tariffId} is at revision ${draft.revision}: look at that one`;
    return refuse('DRAFT_CONFLICT', problem, details);
  }
  if (draft.draftedBy === by) {
    const problem = `${by} wrote revision ${revision} of ${tariffId}: a second person reviews it`;
    return refuse('REVIEW_BY_AUTHOR', problem, details);
  }
  const written = await tx.query(
    `insert into billing.tariff_review
       (tariff_id, revision, drafted_by, reviewed_by, verdict, note)
     values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing
     returning tariff_id`,
    [tariffId, revision, draft.draftedBy, by, verdict, note],
  );
  if (written.length === 1) return 'reviewed';
  const problem = `revision ${revision} of ${tariffId} has its verdict: write a new revision`;
  return refuse('DRAFT_REVIEWED', problem, details);
}

/**
 * Publishes an approved draft, when no other version came in between.
 *
 * @returns `published`, `exists` when it was before; or `DRAFT_NOT_FOUND`, `DRAFT_NOT_APPROVED`,
 *   `TARIFF_VERSION_CONFLICT` (the business has another version than the draft was made on), or a
 *   refusal of {@link publishTariff}.
 */
export async function publishDraft(
  tx: Tx,
  { tariffId, by }: { readonly tariffId: string; readonly by: string },
): Promise<'published' | 'exists' | Refusal> {
  await lockTariffId(tx, tariffId);
  const draft = await readDraft(tx, tariffId);
  if (isRefusal(draft)) return draft;
  const { state, businessId, baseVersion, tariff } = draft;
  if (state === 'published') return publishTariff(tx, tariff, { by });
  if (state !== 'approved') {
    const problem = `draft ${tariffId} is ${state}: a second person must approve it first`;
    return refuse('DRAFT_NOT_APPROVED', problem, { tariff: tariffId, state });
  }
  const [latest] = await tx.query<{ version: number }>(
    `select version from billing.tariff where business_id = $1 order by version desc limit 1`,
    [businessId],
  );
  const version = latest?.version ?? 0;
  if (version !== baseVersion) {
    return refuse(
      'TARIFF_VERSION_CONFLICT',
      `draft ${tariffId} was made on version ${baseVersion} of ${businessId}, which is at ` +
        `version ${version}: make the change on that`,
      { tariff: tariffId, version, expectedVersion: baseVersion },
    );
  }
  return publishTariff(tx, tariff, { by });
}

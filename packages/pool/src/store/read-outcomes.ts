import type { Json, Queryable } from '@sluice/database';
import type { Refusal } from '@sluice/money';
import type { DrawLine } from '../domain/draw.ts';
import type { Outcome } from './outcome.ts';

interface OutcomeRow {
  readonly redemption_id: string;
  readonly status: Outcome['status'];
  readonly refusal: Refusal | null;
  readonly discount_minor: bigint;
  readonly subsidy_minor: bigint;
  readonly platform_fee_minor: bigint;
  readonly explanation: Json;
}

interface LineRow {
  readonly redemption_id: string;
  readonly line: number;
  readonly source_id: string;
  readonly kind: string;
  readonly amount_minor: bigint;
}

/** The outcomes of those redemptions that are decided, in the order of decision. */
export async function readOutcomes(
  queryable: Queryable,
  redemptionIds: readonly string[],
): Promise<readonly Outcome[]> {
  const outcomes = await queryable.query<OutcomeRow>(
    `select redemption_id, status, refusal, discount_minor, subsidy_minor, platform_fee_minor,
       explanation
     from pool.outcome where redemption_id = any($1) order by decision`,
    [redemptionIds],
  );
  const lines = await queryable.query<LineRow>(
    `select redemption_id, line, source_id, kind, amount_minor
     from pool.draw_line where redemption_id = any($1) order by redemption_id, line`,
    [redemptionIds],
  );
  const linesOf = Map.groupBy(lines, ({ redemption_id }) => redemption_id);
  return outcomes.map((row) => ({
    redemptionId: row.redemption_id,
    status: row.status,
    refusal: row.refusal,
    discountMinor: row.discount_minor,
    subsidyMinor: row.subsidy_minor,
    platformFeeMinor: row.platform_fee_minor,
    lines: (linesOf.get(row.redemption_id) ?? []).map(toLine),
    explanation: row.explanation,
  }));
}

function toLine({ line, source_id, kind, amount_minor }: LineRow): DrawLine {
  return { line, sourceId: source_id, kind, amountMinor: amount_minor };
}

import type { Queryable } from '@sluice/database';

/** Which of some business keys any transfer names. */
export async function readReferenced(
  queryable: Queryable,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queryable.query<{ reference: string }>(
    `select asked.reference
     from unnest($1::text[]) as asked (reference)
     where exists (select from ledger.transfer where transfer.reference = asked.reference)`,
    [references],
  );
  return new Set(rows.map(({ reference }) => reference));
}

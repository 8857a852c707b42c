import { requestHash, type Tx } from '@sluice/database';
import { refuse, toWire, type Refusal } from '@sluice/money';
import { checkNewPayout, type NewPayout } from '../domain/payout.ts';

export interface CreatePayoutInput extends NewPayout {
  /** Recorded with the transition, so that every effect leads to its workflow. */
  readonly workflowId: string;
}

function hashOf(payout: NewPayout): string {
  const { id, sellerId, creditor, rail, remittance } = payout;
  const { account, name } = creditor;
  return requestHash({
    id,
    sellerId,
    amount: { ...toWire(payout.amount) },
    creditor: { account, name },
    rail,
    remittance,
  });
}

/**
 * Records a payout in the state `created`. Safe to repeat: an id that exists with the same content
 * is `exists`, and nothing is written.
 *
 * @returns `created`, `exists`, or the refusal `PAYOUT_INVALID` (a field no bank could take) or
 *   `PAYOUT_ID_REUSED` (the id stands for another payout).
 */
export async function createPayout(
  tx: Tx,
  input: CreatePayoutInput,
): Promise<'created' | 'exists' | Refusal> {
  const fault = checkNewPayout(input);
  if (fault !== undefined) return fault;
  const hash = hashOf(input);
  if (await insertPayout(tx, input, hash)) return 'created';
  const [known] = await tx.query<{ request_hash: string }>(
    'select request_hash from payout.payout where id = $1',
    [input.id],
  );
  if (known?.request_hash === hash) return 'exists';
  return refuse(
    'PAYOUT_ID_REUSED',
    `payout "${input.id}" exists with another content: a changed payout needs an id of its own`,
    { payoutId: input.id },
  );
}

async function insertPayout(tx: Tx, input: CreatePayoutInput, hash: string): Promise<boolean> {
  const { id, sellerId, amount, creditor, rail, remittance } = input;
  const rows = await tx.query(
    `insert into payout.payout (id, seller_id, amount_minor, currency, creditor_account,
       creditor_name, rail, remittance, request_hash, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'created')
     on conflict (id) do nothing
     returning id`,
    [
      ...[id, sellerId, amount.minor, amount.currency],
      ...[creditor.account, creditor.name, rail, remittance, hash],
    ],
  );
  if (rows.length === 0) return false;
  await tx.query(
    `insert into payout.transition (payout_id, number, to_state, event, reason, workflow_id)
     values ($1, 1, 'created', 'create', $2, $3)`,
    [id, `to be paid by ${rail}`, input.workflowId],
  );
  return true;
}

import type { Tx } from '@sluice/database';
import { expectAnswer, isRefusal, parseCurrency, refuse, type Refusal } from '@sluice/money';
import { checkRule, type SettlementRule } from '../domain/settlement-rule.ts';
import { generationCodes } from '../domain/sub-account-code.ts';
import { readHead } from './main-account-head.ts';

/** What a main account is opened with. */
export interface OpenMainAccount {
  /** Letters, digits and `. _ : -`, at most 64, starting with a letter or digit. */
  readonly id: string;
  /** ISO 4217, such as `CNY`. */
  readonly currency: string;
  /** Number of sub-accounts of generation 1: 1 to 1,024. */
  readonly size: number;
  readonly rule: SettlementRule;
}

const maxSize = 1024;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

function checkRequest({ id, currency, size, rule }: OpenMainAccount): Refusal | undefined {
  if (!idPattern.test(id)) {
    return refuse(
      'MAIN_ACCOUNT_ID_INVALID',
      `"${id}" cannot name a main account: use 1 to 64 letters, digits and . _ : -`,
      { mainAccountId: id },
    );
  }
  if (!Number.isInteger(size) || size < 1 || size > maxSize) {
    return refuse(
      'MAIN_ACCOUNT_SIZE_INVALID',
      `a main account cannot have ${size} sub-accounts: use 1 to ${maxSize}`,
      { mainAccountId: id, size: String(size) },
    );
  }
  const known = parseCurrency(currency);
  return isRefusal(known) ? known : checkRule(rule);
}

/**
 * Opens a main account with generation 1. Idempotent: opening it again with the same values gives
 * the same codes, whatever happened to it since. The accounts are to be opened in the ledger, with
 * a floor of 0, by the caller in the same transaction.
 *
 * @returns the codes of generation 1, `settlement/<id>/1/<number>`, numbers from 0; or the refusals
 *   `MAIN_ACCOUNT_ID_INVALID`, `MAIN_ACCOUNT_SIZE_INVALID`, `CURRENCY_UNKNOWN`,
 *   `SETTLEMENT_RULE_INVALID`, `MAIN_ACCOUNT_DIFFERS`.
 */
export async function openMainAccount(
  tx: Tx,
  request: OpenMainAccount,
): Promise<readonly string[] | Refusal> {
  const wrong = checkRequest(request);
  if (wrong !== undefined) return wrong;
  const { id, currency, size, rule } = request;
  const codes = generationCodes(id, 1, size);
  const inserted = await tx.query(
    `insert into settlement.main_account (id, currency, threshold_minor, preset_share_bps, boundary,
       wait_ms, when_insufficient, size)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (id) do nothing
     returning id`,
    [
      id,
      currency,
      rule.thresholdMinor,
      rule.presetShareBps,
      rule.boundary,
      rule.waitMs,
      rule.whenInsufficient,
      size,
    ],
  );
  if (inserted.length === 0) return compareWithOpened(tx, request, codes);
  await tx.query('insert into settlement.task_counter (main_account_id) values ($1)', [id]);
  await insertSubAccounts(tx, { mainAccountId: id, generation: 1, codes });
  return codes;
}

/** Records the sub-accounts of one generation. */
export async function insertSubAccounts(
  tx: Tx,
  request: {
    readonly mainAccountId: string;
    readonly generation: number;
    /** In the order of numbers. */
    readonly codes: readonly string[];
  },
): Promise<void> {
  await tx.query(
    `insert into settlement.sub_account (code, main_account_id, generation, number)
     select code, $2, $3, place - 1
     from unnest($1::text[]) with ordinality as fresh (code, place)`,
    [request.codes, request.mainAccountId, request.generation],
  );
}

async function compareWithOpened(
  tx: Tx,
  { id, currency, size, rule }: OpenMainAccount,
  codes: readonly string[],
): Promise<readonly string[] | Refusal> {
  const head = expectAnswer(await readHead(tx, id));
  const first = await tx.query(
    'select from settlement.sub_account where main_account_id = $1 and generation = 1',
    [id],
  );
  const opened = head.rule;
  const differing = [
    ...(head.currency === currency ? [] : ['currency']),
    ...(first.length === size ? [] : ['size']),
    ...(opened.thresholdMinor === rule.thresholdMinor ? [] : ['thresholdMinor']),
    ...(opened.presetShareBps === rule.presetShareBps ? [] : ['presetShareBps']),
    ...(opened.boundary === rule.boundary ? [] : ['boundary']),
    ...(opened.waitMs === rule.waitMs ? [] : ['waitMs']),
    ...(opened.whenInsufficient === rule.whenInsufficient ? [] : ['whenInsufficient']),
  ];
  if (differing.length === 0) return codes;
  return refuse(
    'MAIN_ACCOUNT_DIFFERS',
    `main account "${id}" is open with another ${differing.join(', ')}: use another id`,
    { mainAccountId: id, fields: differing },
  );
}

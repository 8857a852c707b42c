import { fromWire, isRefusal, parseCurrency, refuse, type Refusal } from '@sluice/money';
import { z } from 'zod';
import type { PoolLifecycleInput } from '../contract.ts';

/** The id is part of account codes and, with a seller's and a number, of payout ids. */
const poolIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$/;
const sourceIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const maxWeeks = 104;
const isDate = (text: string): boolean => z.iso.date().safeParse(text).success;

/**
 * Finds what is wrong with a pool's input before anything is done with it: `CURRENCY_UNKNOWN`,
 * `AMOUNT_MALFORMED`, or `POOL_INPUT_INVALID` naming the field. What the domains check themselves,
 * such as the order of the two days or the settlement rule, is left to them.
 */
export function poolInputFault(input: PoolLifecycleInput): Refusal | undefined {
  const { poolId, currency, opensOn, closesOn, weeks, sources, mainAccount } = input;
  const known = parseCurrency(currency);
  if (isRefusal(known)) return known;
  if (!poolIdPattern.test(poolId)) {
    return invalid(input, 'poolId', poolId, '1 to 40 letters, digits and . _ : -');
  }
  if (!isDate(opensOn)) return invalid(input, 'opensOn', opensOn, 'a day like 2017-07-01');
  if (!isDate(closesOn)) return invalid(input, 'closesOn', closesOn, 'a day like 2017-07-28');
  if (!Number.isInteger(weeks) || weeks < 1 || weeks > maxWeeks) {
    return invalid(input, 'weeks', String(weeks), `a whole number of 1 to ${maxWeeks}`);
  }
  const badSource = sources.find(({ id }) => !sourceIdPattern.test(id));
  if (badSource !== undefined) {
    return invalid(input, 'sources.id', badSource.id, '1 to 100 letters, digits and . _ : -');
  }
  const amounts = [
    ...sources.flatMap(({ capacity, creditLimit }) => [capacity, creditLimit]),
    mainAccount.threshold,
  ];
  for (const wire of amounts) {
    const amount = fromWire(wire);
    if (isRefusal(amount)) return amount;
    if (amount.currency === known) continue;
    const found = `${wire.amount} ${wire.currency}`;
    return invalid(input, 'an amount', found, `an amount in ${known}, the pool's currency`);
  }
  return undefined;
}

function invalid(
  { poolId }: PoolLifecycleInput,
  field: string,
  found: string,
  expected: string,
): Refusal {
  return refuse(
    'POOL_INPUT_INVALID',
    `pool "${poolId}": ${field} is "${found}", expected ${expected}`,
    { poolId, field, found, expected },
  );
}

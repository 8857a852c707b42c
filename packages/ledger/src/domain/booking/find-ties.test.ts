import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parameterValues, rulesJson } from '../../testing/arbitrary-rules.ts';
import type { BookingRuleJson } from './format-booking-rules.ts';
import { parseBookingRules } from './parse-booking-rules.ts';

type When = Readonly<Record<string, string>>;

function tiesOf(...whens: readonly When[]): readonly string[] {
  const entries = [{ debit: 'a', credit: 'b', amount: 'drawn' }];
  const rules = whens.map((when) => ({ institution: 'corner', when, entries }));
  const refusal = parseBookingRules({
    ...{ id: 'r', version: 1, effectiveFrom: '2017-01-01' },
    subSets: [{ businessType: 't', rules }],
  });
  return isRefusal(refusal) ? (refusal.details['faults'] as readonly string[]) : [];
}

describe('two rules', () => {
  test.each<readonly [string, When, When]>([
    ['one in general and one for a channel', {}, { channel: 'app' }],
    ['for two channels', { channel: 'app' }, { channel: 'web' }],
    ['of which one demands more', { channel: 'app' }, { currency: 'USD', region: 'east' }],
    [
      'that differ in one of two demands',
      { channel: 'app', currency: 'USD' },
      { channel: 'web', currency: 'USD' },
    ],
  ])('%s do not tie', (_, first, second) => {
    expect(tiesOf(first, second)).toEqual([]);
  });

  test.each<readonly [string, When, When, string]>([
    ['both in general', {}, {}, 'institution=corner: both demand the institution alone'],
    [
      'for the same channel',
      { channel: 'app' },
      { channel: 'app' },
      'institution=corner, channel=app: each demands 1 ',
    ],
    [
      'for a channel and for a currency',
      { channel: 'app' },
      { currency: 'USD' },
      'institution=corner, channel=app, currency=USD: each demands 1 ',
    ],
    [
      'that share one of two demands',
      { channel: 'app', currency: 'USD' },
      { region: 'east', channel: 'app' },
      'institution=corner, channel=app, currency=USD, region=east: each demands 2 ',
    ],
  ])('%s tie, told with a request that both match', (_, first, second, witness) => {
    const faults = tiesOf(first, second);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('subSets[0].rules[1]: ties with rules[0] for the request ');
    expect(faults[0]).toContain(witness);
  });
});

test('a third rule for all that two demand together settles their tie', () => {
  const [channel, currency] = [{ channel: 'app' }, { currency: 'USD' }];
  expect(tiesOf(channel, currency, { ...channel, ...currency })).toEqual([]);
  expect(tiesOf(channel, currency, { ...channel, region: 'east' })).toHaveLength(1);
});

test('a rule that ties with several is told once, by the first of them', () => {
  const faults = tiesOf({ channel: 'app' }, { currency: 'USD' }, { region: 'east' });
  expect(faults.map((fault) => fault.slice(0, fault.indexOf(' for')))).toEqual([
    'subSets[0].rules[1]: ties with rules[0]',
    'subSets[0].rules[2]: ties with rules[0]',
  ]);
});

/** Every request that the parameters allow, with and without each of them. */
const everyRequest: readonly When[] = Object.entries(parameterValues).reduce<readonly When[]>(
  (requests, [name, values]) =>
    requests.flatMap((request) => [
      request,
      ...values.map((value) => ({ ...request, [name]: value })),
    ]),
  [{}],
);

/** The places of the rules that match a request best: more than one is a tie. */
function bestFor(rules: readonly BookingRuleJson[], request: When): readonly number[] {
  const sizes = rules.map(({ institution, when = {} }) => {
    const demanded = Object.entries({ institution, ...when });
    return demanded.every(([name, value]) => request[name] === value) ? demanded.length : 0;
  });
  const most = Math.max(...sizes);
  return sizes.flatMap((size, index) => (size === most && most > 0 ? [index] : []));
}

const tie = /^subSets\[(\d+)\]\.rules\[(\d+)\]: ties with rules\[(\d+)\] for the request (.*?): /;

test('a set is refused with a witness of two best rules, or no request is ambiguous', () => {
  let [refused, stored] = [0, 0];
  fc.assert(
    fc.property(rulesJson, (json) => {
      const answer = parseBookingRules(json);
      const faults = isRefusal(answer) ? (answer.details['faults'] as readonly string[]) : [];
      for (const fault of faults) {
        const [, place, second, first, text = ''] = tie.exec(fault) ?? [];
        const witness = Object.fromEntries(text.split(', ').map((one) => one.split('=')));
        const best = bestFor(json.subSets[Number(place)]?.rules ?? [], witness as When);
        expect(best).toEqual(expect.arrayContaining([Number(first), Number(second)]));
      }
      for (const { rules } of faults.length === 0 ? json.subSets : []) {
        for (const institution of ['corner', 'market']) {
          for (const request of everyRequest) {
            expect(bestFor(rules, { institution, ...request }).length).toBeLessThanOrEqual(1);
          }
        }
      }
      if (faults.length === 0) stored += 1;
      else refused += 1;
    }),
    { numRuns: 300 },
  );
  expect(Math.min(refused, stored)).toBeGreaterThan(20);
});

import { readFileSync } from 'node:fs';
import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { openAccounts, postTransfers, transferId } from '@sluice/ledger';
import { money } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { migrationSets } from '../session/open-session.ts';
import { runCli, type CliEnd } from '../testing/run-cli.ts';
import { tempDir, tempFile } from '../testing/temp-dir.ts';

const configured = new URL('../../../../config/booking-rules.json', import.meta.url);
const rules = JSON.parse(readFileSync(configured, 'utf8')) as {
  readonly subSets: readonly { readonly businessType: string; readonly rules: readonly object[] }[];
};
const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' };
const commission = { kind: 'share', of: 'drawn', rate: '0.1', rounding };

/** The configured rules as version 2, with the entries of one business type put differently. */
function draft(businessType: string, entries: readonly object[]): string {
  const subSets = rules.subSets.map((subSet) =>
    subSet.businessType === businessType
      ? { businessType, rules: [{ institution: 'complete-journey', entries }] }
      : subSet,
  );
  return tempFile('draft.json', JSON.stringify({ ...rules, version: 2, subSets }));
}

const matchEntries = [
  { debit: 'funding/{source}', credit: 'income/commission', amount: commission },
  {
    debit: 'funding/{source}',
    credit: 'payable/{seller}',
    amount: { kind: 'difference', of: 'drawn', less: [commission] },
  },
];

describe('booking check', () => {
  test('says what a right file holds', async () => {
    const end = await runCli(['booking', 'check', configured.pathname]);
    expect(end).toMatchObject({ code: 0, errors: '' });
    expect(end.output).toMatch(
      / is right: complete-journey-booking-with-fee version 1, in force from 2017/,
    );
    expect(end.output).toMatch(/13 business types, 13 rules\n$/);
  });

  test('tells every fault, and exits with 2', async () => {
    const subSet = rules.subSets[0]!;
    const tied = { ...subSet, rules: [...subSet.rules, ...subSet.rules] };
    const file = tempFile('rules.json', JSON.stringify({ ...rules, version: 0, subSets: [tied] }));
    const { code, output, errors } = await runCli(['booking', 'check', file]);
    expect({ code, errors }).toEqual({ code: 2, errors: '' });
    expect(output).toContain('has 2 faults:\n  version: ');
    expect(output).toContain('rules[1]: ties with rules[0] for the request institution=complete-');
  });

  test('gives the faults as JSON, beside the text on the other stream', async () => {
    const file = tempFile('rules.json', JSON.stringify({ ...rules, version: 0 }));
    const { code, output, errors } = await runCli(['booking', 'check', file, '--json']);
    expect(code).toBe(2);
    const { faults } = JSON.parse(output) as { readonly faults: readonly string[] };
    expect(faults).toEqual([expect.stringContaining('version: ')]);
    expect(errors).toContain(faults[0]);
  });

  test.each([
    ['no-such.json', /FILE_UNREADABLE: .*no-such\.json cannot be read: there is no such file/],
    ['.', /FILE_UNREADABLE: .*it is a folder/],
  ])('refuses %s', async (file, says) => {
    const end = await runCli(['booking', 'check', file]);
    expect(end).toMatchObject({ code: 2, output: '' });
    expect(end.errors).toMatch(says);
  });

  test('refuses a file that is no JSON', async () => {
    const end = await runCli(['booking', 'check', tempFile('rules.json', '{"id":')]);
    expect(end.code).toBe(2);
    expect(end.errors).toMatch(/FILE_UNREADABLE: .*rules\.json cannot be read: it is no JSON/);
  });
});

describe('booking explain', () => {
  const event = [
    ...['booking', 'explain', '--type', 'subsidy.match', '--key', 'RED-1/1'],
    ...['--at', '2017-07-01T09:30:00Z', '--parameter', 'source=match-fund'],
    ...['--parameter', 'seller=330', '--parameter', 'pool=p1', '--amount', 'drawn=1.25 USD'],
  ];

  test('tells the rule of the configuration, and what it books', async () => {
    const end = await runCli(event);
    expect(end).toMatchObject({ code: 0, errors: '' });
    expect(end.output.split('\n').slice(0, 5)).toEqual([
      'RED-1/1: subsidy.match of complete-journey, 2017-07-01T09:30:00Z',
      'rule set complete-journey-booking-with-fee version 1, in force from 2017-01-01',
      'sub rule set subsidy.match, rules: 1, 1 of complete-journey',
      '  subSets[1].rules[0] wins: it is for complete-journey in general, and no other matches',
      'books',
    ]);
    expect(end.output).toContain('  2. debit pool/p1/intermediary, credit payable/330: 1.25 USD');
  });

  test("tells another file's rules, also as JSON", async () => {
    const file = draft('subsidy.match', matchEntries);
    const { code, output } = await runCli([...event, '--rules', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      ruleSet: { version: 2 },
      entries: [{ amount: '0.12 USD', expression: '10 % of drawn' }, { amount: '1.13 USD' }],
    });
  });

  test('takes the event from a file, and options before it', async () => {
    const json = {
      ...{ businessType: 'subsidy.match', institution: 'nobody', key: 'k', reference: 'r' },
      ...{ at: '2017-07-01T09:30:00Z', parameters: {} },
      amounts: { drawn: { amount: '1.25', currency: 'USD' } },
    };
    const file = tempFile('event.json', JSON.stringify(json));
    const refused = await runCli(['booking', 'explain', '--event', file]);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('books nothing: INSTITUTION_UNKNOWN');
    const options = ['--institution', 'complete-journey', '--parameter', 'source=a'];
    const other = ['--parameter', 'pool=p', '--parameter', 'seller=s'];
    const end = await runCli(['booking', 'explain', '--event', file, ...options, ...other]);
    expect(end.code).toBe(0);
    expect(end.output).toContain('k: subsidy.match of complete-journey, 2017-07-01T09:30:00Z');
  });

  test.each([
    [['--parameter', 'seller'], /^BOOKING_EVENT_INVALID: --parameter "seller" cannot be read/],
    [['--amount', 'drawn=1.2'], /^BOOKING_EVENT_INVALID: --amount "1\.2" cannot be read/],
    [['--amount', 'drawn=1.2 USD'], /^BOOKING_EVENT_INVALID: .*amounts\.drawn: /],
    [[], /^BOOKING_EVENT_INVALID: .*businessType: /],
  ])('refuses %j', async (args, says) => {
    const end = await runCli(['booking', 'explain', ...args]);
    expect(end).toMatchObject({ code: 2, output: '' });
    expect(end.errors).toMatch(says);
  });
});

describe('booking diff', () => {
  let db: FreshDatabase;
  beforeAll(async () => {
    db = await freshDatabase(...migrationSets);
    await recordDraws(db);
  });
  afterAll(() => db.drop());

  function diff(...args: readonly string[]): Promise<CliEnd> {
    const env = { DATABASE_URL: db.url, SLUICE_STATE_DIR: tempDir() };
    return runCli(['booking', 'diff', ...args], env);
  }

  test('tells that the configured rules book what they booked', async () => {
    const { code, output, errors } = await diff(configured.pathname);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain('complete-journey-booking-with-fee version 1 against version 1\n');
    expect(output).toContain('  3 recorded events, 3 the same\n');
    expect(output).toMatch(/not looked at, for want of events: .*settlement\.top-up.*payout\.owed/);
  });

  test('tells what a draft would book otherwise, by account and by event', async () => {
    const { code, output } = await diff(draft('subsidy.match', matchEntries));
    expect(code).toBe(0);
    expect(output).toContain('  3 recorded events, 1 the same\n  2 booked otherwise\n');
    expect(output).toMatch(/income\/commission +0\.00 +0\.37 +0\.37 +USD +2\n/);
    expect(output).toMatch(/payable\/330 +4\.75 +4\.38 +-0\.37 +USD +2\n/);
    expect(output).toContain('subsidy:RED-2/1, subsidy.match: booked otherwise\n');
    expect(output).toContain('draft funding/match to payable/330: 2.25 USD');
  });

  test('gives all of it as JSON', async () => {
    const { code, output } = await diff(draft('subsidy.match', matchEntries), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      ...{ events: 3, same: 1, kinds: { changed: 2 } },
      accounts: [
        { account: 'income/commission', live: '0.00', draft: '0.37', difference: '0.37' },
        { account: 'payable/330', live: '4.75', draft: '4.38', difference: '-0.37' },
        // Booked in two parts, and not at all: what they hold stays.
        { account: 'funding/match', difference: '0.00', events: 2 },
        { account: 'pool/july/intermediary', difference: '0.00', events: 2 },
      ],
    });
  });

  test('gives 1 when the draft refuses what was booked, and tells why', async () => {
    const entries = [{ debit: 'funding/{brand}', credit: 'payable/{seller}', amount: 'drawn' }];
    const { code, output } = await diff(draft('subsidy.coupon', entries));
    expect(code).toBe(1);
    expect(output).toContain('  1 newly refused\n');
    expect(output).toMatch(/BOOKING_PARAMETER_MISSING +0 +1\n/);
    expect(output).toContain('needs the parameter "brand"');
  });

  test('tells transfers that the rules cannot have booked', async () => {
    const other = await freshDatabase(...migrationSets);
    onTestFinished(() => other.drop());
    await postStray(other);
    const env = { DATABASE_URL: other.url, SLUICE_STATE_DIR: tempDir() };
    const { code, output } = await runCli(['booking', 'diff', configured.pathname], env);
    expect(code).toBe(0);
    expect(output).toContain('  0 recorded events, 0 the same\n');
    expect(output).toContain('  1 transfer of other rules not looked at\n');
  });

  test('tells the faults of a draft, and exits with 2', async () => {
    const { code, output } = await diff(draft('subsidy.match', []));
    expect(code).toBe(2);
    expect(output).toContain('has a fault:\n  subSets[1].rules[0].entries: ');
  });
});

/** A payout that was booked over accounts of which no rule knows. */
async function postStray({ app }: FreshDatabase): Promise<void> {
  const amount = money(5n, 'USD');
  const open = { currency: amount.currency, floorMinor: null, ceilingMinor: null };
  const [debitAccount, creditAccount] = ['odd/one', 'odd/two'] as const;
  await withTransaction(app, async (tx) => {
    await openAccounts(tx, [
      { ...open, code: debitAccount },
      { ...open, code: creditAccount },
    ]);
    const effectiveAt = '2017-07-03T10:15:00Z';
    const id = transferId('stray', effectiveAt);
    const body = { kind: 'direct' as const, debitAccount, creditAccount, amount, linked: false };
    const [posted] = await postTransfers(tx, [
      { ...body, id, type: 'payout.settled', reference: 'P-1', effectiveAt },
    ]);
    expect(posted?.status).toBe('created');
  });
}

/** Three draw lines of two redemptions, as a settled pool has them. */
async function recordDraws({ owner }: FreshDatabase): Promise<void> {
  await owner.query(
    `insert into pool.pool (id, name, currency, opens_on, closes_on, intermediary_account,
       size_minor, body_hash)
     values ('july', 'July', 'USD', '2017-07-01', '2017-07-28', 'pool/july/intermediary', 9000,
       'x')`,
  );
  await owner.query(
    `insert into pool.redemption (id, pool_id, batch_id, seller_id, user_id, product_id, quantity,
       redeemed_at, currency, paid_minor, coupon_value_minor, loyalty_discount_minor, body_hash)
     select id, 'july', 'b', '330', 'u', 'p', 1, '2017-07-03T10:15:00Z', 'USD', 1, 1, 1, 'x'
     from unnest(array['RED-1', 'RED-2']) as id`,
  );
  await owner.query(
    `insert into pool.outcome (redemption_id, pool_id, seller_id, status, discount_minor,
       subsidy_minor, explanation, workflow_id)
     select id, 'july', '330', 'paid', 1, 1, '{}', 'w' from unnest(array['RED-1', 'RED-2']) as id`,
  );
  await owner.query(
    `insert into pool.draw_line (redemption_id, line, source_id, kind, amount_minor)
     values ('RED-1', 1, 'brand', 'coupon', 100), ('RED-1', 2, 'match', 'match', 125),
       ('RED-2', 1, 'match', 'match', 250)`,
  );
}

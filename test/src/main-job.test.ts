import type { Summary } from '@sluice/cli';
import { prepareDataset, type Dataset } from '@sluice/datasets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBankBooks, type BankPayment } from './bank-books.ts';
import { endProcesses, processesOf } from './processes.ts';
import { runProgram, startProgram, type Ended } from './run-program.ts';
import { cents, reckon, type Reckoned } from './slow-reckoning.ts';
import { asOwner, readStored, type Stored } from './stored.ts';
import { tempHome, untrackedFiles } from './temp-home.ts';
import { killWorkerAt, readWorkerLog, type LogLine, type Moment } from './worker-log.ts';

/**
 * One week of the main job, run by the real program with its real servers, while its worker is
 * killed twice: in the middle of the bulk lane and in the middle of the payouts. Then everything is
 * looked at from outside: the bank's own books, the file, SQL of our own.
 */
const week = 27;
const job = ['start', '--weeks', String(week), '--exit', '--json'];
/** Far more than it takes: a slow machine is no reason to fail. */
const patienceMs = 900_000;

const home = tempHome();
const untrackedBefore = untrackedFiles();
let dataset: Dataset;
let lines: readonly Reckoned[];
let killed: readonly number[];
let log: readonly LogLine[];
let first: Ended;
let summary: Summary;
let stored: Stored;
let bank: readonly BankPayment[];

const isChunk = ({ step }: LogLine): boolean => step === 'settleChunk';
/** A payout to a seller has been to the bank; those of the single lane have ended before. */
const isPayout = ({ step, payoutId }: LogLine): boolean =>
  (step === 'submitPayment' || step === 'queryPayment') &&
  payoutId?.startsWith('redemption/') === false;
const summaryOf = ({ stdout }: Ended): Summary =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary;
const amidTheBulkLane: Moment = (seen) => seen.filter(isChunk).length >= 6;
/** Not before the payment that the bank left without an answer is resolved: it is told below. */
const amidThePayouts: Moment = (seen) =>
  seen.filter(isPayout).length >= 40 && seen.some(({ step }) => step === 'queryPayment');
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

function cleanUp(): void {
  endProcesses(home.path);
  home.remove();
}
// An interrupted run leaves nothing behind either.
process.once('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

beforeAll(async () => {
  dataset = await prepareDataset({
    weeks: [week],
    env: home.env,
    onProgress: () => undefined,
  });
  lines = dataset.weeks.flatMap(({ path }) => reckon(path));
  const running = startProgram(home, job);
  killed = [
    await killWorkerAt(home.stateDir, running, amidTheBulkLane),
    await killWorkerAt(home.stateDir, running, amidThePayouts),
  ];
  first = await running.ended;
  expect(first.code, first.stderr).toBe(0);
  summary = summaryOf(first);
  log = readWorkerLog(home.stateDir);
  bank = readBankBooks(home.stateDir);
  stored = await asOwner(home, readStored);
}, patienceMs);

afterAll(cleanUp, 60_000);

describe('one week, its worker killed twice', () => {
  test('the worker was killed in the middle of its work, and another one went on', () => {
    const workers = (isOne: (line: LogLine) => boolean): readonly number[] => [
      ...new Set(log.filter(isOne).map(({ pid }) => pid)),
    ];
    const [atChunks, atPayouts] = [workers(isChunk), workers(isPayout)];
    expect(atChunks).toEqual([killed[0], killed[1]]);
    expect(atPayouts).toHaveLength(2);
    expect(atPayouts[0]).toBe(killed[1]);
    expect(first.stderr.match(/the worker died and was started again/g)).toHaveLength(2);
  });

  test('every tie and every invariant holds', () => {
    expect(summary.ties.filter(({ holds }) => !holds)).toEqual([]);
    expect(summary.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(summary.ties.length).toBeGreaterThanOrEqual(3);
    expect(new Set(summary.invariants.map(({ id }) => id)).size).toBeGreaterThanOrEqual(7);
  });

  test('each discounted line of the file has one outcome', () => {
    const [file] = dataset.weeks;
    const { till, discounted, accepted, refused, parked } = summary.lines;
    expect(summary.data.source).toBe(dataset.source);
    expect({ till, discounted }).toEqual({ till: file?.lines, discounted: file?.redemptions });
    if (dataset.source === 'complete-journey') {
      expect({ till, discounted }).toEqual({ till: 27_901, discounted: 14_667 });
    }
    expect(accepted + refused + parked).toBe(discounted);
    expect(stored.outcomes.map(({ id }) => id)).toEqual(lines.map(({ id }) => id).toSorted());
  });

  test('each accepted line was paid what the file says, to the cent', () => {
    const reckoned = new Map(lines.map((line) => [line.id, line]));
    const paid = stored.outcomes.filter(({ status }) => status === 'paid');
    expect(paid).toHaveLength(summary.lines.accepted);
    expect(
      paid.filter(({ id, subsidy, drawn, drawnForCoupon }) => {
        const line = reckoned.get(id);
        return line?.subsidy !== subsidy || drawn !== subsidy || drawnForCoupon !== line.coupon;
      }),
    ).toEqual([]);
    const coupons = sum(paid.map(({ id }) => reckoned.get(id)!.coupon));
    expect(coupons).toBeGreaterThan(0n);
    expect(summary.ties.map(({ ours }) => ours)).toContain(asText(coupons));
    expect(sum(summary.sources.map(({ drawn }) => cents(drawn)))).toBe(
      sum(paid.map(({ subsidy }) => subsidy)),
    );
  });

  test('of each accepted line the platform kept its fee, and the ledger has all of them', () => {
    const reckoned = new Map(lines.map((line) => [line.id, line]));
    const paid = stored.outcomes.filter(({ status }) => status === 'paid');
    expect(paid.filter(({ id, fee }) => reckoned.get(id)?.fee !== fee)).toEqual([]);
    const fees = sum(paid.map(({ id }) => reckoned.get(id)!.fee));
    expect(fees).toBeGreaterThan(0n);
    expect(stored.income).toBe(fees);
    expect(summary.size.fees).toBe(asText(fees));
    expect(summary.ties.find(({ what }) => what.startsWith('platform fees'))?.ours).toBe(
      asText(fees),
    );
  });

  test('a line that was not accepted got nothing, gave nothing, and says why', () => {
    const refused = stored.outcomes.filter(({ status }) => status !== 'paid');
    const odd = refused.filter(
      ({ drawn, fee, refusal }) => drawn !== 0n || fee !== 0n || refusal === null,
    );
    expect(odd).toEqual([]);
    const brandless = lines.filter(({ coupon, brand }) => coupon > 0n && brand === '');
    expect(
      refused
        .filter(({ refusal }) => refusal === 'BRAND_UNKNOWN')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(brandless.map(({ id }) => id).toSorted());
  });

  test('the till had decided each line before, and the server decided the same', () => {
    const all = lines.length;
    expect(summary.tillDecisions).toEqual({ decided: all, same: all, parked: 0 });
    expect(stored.tillDecisions).toEqual({ came: all, same: all });
    const told = `${all.toLocaleString('en')} redemptions decided by a till before`;
    expect(first.stderr.replaceAll(/\s+/g, ' ')).toContain(told);
  });

  test('the match exceptions are the coupons that the till doubled otherwise', () => {
    const coupons = lines.filter(({ coupon }) => coupon > 0n);
    expect(summary.match.couponLines).toBe(coupons.length);
    const expected = coupons
      .filter(({ match, recordedMatch }) => match !== recordedMatch)
      .map(({ id, match, recordedMatch }) => ({
        id,
        computed: asText(match),
        recorded: asText(recordedMatch),
      }));
    const told = summary.match.exceptions.map(({ redemptionId, computed, recorded }) => {
      return { id: redemptionId, computed, recorded };
    });
    const byId = (left: { id: string }, right: { id: string }): number =>
      left.id < right.id ? -1 : 1;
    expect(told.toSorted(byId)).toEqual(expected.toSorted(byId));
    expect(summary.match.asComputed).toBe(coupons.length - expected.length);
  });

  test('the bank paid each payout once, and nothing else', () => {
    expect(new Set(bank.map(({ key }) => key)).size).toBe(bank.length);
    expect(new Set(bank.map(({ bankReference }) => bankReference)).size).toBe(bank.length);
    const paid = bank.filter(({ status }) => status !== 'rejected');
    const atBank = paid.map(({ key, minor }) => ({ id: key.replace(/:\d+$/, ''), minor }));
    const ours = stored.payouts.filter(({ state }) => state !== 'rejected');
    expect(atBank.toSorted((left, right) => (left.id < right.id ? -1 : 1))).toEqual(
      ours.map(({ id, minor }) => ({ id, minor })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect(cents(summary.payouts.paid)).toBe(
      sum(bank.filter(({ status }) => status === 'final').map(({ minor }) => minor)),
    );
  });

  test('what each seller earned less fees was paid by the bank, or is still owed', () => {
    const earned = new Map<string, bigint>();
    const accepted = new Set(
      stored.outcomes.filter(({ status }) => status === 'paid').map(({ id }) => id),
    );
    for (const { id, seller, subsidy, fee } of lines) {
      if (accepted.has(id)) earned.set(seller, (earned.get(seller) ?? 0n) + subsidy - fee);
    }
    const received = new Map<string, bigint>();
    for (const { account, minor } of bank.filter(({ status }) => status === 'final')) {
      received.set(account, (received.get(account) ?? 0n) + minor);
    }
    const differences = [...earned].filter(
      ([seller, amount]) =>
        amount !== (received.get(`SBX-${seller}`) ?? 0n) + (stored.owed.get(seller) ?? 0n),
    );
    expect(differences).toEqual([]);
    // Only the payment that came back is still owed.
    const cameBack = bank.filter(({ status }) => status === 'returned');
    expect(sum([...stored.owed.values()])).toBe(sum(cameBack.map(({ minor }) => minor)));
  });

  test('there was a redistribution, a query that resolved a time-out, and a return', () => {
    expect(summary.redistributions.length).toBeGreaterThanOrEqual(1);
    expect(summary.payouts.resolvedByQuery).toBeGreaterThanOrEqual(1);
    expect(summary.payouts.returned).toHaveLength(1);
    expect(summary.payouts.byState).toEqual({ final: bank.length - 1, returned: 1 });
  });
});

describe('afterwards', () => {
  test(
    'a second run finds the same and pays nothing',
    async () => {
      const second = await runProgram(home, job);
      expect(second.code, second.stderr).toBe(0);
      expect(summaryOf(second)).toEqual(summary);
      expect(readBankBooks(home.stateDir)).toEqual(bank);
      expect(await asOwner(home, readStored)).toEqual(stored);
    },
    patienceMs,
  );

  test(
    '`check` finds all well, and names the invariant that a changed balance breaks',
    async () => {
      const before = await runProgram(home, ['check']);
      expect(before.code, before.stdout + before.stderr).toBe(0);
      await asOwner(home, (database) =>
        database.query(
          `update ledger.account set balance_minor = balance_minor + 1
           where code = (select min(code) from ledger.account where code like 'payable/%')`,
        ),
      );
      const after = await runProgram(home, ['check']);
      expect(after.stdout).toMatch(/^ *BROKEN I2 /m);
      expect(after.stdout).not.toMatch(/^ *BROKEN I1 /m);
      expect(after.code).toBe(1);
    },
    patienceMs,
  );

  test('no process is left, and nothing was written beside state and cache', () => {
    expect(processesOf(home.path)).toEqual([]);
    expect(home.strays()).toEqual([]);
    expect(untrackedFiles().filter((path) => !untrackedBefore.includes(path))).toEqual([]);
  });
});

function asText(minor: bigint): string {
  return `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
}

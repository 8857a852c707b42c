import { setImmediate } from 'node:timers/promises';
import { sqlState, withTransaction, type Tx } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, money, type Refusal } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  billingMigrations,
  editTariff,
  loadTariff,
  parseTariff,
  publishDraft,
  publishTariff,
  readDraft,
  repriceRequests,
  reviewDraft,
  saveDraft,
  type RecordedRequest,
  type SimulationReport,
  type Tariff,
} from '../index.ts';
import { handlingFee } from '../testing/tariffs.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase(billingMigrations);
});
afterAll(() => db.drop());

const base = (name: string): Tariff =>
  expectAnswer(parseTariff({ ...handlingFee, id: `${name}-1`, businessId: name }));
const next = (tariff: Tariff, id: string, flat: string): Tariff =>
  expectAnswer(
    editTariff(tariff, {
      expectedVersion: tariff.version,
      id,
      effectiveFrom: '2018-01-01',
      edits: [
        {
          op: 'split-interval',
          dimension: 'faceValue',
          number: 2,
          at: '9.00',
          boundIn: 'upper',
          keeps: 'lower',
        },
        { op: 'set-rate', cell: { faceValue: 1 }, rate: { flat } },
      ],
    }),
  );

const save = (tariff: Tariff, by: string, expectedRevision = 0): Promise<number | Refusal> =>
  withTransaction(db.app, (tx) => saveDraft(tx, tariff, { by, expectedRevision }));
const review = (
  tariffId: string,
  by: string,
  verdict: 'approved' | 'rejected' = 'approved',
  revision = 1,
): Promise<string | Refusal> =>
  withTransaction(db.app, (tx) =>
    reviewDraft(tx, { tariffId, revision, by, verdict, note: 'seen' }),
  );
const publish = (tariffId: string, by = 'zoe'): Promise<string | Refusal> =>
  withTransaction(db.app, (tx) => publishDraft(tx, { tariffId, by }));
const codeOf = (answer: unknown): unknown => (isRefusal(answer) ? answer.code : answer);

async function published(name: string): Promise<Tariff> {
  const tariff = base(name);
  await withTransaction(db.app, (tx) => publishTariff(tx, tariff));
  return tariff;
}

test('a draft is published once a second person approved it, and prices from its day', async () => {
  const draft = next(await published('flow'), 'flow-2', '0.09');
  expect(await save(draft, 'ann')).toBe(1);
  expect(codeOf(await publish('flow-2'))).toBe('DRAFT_NOT_APPROVED');
  expect(codeOf(await review('flow-2', 'ann'))).toBe('REVIEW_BY_AUTHOR');
  expect(await review('flow-2', 'bob')).toBe('reviewed');
  expect(await readDraft(db.app, 'flow-2')).toMatchObject({
    state: 'approved',
    baseVersion: 1,
    draftedBy: 'ann',
    reviewedBy: 'bob',
  });
  expect(await publish('flow-2')).toBe('published');
  expect(await publish('flow-2')).toBe('exists');
  expect(expectAnswer(await readDraft(db.app, 'flow-2')).state).toBe('published');
  const on = async (day: string): Promise<Tariff> =>
    expectAnswer(await loadTariff(db.app, { businessId: 'flow', on: day }));
  expect((await on('2017-12-31')).id).toBe('flow-1');
  expect(await on('2018-01-01')).toEqual(draft);
  const [row] = await db.app.query(
    `select published_by from billing.tariff where tariff_id = 'flow-2'`,
  );
  expect(row).toEqual({ published_by: 'zoe' });
  expect(codeOf(await save(draft, 'ann', 1))).toBe('TARIFF_ID_TAKEN');
});

test('a new revision needs a new review, and a rejected one stays rejected', async () => {
  const first = await published('revised');
  await save(next(first, 'revised-2', '0.09'), 'ann');
  expect(await review('revised-2', 'bob', 'rejected')).toBe('reviewed');
  expect(codeOf(await review('revised-2', 'cid'))).toBe('DRAFT_REVIEWED');
  expect(codeOf(await publish('revised-2'))).toBe('DRAFT_NOT_APPROVED');
  expect(await save(next(first, 'revised-2', '0.10'), 'bob', 1)).toBe(2);
  expect(codeOf(await review('revised-2', 'cid', 'approved', 1))).toBe('DRAFT_CONFLICT');
  expect(await review('revised-2', 'ann', 'approved', 2)).toBe('reviewed');
  expect(await publish('revised-2')).toBe('published');
});

test('of many who write one revision at once, one does', async () => {
  const draft = next(await published('race'), 'race-2', '0.09');
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((by) => save(draft, by)));
  const codes = answers.map(codeOf).map(String);
  expect(codes.toSorted()).toEqual(['1', ...Array.from({ length: 4 }, () => 'DRAFT_CONFLICT')]);
});

test('of two drafts made on one version, the second is refused, also when they race', async () => {
  const first = await published('rivals');
  const ids = ['rivals-2a', 'rivals-2b'];
  for (const [place, id] of ids.entries()) {
    await save(next(first, id, `0.1${place}`), 'ann');
    await review(id, 'bob');
  }
  const answers = await Promise.all(ids.map((id) => publish(id)));
  const codes = answers.map(codeOf).map(String);
  expect(codes).toContain('published');
  expect(['TARIFF_VERSION_CONFLICT', 'TARIFF_VERSION_TAKEN']).toContain(
    codes.find((code) => code !== 'published'),
  );
  const loser = ids[codes.findIndex((code) => code !== 'published')]!;
  expect(codeOf(await publish(loser))).toBe('TARIFF_VERSION_CONFLICT');
});

describe('a revision and the publishing of the one before, at once', () => {
  /** Begins `first`, then `second`, and lets `first` commit only when `second` waits or is done. */
  async function whileOpen<First, Second>(
    first: (tx: Tx) => Promise<First>,
    second: () => Promise<Second>,
  ): Promise<readonly [First, Second]> {
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const one = withTransaction(db.app, async (tx) => {
      const answer = await first(tx);
      begin();
      await mayCommit;
      return answer;
    });
    await begun;
    let done = false;
    const two = second().finally(() => {
      done = true;
    });
    const waits = async (): Promise<boolean> => {
      const [row] = await db.owner.query<{ n: bigint }>(
        `select count(*) as n from pg_locks join pg_database on pg_database.oid = database
         where datname = current_database() and not granted`,
      );
      return row!.n > 0n;
    };
    while (!done && !(await waits())) await setImmediate();
    commit();
    return Promise.all([one, two]);
  }

  const revisions = async (tariffId: string): Promise<readonly number[]> => {
    const rows = await db.owner.query<{ revision: number }>(
      `select revision from billing.tariff_draft where tariff_id = $1 order by revision`,
      [tariffId],
    );
    return rows.map(({ revision }) => revision);
  };
  const approved = async (name: string): Promise<readonly [Tariff, Tariff]> => {
    const first = await published(name);
    const draft = next(first, `${name}-2`, '0.09');
    await save(draft, 'ann');
    await review(draft.id, 'bob');
    return [first, draft];
  };

  test('the revision is refused once the one before is published', async () => {
    const [first, draft] = await approved('late');
    const [answer, saved] = await whileOpen(
      (tx) => publishDraft(tx, { tariffId: 'late-2', by: 'zoe' }),
      () => save(next(first, 'late-2', '0.10'), 'cid', 1),
    );
    expect([answer, codeOf(saved)]).toEqual(['published', 'TARIFF_ID_TAKEN']);
    expect(await revisions('late-2')).toEqual([1]);
    expect(expectAnswer(await readDraft(db.app, 'late-2')).tariff).toEqual(draft);
  });

  test('the one before is not published once the revision is written', async () => {
    const [first] = await approved('early');
    const [saved, answer] = await whileOpen(
      (tx) => saveDraft(tx, next(first, 'early-2', '0.10'), { by: 'cid', expectedRevision: 1 }),
      () => publish('early-2'),
    );
    expect([saved, codeOf(answer)]).toEqual([2, 'DRAFT_NOT_APPROVED']);
    expect(expectAnswer(await readDraft(db.app, 'early-2')).state).toBe('waiting');
  });

  test('a tariff from a file leaves no revision behind that was written meanwhile', async () => {
    const draft = next(await published('file'), 'file-2', '0.09');
    const [answer, saved] = await whileOpen(
      (tx) => publishTariff(tx, draft),
      () => save(draft, 'ann'),
    );
    expect([answer, codeOf(saved)]).toEqual(['published', 'TARIFF_ID_TAKEN']);
    expect(await revisions('file-2')).toEqual([]);
  });
});

test('what is not there is told', async () => {
  expect(codeOf(await readDraft(db.app, 'none'))).toBe('DRAFT_NOT_FOUND');
  expect(codeOf(await review('none', 'bob'))).toBe('DRAFT_NOT_FOUND');
  expect(codeOf(await publish('none'))).toBe('DRAFT_NOT_FOUND');
});

test('the database itself refuses a review by the author, whatever name is repeated', async () => {
  await save(next(await published('guard'), 'guard-2', '0.09'), 'ann');
  const write = (drafted: string, reviewed: string): Promise<unknown> =>
    db.app
      .query(
        `insert into billing.tariff_review
           (tariff_id, revision, drafted_by, reviewed_by, verdict, note)
         values ('guard-2', 1, $1, $2, 'approved', '')`,
        [drafted, reviewed],
      )
      .catch((error: unknown) => sqlState(error));
  expect(await write('ann', 'ann')).toBe('23514');
  expect(await write('bob', 'ann')).toBe('23503');
});

describe('what was known when', () => {
  const clock = async (): Promise<string> => {
    const [row] = await db.owner.query<{ now: Date }>(`select clock_timestamp() as now`);
    // A JavaScript date is cut to milliseconds: the next one is after all that is stored.
    const after = new Date(row!.now.getTime() + 1);
    for (;;) {
      const [later] = await db.owner.query<{ now: Date }>(`select clock_timestamp() as now`);
      if (later!.now > after) return after.toISOString();
    }
  };
  const version = (
    number: number,
    effectiveFrom: string,
    flat: string,
    corrects?: string,
  ): Tariff =>
    expectAnswer(
      parseTariff({
        ...handlingFee,
        id: `k-${number}`,
        businessId: 'known',
        version: number,
        effectiveFrom,
        corrects,
        rates: [{ cell: { faceValue: '*' }, flat }],
      }),
    );
  const publishNow = (tariff: Tariff): Promise<string | Refusal> =>
    withTransaction(db.app, (tx) => publishTariff(tx, tariff));
  const moments: string[] = [];

  beforeAll(async () => {
    moments.push(await clock());
    expect(await publishNow(version(1, '2017-01-01', '0.08'))).toBe('published');
    moments.push(await clock());
    expect(await publishNow(version(2, '2017-07-01', '0.12'))).toBe('published');
    moments.push(await clock());
    expect(await publishNow(version(3, '2017-01-01', '0.07', 'k-1'))).toBe('published');
    moments.push(await clock());
    expect(await publishNow(version(4, '2017-01-01', '0.06', 'k-3'))).toBe('published');
    moments.push(await clock());
  });

  test.each([
    ['2017-01-01', ['TARIFF_NOT_FOUND', 'k-1', 'k-1', 'k-3', 'k-4']],
    ['2017-06-30', ['TARIFF_NOT_FOUND', 'k-1', 'k-1', 'k-3', 'k-4']],
    ['2017-07-01', ['TARIFF_NOT_FOUND', 'k-1', 'k-2', 'k-2', 'k-2']],
    ['2016-12-31', Array.from({ length: 5 }, () => 'TARIFF_NOT_FOUND')],
  ])('on %s the tariff was, moment after moment, %j', async (on, expected) => {
    const found = [];
    for (const knownAt of moments) {
      const answer = await loadTariff(db.app, { businessId: 'known', on, knownAt });
      found.push(isRefusal(answer) ? answer.code : answer.id);
    }
    expect(found).toEqual(expected);
    const now = await loadTariff(db.app, { businessId: 'known', on });
    expect(isRefusal(now) ? now.code : now.id).toBe(expected.at(-1));
  });

  const asked = (id: string, on: string): RecordedRequest => {
    const basis = money(100n, 'USD');
    return { id, on, payee: null, request: { basis, elements: { faceValue: basis } } };
  };

  test('past requests are priced again as they were known then, and as known now', async () => {
    const requests = [
      asked('r0', '2016-12-31'),
      asked('r1', '2017-01-01'),
      asked('r2', '2017-06-30'),
      asked('r3', '2017-07-01'),
    ];
    const reprice = async (knownThen: string, knownNow?: string): Promise<SimulationReport> =>
      expectAnswer(
        await repriceRequests(db.app, {
          ...{ businessId: 'known', requests, knownThen, movers: 5 },
          ...(knownNow === undefined ? {} : { knownNow }),
        }),
      );
    const report = await reprice(moments[2]!);
    expect(report.total).toMatchObject({
      requests: 3,
      before: { minor: 28n },
      after: { minor: 24n },
    });
    expect(report.movers.map(({ id, difference }) => [id, difference.minor])).toEqual([
      ['r1', -2n],
      ['r2', -2n],
    ]);
    expect(report.byCell.map(({ tariffId, requests: count }) => [tariffId, count])).toEqual([
      ['k-4', 2],
      ['k-2', 1],
    ]);
    expect(report.unpriced).toEqual([
      { code: 'TARIFF_NOT_FOUND', by: 'both', requests: 1, example: 'r0' },
    ]);
    expect((await reprice(moments[3]!, moments[3])).changed).toBe(0);
    expect((await reprice(moments[1]!)).movers[0]).toMatchObject({
      id: 'r3',
      after: { minor: 12n },
    });
    expect((await reprice(moments[0]!)).unpriced).toMatchObject([{ by: 'both' }, { by: 'before' }]);
    const nothing = { businessId: 'nothing', requests, knownThen: moments[0]!, movers: 1 };
    expect(codeOf(await repriceRequests(db.app, nothing))).toBe('TARIFF_NOT_FOUND');
  });

  test('a version is corrected once, from its own day, by another version', async () => {
    const cases = [
      [version(5, '2017-01-01', '0.05', 'k-1'), 'TARIFF_DATE_TAKEN'],
      [version(5, '2017-01-01', '0.05'), 'TARIFF_DATE_TAKEN'],
      [version(5, '2017-01-02', '0.05', 'k-4'), 'TARIFF_CORRECTS_NOTHING'],
      [version(5, '2017-01-01', '0.05', 'flow-1'), 'TARIFF_CORRECTS_NOTHING'],
    ] as const;
    for (const [tariff, code] of cases) expect(codeOf(await publishNow(tariff))).toBe(code);
  });

  test('a moment without its time zone is refused', async () => {
    const query = { businessId: 'known', on: '2017-01-01', knownAt: '2017-01-01T00:00:00' };
    expect(codeOf(await loadTariff(db.app, query))).toBe('TIME_MALFORMED');
  });
});

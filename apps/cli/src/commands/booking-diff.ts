import type { Database } from '@sluice/database';
import {
  diffBookings,
  type BookedBy,
  type BookingDiff,
  type BookingEvent,
  type BookingRuleSet,
  type EventDifference,
} from '@sluice/ledger';
import { formatAmount, formatMoney, isRefusal, money, type Refusal } from '@sluice/money';
import {
  countBookingEvents,
  readBookingEvents,
  type Program,
} from '@sluice/orchestrator/activities';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../session/open-session.ts';
import { counted, grouped, showMinor } from '../terminal/figures.ts';
import { Terminal, type StepProgress } from '../terminal/terminal.ts';
import { readRules } from './booking-files.ts';
import { checkConfigDir } from '../publish-config.ts';

/** Events that are told of each kind of difference. */
const toldExamples = 3;
/** Accounts that are told on the terminal; `--json` has all of them. */
const toldAccounts = 20;

/**
 * Replays all recorded business events on a draft of the booking rules and tells what it would book
 * otherwise. Gives 1 when it would refuse some that were booked.
 */
export async function diffBookingRules(
  config: CliConfig,
  file: string,
  options: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const draft = await readRules(config, terminal, file);
  if (draft === null) return exitCodes.usage;
  const program = await checkConfigDir(config.SLUICE_CONFIG_DIR);
  const session = await openData(config, terminal);
  try {
    const total = await countBookingEvents(session.database, program);
    const step = { doing: 'booking recorded events again', total };
    const { diff, lost } = await terminal.step(step, (progress) =>
      replay(session.database, program, draft, progress),
    );
    print(terminal, diff, lost);
    if (options.json) process.stdout.write(`${JSON.stringify({ ...plain(diff), lost })}\n`);
    return diff.kinds['newly-refused'] === 0 ? exitCodes.fine : exitCodes.broken;
  } finally {
    await session.close();
  }
}

async function replay(
  database: Database,
  program: Program,
  draft: BookingRuleSet,
  { set }: StepProgress,
): Promise<{ readonly diff: BookingDiff; readonly lost: number }> {
  let [done, lost] = [0, 0];
  async function* events(): AsyncGenerator<BookingEvent> {
    for await (const page of readBookingEvents(database, program)) {
      yield* page.events;
      lost += page.lost;
      done += page.events.length + page.lost;
      set(done);
    }
  }
  const versions = { live: program.bookingRules, draft };
  const diff = await diffBookings(events(), { ...versions, examples: toldExamples });
  return { diff, lost };
}

const kindNames: Readonly<Record<EventDifference['kind'], string>> = {
  changed: 'booked otherwise',
  'newly-refused': 'newly refused',
  'no-longer-refused': 'no longer refused',
  'refused-otherwise': 'refused for another reason',
};

type Kind = EventDifference['kind'];

function print(terminal: Terminal, diff: BookingDiff, lost: number): void {
  const { live, draft, events, same, kinds } = diff;
  terminal.heading(`${draft.id} version ${draft.version} against version ${live.version}`);
  terminal.line(`  ${counted(events, 'recorded event')}, ${grouped(same)} the same`);
  if (lost > 0) terminal.line(`  ${counted(lost, 'transfer')} of other rules not looked at`);
  if (events + lost === 0) {
    terminal.line('  Nothing was booked yet: npm start replays some weeks.');
  }
  for (const [kind, count] of Object.entries(kinds)) {
    if (count > 0) terminal.line(`  ${grouped(count)} ${kindNames[kind as Kind]}`);
  }
  if (events > 0 && diff.unseenTypes.length > 0) {
    terminal.item('  not looked at, for want of events: ', diff.unseenTypes.join(', '));
  }
  printAccounts(terminal, diff);
  printRefusals(terminal, diff);
  for (const example of diff.examples) printExample(terminal, example);
}

function printAccounts(terminal: Terminal, { accounts }: BookingDiff): void {
  if (accounts.length === 0) return;
  terminal.heading('Accounts, by what they would hold more or less');
  terminal.table(
    [
      { title: 'account', cuttable: true },
      { title: 'live', figures: true, spare: 2 },
      { title: 'draft', figures: true, spare: 2 },
      { title: 'difference', figures: true },
      { title: 'currency' },
      { title: 'events', figures: true, spare: 1 },
    ],
    accounts
      .slice(0, toldAccounts)
      .map(({ account, currency, liveMinor, draftMinor, events }) => [
        account,
        ...[liveMinor, draftMinor, draftMinor - liveMinor].map((one) => showMinor(one, currency)),
        ...[currency, grouped(events)],
      ]),
  );
  const more = accounts.length - toldAccounts;
  if (more > 0) terminal.line(`  and ${counted(more, 'more account')}; --json has them all`);
}

function printRefusals(terminal: Terminal, { refusals }: BookingDiff): void {
  if (refusals.length === 0) return;
  terminal.heading('Refusals');
  terminal.table(
    [{ title: 'code' }, { title: 'live', figures: true }, { title: 'draft', figures: true }],
    refusals.map(({ code, live, draft }) => [code, grouped(live), grouped(draft)]),
  );
}

function printExample(terminal: Terminal, example: EventDifference): void {
  const { key, businessType, kind, live, draft } = example;
  terminal.heading(`${key}, ${businessType}: ${kindNames[kind]}`);
  for (const [name, booked] of [
    ['live ', live],
    ['draft', draft],
  ] as const) {
    for (const line of bookedText(booked)) terminal.item(`  ${name} `, line);
  }
}

function bookedText(booked: BookedBy): readonly string[] {
  if (isRefusal(booked)) return [`${booked.code} ${booked.message}`];
  if (booked.entries.length === 0) return ['nothing'];
  return booked.entries.map(
    ({ debitAccount, creditAccount, amount }) =>
      `${debitAccount} to ${creditAccount}: ${formatMoney(amount)}`,
  );
}

/** The whole difference as JSON: amounts as texts in major units. */
function plain(diff: BookingDiff): object {
  const text = (minor: bigint, currency: string): string => formatAmount(money(minor, currency));
  return {
    ...diff,
    accounts: diff.accounts.map(({ account, currency, liveMinor, draftMinor, events }) => ({
      ...{ account, currency, events },
      live: text(liveMinor, currency),
      draft: text(draftMinor, currency),
      difference: text(draftMinor - liveMinor, currency),
    })),
    examples: diff.examples.map(({ effect, live, draft, ...example }) => ({
      ...example,
      live: plainBooked(live),
      draft: plainBooked(draft),
      effect: effect.map(({ account, currency, minor }) => {
        return { account, currency, difference: text(minor, currency) };
      }),
    })),
  };
}

function plainBooked(booked: BookedBy): object | Refusal {
  if (isRefusal(booked)) return booked;
  const { rule, entries } = booked;
  return {
    rule,
    entries: entries.map(({ amount, ...entry }) => ({
      ...entry,
      amount: formatAmount(amount),
      currency: amount.currency,
    })),
  };
}

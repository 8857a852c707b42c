import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findBookingRule,
  noBookingTriggers,
  parseBookingRules,
  parseBookingTriggers,
  type BookingRuleSet,
  type BookingTriggers,
} from '@sluice/ledger';
import {
  expectAnswer,
  isRefusal,
  refuse,
  UnexpectedRefusalError,
  type Refusal,
} from '@sluice/money';
import { parseRuleSet, type RuleSet } from '@sluice/rule-engine';
import { parseRuleSetText } from '@sluice/rule-engine/text';
import { z } from 'zod';
import { BookingBook } from './booking-book.ts';
import {
  compileDiscounts,
  undecidedKind,
  type DiscountKind,
  type DiscountRules,
} from './discount-rules.ts';
import type { Gathering } from './gather-bookings.ts';
import { handlingFeeKind } from './price-redemption.ts';

const programFile = z.strictObject({
  institution: z.string().min(1),
  ruleSets: z.array(z.string().min(1)).min(1),
  bookingRules: z.string().min(1),
  bookingBatches: z.string().min(1).optional(),
  discounts: z
    .array(z.strictObject({ business: z.string().min(1), kind: z.string().min(1) }))
    .min(1),
  tariffs: z.strictObject({
    subsidyShare: z.string().min(1),
    handlingFee: z.string().min(1),
    platformFee: z.string().min(1),
  }),
});

type ProgramFile = z.output<typeof programFile>;

/** What a marketplace subsidises, and by which rules: read from its configuration folder. */
export interface Program {
  /** Whose booking rules apply. */
  readonly institution: string;
  /** The rule sets that the folder holds. */
  readonly ruleSets: readonly RuleSet[];
  /** Decided by these rule sets, in this order; what is paid is decided by the published ones. */
  readonly discounts: readonly DiscountRules[];
  /** The version of the booking rules that the folder holds. */
  readonly bookingRules: BookingRuleSet;
  /** The published versions, by which is booked. */
  readonly bookingBook: BookingBook;
  /** Business types of all that is booked. */
  readonly bookedTypes: readonly string[];
  readonly gathering: Gathering;
  /** Business ids of the tariffs. */
  readonly tariffs: ProgramFile['tariffs'];
}

/** The business type that the platform's fee of a redemption is booked by. */
export const platformFeeType = 'fee.platform';

/** What is booked besides the kinds of subsidy and the fee on them. */
const settlementTypes = [
  'settlement.top-up',
  'settlement.redistribution',
  'payout.owed',
  'payout.reserved',
  'payout.settled',
  'payout.returned',
  'payout.rejected',
  'payout.owed-again',
];

/** The business type that a kind of subsidy is booked by. */
export function subsidyType(kind: string): string {
  return `subsidy.${kind}`;
}

/**
 * Reads `program.json` of a folder and the rule sets and booking rules that it names.
 *
 * @throws UnexpectedRefusalError `PROGRAM_INVALID`, `RULE_SET_INVALID`, `RULE_TEXT_INVALID`,
 *   `BOOKING_RULES_INVALID` or `BOOKING_TRIGGERS_INVALID` with every fault; `BUSINESS_TYPE_UNKNOWN`
 *   or `INSTITUTION_UNKNOWN` when the booking rules do not cover all that is booked: a worker must
 *   not start on rules that it cannot work by.
 */
export async function loadProgram(folder: string): Promise<Program> {
  const program = expectAnswer(parseProgram(await readJson(folder, 'program.json')));
  const { institution, tariffs } = program;
  const ruleSets = await Promise.all(program.ruleSets.map((file) => readRuleSet(folder, file)));
  const discounts = discountsOf(program, ruleSets);
  const bookingRules = expectAnswer(
    parseBookingRules(await readJson(folder, program.bookingRules)),
  );
  const kinds = [...discounts.map(({ kind }) => kind), handlingFeeKind];
  const bookedTypes = [...kinds.map(subsidyType), platformFeeType, ...settlementTypes];
  for (const businessType of bookedTypes) {
    const found = findBookingRule(bookingRules, { businessType, institution });
    // Rules for all that will come in need not be rules for what comes in without any parameter.
    if (isRefusal(found) && found.code !== 'CONFIGURATION_UNKNOWN') expectAnswer(found);
  }
  const gathering = { triggers: await loadTriggers(folder, program) };
  const bookingBook = new BookingBook(bookingRules.id);
  return {
    ...{ institution, ruleSets, discounts, tariffs },
    ...{ bookingRules, bookingBook, bookedTypes, gathering },
  };
}

/** Without a file of triggers, no booking is sent to an accounting server. */
async function loadTriggers(
  folder: string,
  { bookingBatches }: ProgramFile,
): Promise<BookingTriggers> {
  if (bookingBatches === undefined) return noBookingTriggers;
  return expectAnswer(parseBookingTriggers(await readJson(folder, bookingBatches)));
}

function discountsOf(
  { discounts }: ProgramFile,
  ruleSets: readonly RuleSet[],
): readonly DiscountRules[] {
  const compiled = compileDiscounts(discounts, ruleSets);
  const undecided = undecidedKind(compiled);
  if (undecided !== undefined) throw new UnexpectedRefusalError(noRules(undecided));
  return compiled;
}

function noRules({ business, kind }: DiscountKind): Refusal {
  return refuse(
    'PROGRAM_INVALID',
    `program.json: the ${kind} discount is decided by "${business}", for which no rule set has ` +
      'a rule: correct the name, or add the rule',
    { business, kind },
  );
}

/** `.json` is the stored form, anything else the text form. */
async function readRuleSet(folder: string, file: string): Promise<RuleSet> {
  const ruleSet = file.endsWith('.json')
    ? parseRuleSet(await readJson(folder, file))
    : parseRuleSetText(await readFile(join(folder, file), 'utf8'));
  if (!isRefusal(ruleSet)) return ruleSet;
  const { code, message, details } = ruleSet;
  throw new UnexpectedRefusalError(refuse(code, `${file}: ${message}`, details));
}

async function readJson(folder: string, file: string): Promise<unknown> {
  const path = join(folder, file);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON`, { cause: error });
  }
}

function parseProgram(json: unknown): ProgramFile | Refusal {
  const parsed = programFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return refuse('PROGRAM_INVALID', `program.json: ${faults.join('; ')}`, { faults });
}

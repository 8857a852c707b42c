import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBookingRules, type BookingRuleSet } from '@sluice/ledger';
import { expectAnswer, refuse, type Refusal } from '@sluice/money';
import { RuleManagement, type CompiledRules, type Terminal } from '@sluice/rule-engine';
import { z } from 'zod';

const programFile = z.strictObject({
  institution: z.string().min(1),
  ruleSets: z.array(z.string().min(1)).min(1),
  bookingRules: z.string().min(1),
  discounts: z.array(z.strictObject({ business: z.string().min(1), kind: z.string().min(1) })),
  tariffs: z.strictObject({ subsidyShare: z.string().min(1), handlingFee: z.string().min(1) }),
});

/** One kind of discount and the rules that decide it. */
export interface DiscountRules {
  /** As draws and tariffs call it: `coupon`. */
  readonly kind: string;
  readonly rules: CompiledRules;
}

/** What a marketplace subsidises, and by which rules: read from its configuration folder. */
export interface Program {
  /** Whose booking rules apply. */
  readonly institution: string;
  /** In the order in which they are decided. */
  readonly discounts: readonly DiscountRules[];
  readonly bookingRules: BookingRuleSet;
  /** Business ids of the tariffs. */
  readonly tariffs: { readonly subsidyShare: string; readonly handlingFee: string };
}

/** The server runs the same engine as the tills, as a terminal of its own. */
const server: Terminal = { deviceId: 'server' };

/**
 * Reads `program.json` of a folder and the rule sets and booking rules that it names.
 *
 * @throws UnexpectedRefusalError `PROGRAM_INVALID`, `RULE_SET_INVALID` or `BOOKING_RULES_INVALID`
 *   with every fault: a worker must not start on rules that it cannot read.
 */
export async function loadProgram(folder: string): Promise<Program> {
  const program = expectAnswer(parseProgram(await readJson(folder, 'program.json')));
  const ruleSets = await Promise.all(program.ruleSets.map((file) => readJson(folder, file)));
  const management = new RuleManagement({ fetchFor: () => Promise.resolve(ruleSets) });
  const [refused] = await management.refresh(server);
  if (refused !== undefined) expectAnswer(refused);
  return {
    institution: program.institution,
    bookingRules: expectAnswer(parseBookingRules(await readJson(folder, program.bookingRules))),
    tariffs: program.tariffs,
    discounts: program.discounts.map(({ business, kind }) => ({
      kind,
      rules: management.rulesFor(server, business).compiled,
    })),
  };
}

async function readJson(folder: string, file: string): Promise<unknown> {
  const path = join(folder, file);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON`, { cause: error });
  }
}

function parseProgram(json: unknown): z.output<typeof programFile> | Refusal {
  const parsed = programFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return refuse('PROGRAM_INVALID', `program.json: ${faults.join('; ')}`, { faults });
}

import { explainBooking, explanationText, parseBookingEvent } from '@sluice/ledger';
import { expectAnswer, refuse, UnexpectedRefusalError } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { Terminal } from '../terminal/terminal.ts';
import { readJsonFile, readRules } from './booking-files.ts';
import { checkConfigDir } from '../publish-config.ts';

/** A business event, in a file or by options, and the rules that explain it. */
export interface ExplainOptions {
  /** JSON file of the event; the other options override its fields. */
  readonly event?: string;
  readonly type?: string;
  readonly institution?: string;
  readonly key?: string;
  readonly at?: string;
  /** `channel=app`, each. */
  readonly parameter: readonly string[];
  /** `drawn=1.20 USD`, each. */
  readonly amount: readonly string[];
  /** JSON file of booking rules; those of the configuration folder when left out. */
  readonly rules?: string;
  readonly json: boolean;
}

/** Tells what booking rules make of an event, and why. Gives 1 when they refuse it. */
export async function explainEvent(config: CliConfig, options: ExplainOptions): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const given = await eventJson(config, options);
  const { institution, bookingRules } = await checkConfigDir(config.SLUICE_CONFIG_DIR);
  const rules =
    options.rules === undefined ? bookingRules : await readRules(config, terminal, options.rules);
  if (rules === null) return exitCodes.usage;
  const event = expectAnswer(parseBookingEvent({ institution, ...given }));
  const explanation = explainBooking(rules, event);
  for (const line of explanationText(explanation).split('\n')) terminal.line(line);
  if (options.json) process.stdout.write(`${JSON.stringify(explanation)}\n`);
  return explanation.refusal === null ? exitCodes.fine : exitCodes.broken;
}

type JsonObject = Readonly<Record<string, unknown>>;

async function eventJson(config: CliConfig, options: ExplainOptions): Promise<JsonObject> {
  const file = options.event === undefined ? {} : await readJsonFile(config, options.event);
  const base = objectIn(file);
  const { type, institution, at } = options;
  const key = options.key ?? base['key'] ?? 'example';
  return {
    reference: key,
    at: new Date().toISOString(),
    ...base,
    ...(type === undefined ? {} : { businessType: type }),
    ...(institution === undefined ? {} : { institution }),
    ...(at === undefined ? {} : { at }),
    key,
    parameters: { ...objectIn(base['parameters']), ...pairs('parameter', options.parameter) },
    amounts: { ...objectIn(base['amounts']), ...amountsOf(options.amount) },
  };
}

function objectIn(json: unknown): JsonObject {
  return typeof json === 'object' && json !== null ? (json as JsonObject) : {};
}

function pairs(option: string, texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw optionInvalid(
        option,
        text,
        `${option === 'amount' ? 'drawn=1.20 USD' : 'channel=app'}`,
      );
    }),
  );
}

function amountsOf(texts: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(pairs('amount', texts)).map(([name, text]) => {
      const [, amount, currency] = /^(\S+) ([A-Z]{3})$/.exec(text) ?? [];
      if (amount === undefined) throw optionInvalid('amount', text, 'drawn=1.20 USD');
      return [name, { amount, currency }];
    }),
  );
}

function optionInvalid(option: string, text: string, example: string): UnexpectedRefusalError {
  return new UnexpectedRefusalError(
    refuse(
      'BOOKING_EVENT_INVALID',
      `--${option} "${text}" cannot be read: write it like --${option} "${example}"`,
      { option, text },
    ),
  );
}

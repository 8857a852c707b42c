/**
 * The language once more, as plainly as can be: it walks the stored JSON, evaluates everything,
 * knows no types, no questions, no short cuts, and counts in scaled whole numbers. Undefined is
 * unknown.
 */
import { valueToJson, type Value } from '../src/index.ts';

/** A value as the oracle has it: decimals in units of 10^-36, money in cents. */
export type Plain =
  | { readonly is: 'bool'; readonly of: boolean }
  | { readonly is: 'text'; readonly of: string }
  | { readonly is: 'integer' | 'decimal'; readonly of: bigint }
  | { readonly is: 'money'; readonly of: bigint; readonly currency: string }
  | { readonly is: 'list'; readonly of: readonly Plain[] };

type Facts = Readonly<Record<string, Value>>;
type Node = Readonly<Record<string, unknown>>;

const scale = 36;

function scaled(text: string, places: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
}

/** A literal of the stored form. */
export function plain(json: unknown): Plain {
  const [[is, of] = ['', undefined]] = Object.entries(json as Node);
  if (is === 'bool') return { is, of: of as boolean };
  if (is === 'text') return { is, of: of as string };
  if (is === 'integer') return { is, of: BigInt(of as string) };
  if (is === 'decimal') return { is, of: scaled(of as string, scale) };
  if (is === 'list') return { is, of: (of as unknown[]).map(plain) };
  const { amount, currency } = of as { amount: string; currency: string };
  return { is: 'money', of: scaled(amount, 2), currency };
}

function bool(of: boolean): Plain {
  return { is: 'bool', of };
}

function compare(left: Plain, right: Plain): number | undefined {
  if (left.is === 'money' && right.is === 'money' && left.currency !== right.currency) {
    return undefined;
  }
  if (left.of === right.of) return 0;
  return left.of < right.of ? -1 : 1;
}

function divide(top: bigint, bottom: bigint, mode: string): bigint {
  const sign = top < 0n ? -1n : 1n;
  const size = top * sign;
  const [floor, rest] = [size / bottom, size % bottom];
  const half = rest * 2n === bottom;
  const awayFromZero =
    rest !== 0n &&
    (mode === 'up' ||
      (mode === 'ceiling' && sign > 0n) ||
      (mode === 'floor' && sign < 0n) ||
      (mode.startsWith('half') && rest * 2n > bottom) ||
      (half && mode === 'half-up') ||
      (half && mode === 'half-even' && floor % 2n === 1n));
  return sign * (floor + (awayFromZero ? 1n : 0n));
}

function numbers(op: string, left: Plain, right: Plain): Plain | undefined {
  const order = compare(left, right);
  if (order === undefined) return undefined;
  if (op === 'min') return order <= 0 ? left : right;
  if (op === 'max') return order >= 0 ? left : right;
  const [a, b] = [left.of as bigint, right.of as bigint];
  return { ...left, of: op === 'add' ? a + b : a - b } as Plain;
}

function decideComparison(op: string, order: number): boolean {
  if (op === 'eq') return order === 0;
  if (op === 'ne') return order !== 0;
  if (op === 'lt') return order < 0;
  if (op === 'le') return order <= 0;
  return op === 'gt' ? order > 0 : order >= 0;
}

function logic(op: string, parts: readonly (Plain | undefined)[]): Plain | undefined {
  const decisive = op === 'or';
  if (parts.some((part) => part?.of === decisive)) return bool(decisive);
  return parts.includes(undefined) ? undefined : bool(!decisive);
}

function membership(item: Plain, list: Plain): Plain | undefined {
  const orders = (list.of as readonly Plain[]).map((candidate) => compare(item, candidate));
  if (orders.includes(0)) return bool(true);
  return orders.includes(undefined) ? undefined : bool(false);
}

function product(body: Node, facts: Facts): Plain | undefined {
  const [value, by] = [interpret(body['value'], facts), interpret(body['by'], facts)];
  if (value === undefined || by === undefined) return undefined;
  const { mode, scale: places } = body['rounding'] as { mode: string; scale: number | 'currency' };
  const dropped = places === 'currency' ? 0 : 2 - places;
  const unit = by.is === 'decimal' ? 10n ** BigInt(scale) : 1n;
  const coarse = 10n ** BigInt(dropped);
  const rounded = divide((value.of as bigint) * (by.of as bigint), unit * coarse, mode);
  return { ...value, of: rounded * coarse } as Plain;
}

function choice(body: Node, facts: Facts): Plain | undefined {
  const when = interpret(body['when'], facts);
  if (when === undefined) return undefined;
  return interpret(when.of === true ? body['then'] : body['else'], facts);
}

const mask = (1n << 32n) - 1n;

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (32n - bits))) & mask;
}

/** MurmurHash3, 32 bits, seed 0, straight from its description. */
export function murmur3(text: string): bigint {
  const bytes = new TextEncoder().encode(text);
  const word = (from: number, count: number): bigint =>
    Array.from({ length: count }, (_, i) => BigInt(bytes[from + i] ?? 0) << BigInt(8 * i)).reduce(
      (sum, part) => sum | part,
      0n,
    );
  const scramble = (k: bigint): bigint =>
    (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0n;
  for (let at = 0; at < whole; at += 4) {
    hash = (rotate(hash ^ scramble(word(at, 4)), 13n) * 5n + 0xe6546b64n) & mask;
  }
  hash ^= scramble(word(whole, bytes.length - whole)) ^ BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  return hash ^ (hash >> 16n);
}

function rollout(body: Node, facts: Facts): Plain | undefined {
  const unit = interpret(body['unit'], facts);
  if (unit === undefined) return undefined;
  const { salt, from, to } = body as { salt: string; from: number; to: number };
  const bucket = (murmur3(`${salt}:${unit.of as string}`) * 100_000n) >> 32n;
  return bool(BigInt(from) <= bucket && bucket < BigInt(to));
}

/** What an expression gives, or undefined for unknown. */
export function interpret(json: unknown, facts: Facts): Plain | undefined {
  const [[op, body] = ['', undefined]] = Object.entries(json as Node);
  if (op === 'fact') {
    const value = facts[body as string];
    return value === undefined ? undefined : plain(valueToJson(value));
  }
  if (['bool', 'text', 'integer', 'decimal', 'money', 'list'].includes(op)) return plain(json);
  if (op === 'multiply') return product(body as Node, facts);
  if (op === 'if') return choice(body as Node, facts);
  if (op === 'rollout') return rollout(body as Node, facts);
  const args = (Array.isArray(body) ? body : [body]).map((arg) => interpret(arg, facts));
  if (op === 'and' || op === 'or') return logic(op, args);
  const [first, second] = args;
  if (first === undefined || args.includes(undefined)) return undefined;
  if (op === 'not') return bool(first.of === false);
  if (second === undefined) return undefined;
  if (op === 'in') return membership(first, second);
  if (['add', 'subtract', 'min', 'max'].includes(op)) {
    return args
      .slice(1)
      .reduce<Plain | undefined>((total, arg) => total && arg && numbers(op, total, arg), first);
  }
  const order = compare(first, second);
  return order === undefined ? undefined : bool(decideComparison(op, order));
}

/** What a list of rules decides: the first that holds; unknown ones step aside. */
export function interpretRules(
  rules: readonly Node[],
  facts: Facts,
): { readonly outcome: string; readonly value: Plain | null } {
  let outcome = 'not-applied';
  for (const rule of rules) {
    const then = rule['then'] as Node;
    const held = interpret(rule['when'], facts);
    if (held?.of === false) continue;
    const applies = then['outcome'] === 'applied';
    const value = held !== undefined && applies ? interpret(then['value'], facts) : undefined;
    if (held !== undefined && !applies) return { outcome: 'not-applied', value: null };
    if (value !== undefined) return { outcome: 'applied', value };
    outcome = 'unknown';
  }
  return { outcome, value: null };
}

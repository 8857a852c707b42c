import { expectAnswer } from '@sluice/money';
import {
  acceptBundle,
  bundleText,
  publishBundle,
  trustedKeyOf,
  type Bundle,
  type BundleCheck,
  type BundleParts,
  type InstalledBundle,
  type SigningKey,
  type Slot,
  type SlotStore,
} from '../src/index.ts';
import { goodSet, ruleJson, setJson, usd, type Json } from './support.ts';

/** Keys for tests. */
export const keys = ['one', 'two', 'three'].map((id, index): SigningKey => ({
  id,
  secretKey: `${index + 1}`.repeat(64),
})) as [SigningKey, SigningKey, SigningKey];
export const [one, two, three] = keys;
export const till = { deviceId: 'till-1' };
export const now = '2017-07-03T12:00:00.000Z';
export const later = '2017-08-01T00:00:00Z';

/** A set of the business `b` that gives an amount. */
export function giving(amount: string, changes: Json = {}): ReturnType<typeof goodSet> {
  return goodSet(
    setJson([ruleJson({ then: { outcome: 'applied', value: usd(amount) } })], changes),
  );
}

/** A good bundle of till-1 but for what is given. */
export function bundle(changes: Partial<BundleParts> = {}, signers = [one]): Bundle {
  const parts = { terminal: till, version: 1, expiresAt: later, ruleSets: [giving('1.00')] };
  return publishBundle({ ...parts, ...changes }, signers);
}

/** What {@link bundle} is checked against. */
export function check(changes: Partial<BundleCheck> = {}): BundleCheck {
  return { terminal: till, keys: [trustedKeyOf(one)], now, installed: null, ...changes };
}

/** A bundle in use. */
export function installed(of: Bundle = bundle()): InstalledBundle {
  return expectAnswer(acceptBundle(bundleText(of), check()));
}

/** Slots in memory. */
export class MemorySlots implements SlotStore {
  readonly texts = new Map<Slot, string>();

  read(slot: Slot): Promise<string | null> {
    return Promise.resolve(this.texts.get(slot) ?? null);
  }

  write(slot: Slot, text: string): Promise<void> {
    this.texts.set(slot, text);
    return Promise.resolve();
  }
}

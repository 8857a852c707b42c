/** What makes a task due (claim 8), in the order in which they are looked at. */
export const bookingTriggers = ['period', 'accounts', 'entries'] as const;

/** One of {@link bookingTriggers}. */
export type BookingTrigger = (typeof bookingTriggers)[number];

/** When a task of one booking rule is sent. */
export interface TriggerSettings {
  /** Milliseconds since its first entry: none waits for ever. */
  readonly periodMs: number;
  /** So many distinct accounts in it; null: the number of accounts does not count. */
  readonly maxAccounts: number | null;
  /** So many entries in it; null: the number of entries does not count. */
  readonly maxEntries: number | null;
}

/** What is in a task that gathers. */
export interface TaskContent {
  readonly entries: number;
  readonly accounts: number;
  /** Since its first entry, by the clock of the database that keeps it. */
  readonly ageMs: number;
}

/** A task is due by a trigger, or by its period in so many milliseconds. */
export type Due =
  | { readonly kind: 'due'; readonly trigger: BookingTrigger }
  | { readonly kind: 'not-due'; readonly dueInMs: number };

/**
 * Whether a preset trigger holds (claims 7 and 8). Of several, the first of
 * {@link bookingTriggers} is told. A task without an entry is never due.
 */
export function dueTrigger(settings: TriggerSettings, content: TaskContent): Due {
  const { periodMs, maxAccounts, maxEntries } = settings;
  const { entries, accounts, ageMs } = content;
  if (entries === 0) return { kind: 'not-due', dueInMs: periodMs };
  if (ageMs >= periodMs) return { kind: 'due', trigger: 'period' };
  if (maxAccounts !== null && accounts >= maxAccounts) return { kind: 'due', trigger: 'accounts' };
  if (maxEntries !== null && entries >= maxEntries) return { kind: 'due', trigger: 'entries' };
  return { kind: 'not-due', dueInMs: periodMs - ageMs };
}

import type { StackAddresses } from '@sluice/stack';

/** One figure of one round. */
export interface Row {
  /** Unique within its bench: what was measured. */
  readonly name: string;
  readonly value: number;
  /** `transfers/s`, `bytes/transfer`, `s`. */
  readonly unit: string;
  /** The row of the same round that this one is to be seen against. */
  readonly ratioTo?: string;
}

/** What a bench is given. */
export interface BenchContext {
  /** How many rounds to run. */
  readonly rounds: number;
  /** The least load that still runs every line: for tests, its figures mean nothing. */
  readonly quick: boolean;
  /** An empty folder of this bench, removed after it. */
  readonly folder: string;
  /** The environment without the names of other servers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The running stack, for a bench that asked for one. */
  readonly stack: StackAddresses;
  /** Tells the watcher what happens. */
  readonly progress: (text: string) => void;
  /** One line to be printed with the figures: what they were measured on. */
  readonly note: (text: string) => void;
  /** To be done when the bench has ended or is interrupted; the last one first. */
  readonly defer: (close: () => Promise<unknown>) => void;
}

/** One named bench. */
export interface Bench {
  readonly name: string;
  /** One sentence. */
  readonly measures: string;
  /** How many rounds it takes when nobody says otherwise. */
  readonly rounds: number;
  /** Too long to be run unless it is named. */
  readonly byNameOnly?: true;
  /** `shared`: on the frame's servers. `own`: it starts its own, and nothing runs beside it. */
  readonly servers: 'shared' | 'own';
  /** Sets up, then gives the rows of one round after the other. */
  readonly run: (context: BenchContext) => AsyncIterable<readonly Row[]>;
}

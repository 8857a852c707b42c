/** What a check of one invariant found, over everything that is stored. */
export interface Invariant {
  /** As the design numbers them: `I2`. */
  readonly id: string;
  /** What must hold, as a sentence: `stored balance = sum of postings`. */
  readonly title: string;
  /** How many things were looked at; 0 says that the check had nothing to prove. */
  readonly checked: number;
  /** One line per violation, naming the row; empty when the invariant holds. At most 20. */
  readonly violations: readonly string[];
}

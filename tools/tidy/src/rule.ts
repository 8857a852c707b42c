import type { Repository } from './repository.ts';
import type { Violation } from './violation.ts';

/** One rule of the house: a pure function over the files, with a sentence for its name. */
export interface Rule {
  readonly title: string;
  readonly check: (repository: Repository) => readonly Violation[];
}

export { readRepository } from './read-repository.ts';
export { repositoryOf, type Repository, type RepositoryFile } from './repository.ts';
export type { Rule } from './rule.ts';
export { rules } from './rules.ts';
export { describeViolation, type Violation } from './violation.ts';

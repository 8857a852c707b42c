import shared from '../../vitest.shared.ts';

/** The rules are pure functions, so their tests can share one TypeScript. */
export default { ...shared, test: { ...shared.test, isolate: false } };

import shared from '../../vitest.shared.ts';

/** The servers are what is under test here, so none are started before. */
export default { ...shared, test: { ...shared.test, globalSetup: [] } };

import { z } from 'zod';
import { isCodeSegment } from '../account-code.ts';

/** A name of the rules' own: of a set, a business type, a parameter, an amount. */
export const ruleName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
  error: 'must be a name of letters, digits and ._- (100 at most)',
});

/** A value that a rule demands of a configuration parameter; account codes can hold it, too. */
export const demandedValue = z.string().refine(isCodeSegment, {
  error: 'must be a value of letters, digits and ._:- (200 at most)',
});

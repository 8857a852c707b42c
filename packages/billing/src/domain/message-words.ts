import { z } from 'zod';

/** The name of a dimension or of an element. */
export const dimensionName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,49}$/, 'use letters, digits and "_", beginning with a letter');

/** A value, a unit, a name: whatever people may write on one line. */
export const word = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'use 1 to 100 printable characters')
  .refine((text) => text.trim() === text, 'drop the spaces around it')
  .refine((text) => text !== '*', '"*" stands for all intervals and cannot be a value');

import { requestHash, type Json } from '@sluice/database';
import type { BookingRulesJson } from '../../domain/booking/format-booking-rules.ts';

/** SHA-256 over everything a rule set says: two versions with one hash are the same version. */
export function contentHash(content: BookingRulesJson): string {
  // It is plain JSON; its interfaces only lack the index signature that Json asks for.
  return requestHash(content as unknown as Json);
}

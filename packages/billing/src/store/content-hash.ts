import { requestHash, type Json } from '@sluice/database';
import type { Tariff } from '../domain/tariff.ts';

/** SHA-256 over everything a tariff says: two versions with one hash are the same version. */
export function contentHash(tariff: Tariff): string {
  // A tariff is plain JSON; its interfaces only lack the index signature that Json asks for.
  return requestHash(tariff as unknown as Json);
}

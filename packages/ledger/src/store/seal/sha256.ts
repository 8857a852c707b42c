import { hash } from 'node:crypto';
import type { Sha256 } from '../../domain/seal/sealed-transfer.ts';

/** SHA-256 in hex, by Node. */
export const sha256: Sha256 = (data) => hash('sha256', data);

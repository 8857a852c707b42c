import type { TillReport } from '@sluice/pool';
import { counted, grouped } from '../terminal/figures.ts';

/** One line: how many redemptions a till had decided, and how the server decided them. */
export function describeTill({ decided, same, parked }: TillReport): string {
  const before = `${counted(decided, 'redemption')} decided by a till before`;
  return `${before}: ${grouped(same)} the same here, ${grouped(parked)} parked`;
}

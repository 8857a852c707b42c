import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatRedemptions, type Redemption } from './redemption-csv.ts';

/** One week of a data set before it is written. */
export interface WeekOfLines {
  readonly week: number;
  /** Till lines, with a discount or without. */
  readonly lines: number;
  /** The lines that carry a discount, in the order of the file. */
  readonly redemptions: readonly Redemption[];
}

/** What the manifest says about one written week. Totals are minor units as text. */
export interface WeekEntry {
  readonly week: number;
  /** Name inside the data set's folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly lines: number;
  readonly redemptions: number;
  readonly couponMinor: string;
  readonly matchMinor: string;
  readonly loyaltyMinor: string;
}

/** Writes the CSV of one week into `folder`. */
export async function writeWeek(folder: string, content: WeekOfLines): Promise<WeekEntry> {
  const { week, lines, redemptions } = content;
  const file = `week-${String(week).padStart(2, '0')}.csv`;
  const bytes = Buffer.from(formatRedemptions(redemptions), 'utf8');
  await writeFile(join(folder, file), bytes);
  return {
    week,
    file,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    lines,
    redemptions: redemptions.length,
    couponMinor: total(redemptions, 'couponMinor'),
    matchMinor: total(redemptions, 'matchMinor'),
    loyaltyMinor: total(redemptions, 'loyaltyMinor'),
  };
}

function total(
  redemptions: readonly Redemption[],
  column: 'couponMinor' | 'matchMinor' | 'loyaltyMinor',
): string {
  return redemptions.reduce((sum, redemption) => sum + redemption[column], 0n).toString();
}

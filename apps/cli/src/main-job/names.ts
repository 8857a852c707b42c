import { createHash } from 'node:crypto';
import type { Dataset } from '@sluice/datasets';
import { spanOf } from './calendar.ts';

/** What a run of the main job calls what it works on. */
export interface Names {
  readonly poolId: string;
  readonly mainAccountId: string;
  readonly bulkBatch: string;
  readonly singleBatch: string;
}

/** With a pool's id, seller and number it makes the id of a payout, which has 80 characters. */
const longestSpan = 16;

/**
 * The names follow from data and weeks: the same weeks are the same pool, and go on where they
 * ended; others, or the other data, are another pool.
 */
export function namesOf({ source, weeks }: Pick<Dataset, 'source' | 'weeks'>): Names {
  const span = shortened(spanOf(weeks.map(({ week }) => week)));
  const poolId = `${source === 'complete-journey' ? 'cj' : 'generated'}-2017-w${span}`;
  return {
    poolId,
    mainAccountId: `${poolId}-payouts`,
    bulkBatch: `${poolId}-bulk`,
    singleBatch: `${poolId}-single`,
  };
}

/** An id has no commas. */
function shortened(span: string): string {
  const text = span.replaceAll(',', '.');
  if (text.length <= longestSpan) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${text.slice(0, longestSpan - 10).replace(/[.-]\d*$/, '')}.${digest}`;
}

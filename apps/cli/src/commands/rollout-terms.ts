import { isRefusal, parseMoney, refuse, toWire, type Refusal, type WireMoney } from '@sluice/money';
import { refuseTerms, type RolloutStage, type RolloutTerms } from '@sluice/rulebook';

/** How a rollout is to go, as it stands on the command line. */
export interface RolloutOptions {
  readonly salt: string;
  /** Such as `shadow,5,25,100`. */
  readonly stages: string;
  readonly runs: number;
  /** In a million. */
  readonly failures: string;
  /** Such as `10.00 USD`. */
  readonly moved: readonly string[];
  /** Seconds. */
  readonly every: number;
}

/** A day. */
const longestSeconds = 86_400;

/**
 * Reads the terms of a rollout.
 *
 * @returns them, or `ROLLOUT_TERMS_INVALID` with every fault.
 */
export function readTerms(
  { salt, stages, runs, failures, moved, every }: RolloutOptions,
  startedBy: string,
): RolloutTerms | Refusal {
  const reaches = stages.split(',').map((text) => [text.trim(), reachOf(text.trim())] as const);
  const limits = moved.map((text) => [text, limitOf(text)] as const);
  const faults = [
    ...reaches.flatMap(([text, reach]) =>
      reach === undefined ? [`--stages: "${text}" is neither shadow nor a percentage`] : [],
    ),
    ...limits.flatMap(([text, limit]) =>
      isRefusal(limit) ? [`--moved: "${text}" is no amount such as "10.00 USD"`] : [],
    ),
    ...(moved.length === 0 ? ['--moved: say how much money may move in a stage'] : []),
    ...(every <= longestSeconds ? [] : [`--every: expected at most ${longestSeconds} seconds`]),
    ...(/^\d{1,7}$/.test(failures) ? [] : [`--failures: "${failures}" is no count in a million`]),
  ];
  if (faults.length > 0) return refuse('ROLLOUT_TERMS_INVALID', faults.join('; '), { faults });
  const terms = {
    ...{ salt, startedBy },
    stages: reaches.flatMap(([, reach]): readonly RolloutStage[] =>
      reach === undefined ? [] : [{ reach, fewestRuns: runs }],
    ),
    gate: {
      failuresPerMillion: Number.parseInt(failures, 10),
      moved: limits.flatMap(([, limit]) => (isRefusal(limit) ? [] : [limit])),
    },
  };
  return refuseTerms(terms) ?? terms;
}

/** Buckets of 100,000; null for shadow; undefined for what is neither. */
function reachOf(text: string): number | null | undefined {
  if (text === 'shadow') return null;
  const [, whole = '', thousandths = ''] = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text) ?? [];
  if (whole === '') return undefined;
  return Number.parseInt(`${whole}${thousandths.padEnd(3, '0')}`, 10);
}

function limitOf(text: string): WireMoney | Refusal {
  const [amount = '', currency = ''] = text.trim().split(/\s+/);
  const limit = parseMoney(amount, currency);
  return isRefusal(limit) ? limit : toWire(limit);
}

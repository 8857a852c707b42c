import { expectAnswer, formatMoney, fromWire, type Money, type WireMoney } from '@sluice/money';
import type { ShadowReport } from './shadow.ts';

/** What a draft must keep to before it reaches more. */
export interface Gate {
  /** Below this many runs nothing is said. */
  readonly fewestRuns: number;
  /** Failures in a million runs, at most. */
  readonly failuresPerMillion: number;
  /** The money moved, at most, by currency; a currency that is not named may not move at all. */
  readonly moved: readonly WireMoney[];
}

/** `go` on, `wait` for more runs, or `pause` and let somebody look. */
export interface GateVerdict {
  readonly verdict: 'go' | 'wait' | 'pause';
  /** For people. */
  readonly reason: string;
}

/** Holds a report against a gate. Too much is too much from the first run on. */
export function holdAgainst(report: ShadowReport, gate: Gate): GateVerdict {
  const { runs, failures } = report;
  const limits = gate.moved.map(readMoney);
  for (const moved of report.moved.map(readMoney)) {
    const limit = limits.find(({ currency }) => currency === moved.currency)?.minor ?? 0n;
    if (moved.minor <= limit) continue;
    const most = formatMoney({ ...moved, minor: limit });
    return { verdict: 'pause', reason: `${formatMoney(moved)} moved, at most ${most} may` };
  }
  if (runs < gate.fewestRuns) {
    return { verdict: 'wait', reason: `${runs} of ${gate.fewestRuns} runs so far` };
  }
  if (BigInt(failures) * 1_000_000n > BigInt(gate.failuresPerMillion) * BigInt(runs)) {
    const most = `${gate.failuresPerMillion} in a million`;
    return { verdict: 'pause', reason: `${failures} of ${runs} runs failed, at most ${most} may` };
  }
  return { verdict: 'go', reason: `${runs} runs kept to the gate` };
}

function readMoney(wire: WireMoney): Money {
  return expectAnswer(fromWire(wire));
}

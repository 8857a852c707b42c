import { holds, type StepRange } from './interval.ts';

/** Gives the place of the range that holds a step, or -1. Ranges ascend and leave no gap. */
export function compileSearch(ranges: readonly StepRange[]): (steps: bigint) => number {
  const byLooking = (steps: bigint): number => ranges.findIndex((range) => holds(range, steps));
  const lowest = ranges[0]?.first ?? minWord;
  const highest = ranges.at(-1)?.last ?? maxWord - 1n;
  const starts = ranges.slice(1).map(({ first }) => first ?? lowest);
  if (![lowest, ...starts, highest + 1n].every(isWord)) return byLooking;
  const words = paddedWords(starts);
  const top = (words.length + 1) >>> 1;
  // A binary search that adds its comparisons up instead of branching on them: which way each goes
  // is a coin toss, and a processor guesses ahead. The last three steps are written out: they are
  // all that most dimensions need, and the upkeep of a loop costs as much as they do.
  return (steps) => {
    if (steps < lowest || steps > highest) return byLooking(steps);
    let place = 0;
    for (let step = top; step > 4; step >>>= 1) {
      place += Number((words[place + step - 1] ?? 0n) <= steps) * step;
    }
    place += Number((words[place + 3] ?? 0n) <= steps) * 4;
    place += Number((words[place + 1] ?? 0n) <= steps) * 2;
    return place + Number((words[place] ?? 0n) <= steps);
  };
}

/** The least and greatest that a machine word holds: words are compared without a call. */
const minWord = -(2n ** 63n);
const maxWord = 2n ** 63n - 1n;

function isWord(steps: bigint): boolean {
  return minWord <= steps && steps <= maxWord;
}

/** The starts, filled up to a power of two less one and to seven at least, by what none reaches. */
function paddedWords(starts: readonly bigint[]): BigInt64Array {
  let size = 8;
  while (size <= starts.length) size *= 2;
  const words = new BigInt64Array(size - 1).fill(maxWord);
  words.set(starts);
  return words;
}

import { describe, expect, test, vi } from 'vitest';
import { parseArguments } from './arguments.ts';

const nothing = { names: [], list: false, json: false, quick: false, rounds: null };

test.each([
  [[], nothing],
  [['ledger', 'main-job'], { ...nothing, names: ['ledger', 'main-job'] }],
  [['--list'], { ...nothing, list: true }],
  [['--json', 'ledger', '--rounds', '5'], { ...nothing, json: true, names: ['ledger'], rounds: 5 }],
  [['--quick'], { ...nothing, quick: true }],
])('%j is read', (args, expected) => {
  expect(parseArguments(args)).toEqual(expected);
});

describe('what cannot be read', () => {
  test.each([
    [['--rounds', '0'], 'Give a number from 1 to 999.'],
    [['--rounds', 'many'], 'Give a number from 1 to 999.'],
    [['--fast'], "unknown option '--fast'"],
  ])('%j is told with the help, and the process ends with 1', (args, message) => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(() => parseArguments(args)).toThrow('exit 1');
      const said = write.mock.calls.map(([text]) => String(text)).join('');
      expect(said).toContain(message);
      expect(said).toContain('Usage: npm run bench --');
    } finally {
      exit.mockRestore();
      write.mockRestore();
    }
  });
});

import { describe, expect, test } from 'vitest';
import { written } from '../testing/written.ts';
import { StepFailedError } from './step-failed-error.ts';
import { Terminal } from './terminal.ts';

describe('a step', () => {
  test('leaves one line where nobody watches: what it was and what came of it', async () => {
    const { stream, text } = written();
    const terminal = new Terminal(stream);
    const result = await terminal.step(
      { doing: 'recording', total: 3, done: (rows: number) => `${rows} rows` },
      ({ set }) => {
        set(2);
        return Promise.resolve(3);
      },
    );
    expect(result).toBe(3);
    expect(text()).toBe('  recording: 3 rows\n');
  });

  test('shows on a terminal how far it is, and lines that come meanwhile stay', async () => {
    const { stream, text } = written(80);
    const terminal = new Terminal(stream);
    await terminal.step({ doing: 'recording', total: 1_200 }, ({ set }) => {
      set(600);
      terminal.line('a worker died');
      return Promise.resolve();
    });
    expect(text()).toContain('recording ░░░░░░░░░░░░░░░░░░░░░░░░ 0/1,200');
    expect(text()).toContain('a worker died\n');
    expect(text().endsWith('  recording: done\n')).toBe(true);
  });

  test('that fails names itself, also from within another one', async () => {
    const terminal = new Terminal(written().stream);
    const cause = new Error('no room');
    const failing = terminal.step({ doing: 'paying' }, () =>
      terminal.step({ doing: 'asking the bank' }, () => Promise.reject(cause)),
    );
    await expect(failing).rejects.toSatisfy(
      (error) => error instanceof StepFailedError && error.step === 'asking the bank',
    );
    await expect(failing).rejects.toMatchObject({ cause });
  });
});

describe('an item', () => {
  const text = 'no payout twice at the bank';

  test('is broken between words where the terminal ends, under itself', () => {
    const out = written(24);
    new Terminal(out.stream).item('  holds  I6 ', text);
    expect(out.text()).toBe('  holds  I6 no payout\n            twice at the\n            bank\n');
  });

  test('is one line where nobody watches', () => {
    const out = written();
    new Terminal(out.stream).item('  holds  I6 ', text);
    expect(out.text()).toBe(`  holds  I6 ${text}\n`);
  });
});

test('there are no colours where nobody watches', () => {
  const { stream, text } = written();
  const terminal = new Terminal(stream);
  terminal.heading('Sources');
  terminal.aside('joined');
  expect(text() + terminal.verdict(true)).toBe('\nSources\n· joined\nholds ');
});

import CliTable from 'cli-table3';

/** One column of a table for people. */
export interface Column {
  /** May be broken into lines by `\n`. */
  readonly title: string;
  /** Figures stand on the right. */
  readonly figures?: true;
  /** May be left out where the terminal is too narrow: the highest first, of equals the last. */
  readonly spare?: number;
  /** Cut in the middle where leaving out columns was not enough. */
  readonly cuttable?: true;
}

/** A column with its cells, the way it will be drawn. */
interface Drawn extends Column {
  readonly cells: readonly string[];
  readonly width: number;
}

const gap = '  ';
/** A cell that is cut keeps so much, or it would tell nothing. */
const leastCut = 12;

/**
 * Draws a table without lines between its columns, indented like the text around it.
 *
 * @param width columns of the terminal; null where nobody watches: then nothing is left out.
 */
export function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
): string {
  const all = columns.map((column, index) => drawn(column, cellsOf(rows, index)));
  const shown = width === null ? all : cut(withoutSpares(all, width), width);
  const table = new CliTable({
    head: shown.map(({ title }) => title),
    colAligns: shown.map(({ figures }) => (figures ? 'right' : 'left')),
    chars: noLines,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(shown.map(({ width }) => '─'.repeat(width)));
  table.push(...rows.map((_, row) => shown.map(({ cells }) => cells[row] ?? '')));
  const lines = table.toString().split('\n');
  return lines.map((line) => `${gap}${line}`.trimEnd()).join('\n');
}

const noLines = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
  middle: gap,
};

function cellsOf(rows: readonly (readonly string[])[], index: number): readonly string[] {
  return rows.map((row) => row[index] ?? '');
}

function drawn(column: Column, cells: readonly string[]): Drawn {
  const texts = [...column.title.split('\n'), ...cells];
  return { ...column, cells, width: Math.max(...texts.map(({ length }) => length)) };
}

function totalWidth(columns: readonly Drawn[]): number {
  return columns.reduce((sum, { width }) => sum + gap.length + width, 0);
}

function withoutSpares(columns: readonly Drawn[], width: number): readonly Drawn[] {
  if (totalWidth(columns) <= width) return columns;
  const highest = Math.max(...columns.map(({ spare = 0 }) => spare));
  const place = columns.findLastIndex(({ spare = 0 }) => spare === highest);
  return highest === 0 ? columns : withoutSpares(columns.toSpliced(place, 1), width);
}

/** Cuts the widest of the columns that may be cut, until the table fits or all are cut. */
function cut(columns: readonly Drawn[], width: number): readonly Drawn[] {
  const over = totalWidth(columns) - width;
  const widest = columns
    .filter((column) => column.cuttable && column.width > leastCut)
    .toSorted((left, right) => right.width - left.width)[0];
  if (over <= 0 || widest === undefined) return columns;
  const to = Math.max(leastCut, widest.width - over);
  const narrow = drawn(
    widest,
    widest.cells.map((cell) => cutMiddle(cell, to)),
  );
  return cut(
    columns.map((column) => (column === widest ? narrow : column)),
    width,
  );
}

/** Ids differ at their ends, so the middle goes. */
function cutMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

import { foldText } from '../terminal/fold.js';
import { displayWidth } from '../terminal/text-width.js';
import type { Style } from '../style.js';

/** A column of a table. */
export interface Column<Row> {
  title: string;
  text(row: Row): string;
  /** Paints a cell; its width stays. */
  paint?(text: string, row: Row): string;
  /** What is left out first when there is no room: the highest. Absent = never. */
  dispensable?: number;
  /** Of the last column: its text may go on below itself, down to this width. Absent = it is never broken. */
  narrowest?: number;
}

const GAP = '  ';

/**
 * Rows in columns that fit the terminal: columns that can be spared go one after the other, and when even the rest does not fit,
 * every cell has a line of its own. No cell is ever cut. `below` are lines that belong under a row.
 */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
  below: (row: Row) => readonly string[] = () => [],
): string {
  const filled = columns.filter((column) => rows.some((row) => column.text(row) !== ''));
  const shown = fitting(rows, filled, style.measure);
  if (shown === null) return rows.map((row) => [...stacked(row, filled), ...below(row)].join('\n')).join('\n');
  const widths = shown.map((column) => columnWidth(rows, column));
  const titles = shown.map(({ title }) => title);
  const last = shown.at(-1);
  const left = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const body = rows.flatMap((row) => {
    const cells = shown.map((column) => ({ text: column.text(row), painted: painted(row, column) }));
    if (last?.narrowest === undefined) return [line(cells, widths), ...below(row)];
    const [first = '', ...others] = folded(last.text(row), style.measure - left).map((text) => paint(text, row, last));
    const begun = line([...cells.slice(0, -1), { text: first, painted: first }], widths);
    return [begun, ...others.map((text) => ' '.repeat(left) + text), ...below(row)];
  });
  const head = line(
    titles.map((title) => ({ text: title, painted: style.bold(title) })),
    widths,
  );
  return [head, ...body].join('\n');
}

/** The columns that there is room for; `null` when those that must be shown do not fit. */
function fitting<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  measure: number,
): readonly Column<Row>[] | null {
  if (tableWidth(rows, columns) <= measure) return columns;
  const [first] = columns
    .filter(({ dispensable }) => dispensable !== undefined)
    .sort((a, b) => (b.dispensable ?? 0) - (a.dispensable ?? 0));
  if (first === undefined) return null;
  return fitting(
    rows,
    columns.filter((column) => column !== first),
    measure,
  );
}

function line(cells: readonly { text: string; painted: string }[], widths: readonly number[]): string {
  const padded = cells.map(({ text, painted: shown }, index) => {
    const isLast = index === cells.length - 1;
    return isLast ? shown : `${shown}${' '.repeat((widths[index] ?? 0) - displayWidth(text))}`;
  });
  return padded.join(GAP).trimEnd();
}

/** The least that they need. */
function tableWidth<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number {
  const widths = columns.map((column) => Math.min(columnWidth(rows, column), column.narrowest ?? Infinity));
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1);
}

function columnWidth<Row>(rows: readonly Row[], { title, text }: Column<Row>): number {
  return Math.max(displayWidth(title), ...rows.map((row) => displayWidth(text(row))));
}

function stacked<Row>(row: Row, columns: readonly Column<Row>[]): string[] {
  const cells = columns.filter((column) => column.text(row) !== '').map((column) => painted(row, column));
  return cells.map((cell, index) => (index === 0 ? cell : `${GAP}${cell}`));
}

function folded(text: string, room: number): string[] {
  return foldText(text, Number.isFinite(room) ? room : undefined).split('\n');
}

function painted<Row>(row: Row, column: Column<Row>): string {
  return paint(column.text(row), row, column);
}

function paint<Row>(text: string, row: Row, column: Column<Row>): string {
  return column.paint === undefined ? text : column.paint(text, row);
}

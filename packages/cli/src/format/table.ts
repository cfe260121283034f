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
  const body = rows.flatMap((row) => {
    const cells = shown.map((column) => ({ text: column.text(row), painted: painted(row, column) }));
    return [line(cells, widths), ...below(row)];
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

function tableWidth<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number {
  const widths = columns.map((column) => columnWidth(rows, column));
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1);
}

function columnWidth<Row>(rows: readonly Row[], { title, text }: Column<Row>): number {
  return Math.max(displayWidth(title), ...rows.map((row) => displayWidth(text(row))));
}

function stacked<Row>(row: Row, columns: readonly Column<Row>[]): string[] {
  const cells = columns.filter((column) => column.text(row) !== '').map((column) => painted(row, column));
  return cells.map((cell, index) => (index === 0 ? cell : `${GAP}${cell}`));
}

function painted<Row>(row: Row, { text, paint }: Column<Row>): string {
  return paint === undefined ? text(row) : paint(text(row), row);
}

export type Row = readonly string[];

/**
 * Rows under a head, aligned so that they read well as they are. As Markdown, what would end a cell is escaped.
 * @param rows the first is the head; all have its length
 */
export function textTable(rows: readonly Row[], style: 'text' | 'markdown'): string {
  const [head = [], ...body] = style === 'markdown' ? rows.map(row => row.map(escapeCell)) : rows;
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(row => (row[column] ?? '').length), 3));
  // Figures stand flush right, so that their digits stand above each other.
  const isFigure = head.map((_, column) => body.every(row => /^(?:[\d.,]+(?: \w+)*|-)$/.test(row[column] ?? '')));
  const line = (row: Row): string[] =>
    row.map((cell, column) => (isFigure[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)));
  if (style === 'text') return [head, ...body].map(row => `  ${line(row).join('  ').trimEnd()}`).join('\n');
  const rule = widths.map((width, column) => (isFigure[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(head), rule, ...body.map(line)].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function escapeCell(cell: string): string {
  return cell.replace(/[\\|`*<[\]]/g, '\\$&');
}

/** The statement on one line, cut to the length of a tab title. */
export function titleOf(sql: string): string {
  const line = sql
    .replace(/--[^\n]*\n?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}

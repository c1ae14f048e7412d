/** Longer lists of columns and indexes are cut. */
export const MAX_LISTED = 40;

/** Text as it stands, in a line. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const ticks = '`'.repeat(longestRun(line) + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${padding}${line}${padding}${ticks}`;
}

/** Text as it stands, coloured as SQL. */
export function fence(sql: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(sql) + 1));
  return `${ticks}sql\n${sql}\n${ticks}`;
}

/** A comment that says how many of a list are not shown. */
export function more(count: number): string {
  return count > MAX_LISTED ? `\n-- and ${count - MAX_LISTED} more` : '';
}

/** Somebody's own words, without their markup. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+\-.!|]/g, '\\$&');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length));
}

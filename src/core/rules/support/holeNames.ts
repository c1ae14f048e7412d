import type { ParsedStatement } from '../../sql/statement';

/** Shorter runs of x may be a name of their own. */
const SHORTEST = 4;

/** `{{ ref('orders') }}` where the text names the row of x that stood in its place for the grammar. */
export function withHolesAsWritten(text: string, { placeholders, text: written }: ParsedStatement): string {
  if (placeholders.length === 0 || !/x{4}/.test(text)) return text;
  let spelled = text;
  for (const { fills, range } of placeholders) {
    const width = range.end - range.start;
    if (fills !== 'name' || width < SHORTEST) continue;
    spelled = spelled.replace(new RegExp(`(?<!x)x{${width}}(?!x)`), () => written.slice(range.start, range.end));
  }
  return spelled;
}

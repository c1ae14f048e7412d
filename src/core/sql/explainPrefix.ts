/** The parenthesis of options, which is none where it begins a query. */
const PREFIX =
  /^\s*explain\b\s*(?:\((?!\s*(?:(?:select|with|values|table)\b|\())[^)]*\)|(?:(?:analy[sz]e|verbose)\b\s*)*)\s*/i;

/** How many characters of `EXPLAIN (ANALYZE) SELECT ...` stand before the statement; 0 for any other text. */
export function explainPrefixLength(sql: string): number {
  return PREFIX.exec(sql)?.[0].length ?? 0;
}

import { quoteLiteral } from '../sql/identifiers';
import { TokenKind, tokenize } from '../sql/lexer';

/** `$1 = '42', $2 = NULL`, as PostgreSQL logs values: index 0 is `$1`. Undefined if a value was cut off. */
export function readLoggedParameters(text: string): (string | null)[] | undefined {
  const values: (string | null)[] = [];
  const pattern = /\$(\d+) = (?:'((?:[^']|'')*)'|(NULL))(\.\.\.)?(?:, |\s*$)/y;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const value = match[2];
    // `log_parameter_max_length` cuts values and marks them so, within the quotes.
    if (value?.endsWith('...') && value.length > 20) return undefined;
    values[Number(match[1]) - 1] = value === undefined ? null : value.replaceAll("''", "'");
    if (pattern.lastIndex === text.length) return values.length > 0 ? [...values].map(each => each ?? null) : undefined;
  }
  return undefined;
}

/**
 * The statement with each value in its parameter's place, as an untyped literal: PostgreSQL gives it the type that it
 * gave the parameter, so the planner sees what it saw for a custom plan.
 */
export function writeInParameters(sql: string, values: readonly (string | null)[]): string {
  const { kinds, starts, ends } = tokenize(sql, { comments: false });
  let text = '';
  let at = 0;
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] !== TokenKind.parameter) continue;
    const value = values[Number(sql.slice(starts[i]! + 1, ends[i])) - 1];
    if (value === undefined) continue;
    text += sql.slice(at, starts[i]) + (value === null ? 'NULL' : quoteLiteral(value));
    at = ends[i]!;
  }
  return text + sql.slice(at);
}

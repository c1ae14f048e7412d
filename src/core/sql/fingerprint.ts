import { hashText } from '../base/hashText';
import { identifierOf } from './identifiers';
import { TokenKind, tokenize } from './lexer';

const VALUE_KINDS = new Set<TokenKind>([
  TokenKind.string,
  TokenKind.dollarString,
  TokenKind.number,
  TokenKind.parameter,
  TokenKind.placeholder,
]);
const NO_SPACE_BEFORE = new Set([',', ')', ']', '.', '::']);
const NO_SPACE_AFTER = new Set(['(', '[', '.', '::']);

/**
 * A text that is equal for two forms of one statement: comments, white space, letter case of names, quotes that change
 * nothing and the values do not count, nor does the length of a list of values. Works on tokens alone, so also for
 * statements that cannot be parsed.
 *
 * `SELECT * FROM t -- all\n WHERE id IN (1, 2)` gives `select * from t where id in (?)`.
 */
export function normaliseStatement(sql: string): string {
  const parts = normalTokens(sql);
  let text = '';
  let previous = '';
  for (const part of parts) {
    const joined = text === '' || NO_SPACE_BEFORE.has(part) || NO_SPACE_AFTER.has(previous);
    text += joined ? part : ` ${part}`;
    previous = part;
  }
  return text;
}

/** A short identity of the statement, the same for all texts that {@link normaliseStatement} makes equal: 16 hex digits. */
export function fingerprint(sql: string): string {
  return hashText(normaliseStatement(sql));
}

function normalTokens(sql: string): string[] {
  const parts: string[] = [];
  const { kinds, starts, ends } = tokenize(sql, { comments: false });
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i]!;
    const token = sql.slice(starts[i], ends[i]);
    if (kind === TokenKind.metaCommand || kind === TokenKind.metaSemicolon || kind === TokenKind.semicolon) continue;
    if (VALUE_KINDS.has(kind)) addValue(parts);
    else if (kind === TokenKind.word) parts.push(identifierOf(token));
    else if (kind === TokenKind.quotedIdentifier && /^"[a-z_][a-z0-9_]*"$/.test(token)) parts.push(token.slice(1, -1));
    else parts.push(token);
  }
  return parts;
}

/** A sign before a value belongs to it, and of a list of values only the first is kept. */
function addValue(parts: string[]): void {
  const last = parts.at(-1);
  const beforeSign = parts.at(-2);
  if (
    last === '-' &&
    beforeSign !== undefined &&
    /^(?:[=<>(,+*/]|<=|>=|<>|in|and|or|limit|offset|between)$/.test(beforeSign)
  )
    parts.pop();
  if (parts.at(-1) === ',' && parts.at(-2) === '?') parts.pop();
  else parts.push('?');
}

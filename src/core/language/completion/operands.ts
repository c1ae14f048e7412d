import { TokenKind } from '../../sql/lexer';
import type { CursorTokens } from './cursorTokens';

const OPERAND_WORDS = new Set(['end', 'null', 'true', 'false', 'current_date', 'current_timestamp', 'default']);
const NO_OPERAND = new Set(
  `select distinct all where and or not in like ilike is between case when then else as on from by having limit offset
  returning set values using over filter within array any some exists cast extract interval collate at to asc desc nulls
  union intersect except if elsif while return perform`.split(/\s+/),
);

/** True if an expression can end at a token, so that what follows is an operator or an alias. */
export function endsOperand(tokens: CursorTokens, i: number): boolean {
  const kind = tokens.kind(i);
  if (kind === TokenKind.word) return OPERAND_WORDS.has(tokens.lower(i)) || !NO_OPERAND.has(tokens.lower(i));
  if (kind === TokenKind.quotedIdentifier || kind === TokenKind.string || kind === TokenKind.dollarString) return true;
  if (kind === TokenKind.number || kind === TokenKind.parameter || kind === TokenKind.placeholder) return true;
  if (tokens.is(i, '*')) return tokens.is(i - 1, 'select', ',', '.', 'distinct', 'returning', '(');
  return tokens.is(i, ')', ']');
}

import { TokenKind } from '../lexer';
import type { BodyTokens } from './bodyTokens';

/**
 * The index of the semicolon that ends the SQL statement at the cursor. One in the commands of a rule or in a
 * `BEGIN ATOMIC` body does not.
 */
export function sqlEnd(tokens: BodyTokens): number {
  const isRule = tokens.is('create') && (tokens.word(1) === 'rule' || tokens.word(3) === 'rule');
  let parentheses = 0;
  let blocks = 0;
  let index = tokens.at;
  for (; tokens.kind(index) !== undefined; index++) {
    const kind = tokens.kind(index);
    if (kind === TokenKind.semicolon && blocks === 0 && !(isRule && parentheses > 0)) break;
    const text = tokens.text(index);
    if (text === '(') parentheses++;
    else if (text === ')') parentheses--;
    else if (kind === TokenKind.word) {
      const word = text.toLowerCase();
      if (word === 'begin' && tokens.text(index + 1).toLowerCase() === 'atomic') blocks++;
      else if (blocks > 0 && word === 'case') blocks++;
      else if (blocks > 0 && word === 'end') blocks--;
    }
  }
  return index;
}

/** The text of the tokens from `from` up to `end`, with `INTO [STRICT] target, ...` of PL/pgSQL blanked out. */
export function withoutTargets(tokens: BodyTokens, from: number, end: number): string {
  const start = tokens.start(from);
  let text = tokens.source.slice(start, tokens.end(end - 1));
  if (tokens.text(from).toLowerCase() === 'import') return text;
  for (let i = from + 1; i < end; i++) {
    if (tokens.kind(i) !== TokenKind.word || tokens.text(i).toLowerCase() !== 'into') continue;
    if (/^(?:insert|merge)$/i.test(tokens.text(i - 1))) continue;
    const last = afterTargets(tokens, i + 1, end);
    if (last === i + 1) continue;
    const at = tokens.start(i) - start;
    const behind = tokens.end(last - 1) - start;
    text = text.slice(0, at) + text.slice(at, behind).replace(/[^\r\n]/g, ' ') + text.slice(behind);
    i = last - 1;
  }
  return text;
}

function afterTargets(tokens: BodyTokens, from: number, end: number): number {
  let index = from;
  if (tokens.text(index).toLowerCase() === 'strict' && tokens.isName(index + 1)) index++;
  for (;;) {
    const next = tokens.afterTarget(index);
    if (next === index || next >= end || tokens.text(next) !== ',') return Math.min(next, end);
    index = next + 1;
  }
}

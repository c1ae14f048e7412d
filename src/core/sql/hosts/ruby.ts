import type { Fragment } from './fragment';
import { asPlaceholder, fragmentOf, withoutEscapes } from './fragment';

const HEREDOC = /<<[~-]?(["']?)(SQL|PGSQL|POSTGRESQL)\1([^\n]*)\n/g;

/** Heredocs that are called SQL. */
export function findInRuby(text: string): Fragment[] {
  const fragments: Fragment[] = [];
  HEREDOC.lastIndex = 0;
  for (let match = HEREDOC.exec(text); match; match = HEREDOC.exec(text)) {
    const [opening, quote, name] = match;
    const lineStart = text.lastIndexOf('\n', match.index) + 1;
    if (/^\s*#/.test(text.slice(lineStart, match.index))) continue;
    const start = match.index + opening.length;
    const closing = new RegExp(`^[ \\t]*(?=${name}\\b)`, 'gm');
    closing.lastIndex = start;
    const found = closing.exec(text);
    if (!found) return fragments;
    const end = found.index + found[0].length;
    HEREDOC.lastIndex = end;
    const content = text.slice(start, end);
    const cooked = quote === "'" ? content : withoutEscapes(content);
    const sql = cooked.replace(/#\{(?:[^{}]|\{[^{}]*\})*\}/g, field => asPlaceholder(field, '#{'));
    fragments.push(...fragmentOf({ start, end }, sql, ''));
  }
  return fragments;
}

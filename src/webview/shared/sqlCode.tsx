import type { ComponentChildren, JSX } from 'preact';
import { clip, showHidden } from './shownText';
import { sqlTokens } from './sqlTokens';
import type { SqlToken } from './sqlTokens';

/** What a block of SQL shows at most; the whole is in the SQL tab and in what is copied. */
const MOST = 20_000;

/** SQL in the editor's font, keywords and strings set apart. Nodes only: the text is never read as markup. */
export function SqlCode({ text }: { readonly text: string }): JSX.Element {
  const shown = text.length > MOST ? clip(text, MOST) : text;
  return (
    <pre class="sql" role="group" tabIndex={0} aria-label="SQL">
      <code>{colourSql(shown, sqlTokens(shown), 0, shown.length)}</code>
    </pre>
  );
}

/** The characters from `start` to `end`, with the tokens among them set apart. */
export function colourSql(text: string, tokens: readonly SqlToken[], start: number, end: number): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let at = start;
  for (let index = firstAfter(tokens, start); index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.start >= end) break;
    const [from, to] = [Math.max(token.start, start), Math.min(token.end, end)];
    if (from > at) parts.push(showHidden(text.slice(at, from)));
    parts.push(<span class={`sql-${token.kind}`}>{showHidden(text.slice(from, to))}</span>);
    at = to;
  }
  if (at < end) parts.push(showHidden(text.slice(at, end)));
  return parts;
}

/** Index of the first token that ends after `offset`. */
function firstAfter(tokens: readonly SqlToken[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

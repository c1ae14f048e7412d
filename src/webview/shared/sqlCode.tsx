import type { ComponentChildren, JSX } from 'preact';

/** Comments, strings, quoted names and words, in the order in which they must be tried. */
const TOKENS = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_]\w*/g;

/** The words that suggestions are written with; enough to make a statement easy to scan, not a grammar. */
const KEYWORDS = new Set(
  (
    'add alter analyze and as asc begin by cascade column commit concurrently create database delete desc distinct ' +
    'drop exists explain extension false first from group having if in include index insert into is join lateral ' +
    'last left like limit materialized not null nulls offset on only or order partition range reset select set ' +
    'statistics system table then to true union unique update using vacuum values view where with'
  ).split(' '),
);

/** SQL in the editor's font, keywords and strings set apart. Nodes only: the text is never read as markup. */
export function SqlCode({ text }: { readonly text: string }): JSX.Element {
  return (
    <pre class="sql" tabIndex={0} aria-label="SQL">
      <code>{highlight(text)}</code>
    </pre>
  );
}

function highlight(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = kindOf(match[0]);
    if (!kind) continue;
    parts.push(text.slice(end, match.index), <span class={`sql-${kind}`}>{match[0]}</span>);
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

function kindOf(token: string): 'keyword' | 'string' | 'comment' | undefined {
  if (token.startsWith('--') || token.startsWith('/*')) return 'comment';
  if (token.startsWith("'")) return 'string';
  return KEYWORDS.has(token.toLowerCase()) ? 'keyword' : undefined;
}

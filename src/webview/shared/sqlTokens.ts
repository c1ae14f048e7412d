export interface SqlToken {
  readonly start: number;
  readonly end: number;
  readonly kind: 'keyword' | 'string' | 'comment';
}

/** Comments, strings, quoted names and words, in the order in which they must be tried. */
const TOKENS = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_]\w*/g;

/** Enough to make a statement easy to scan, not a grammar. */
const KEYWORDS = new Set(
  (
    'add all alter analyze and any array as asc begin between by cascade case cast check collate column commit ' +
    'concurrently conflict constraint create cross cube current database default delete desc distinct do drop else ' +
    'end except exists explain extension false fetch filter first for from full function group grouping having if ' +
    'ilike in include index inner insert intersect interval into is join key lateral last left like limit locked ' +
    'materialized matched merge natural not null nulls offset on only or order outer over partition primary range ' +
    'recursive references reset returning right rollup row rows select set sets similar skip some statistics system ' +
    'table tablesample then to true union unique update using vacuum values view when where window with within'
  ).split(' '),
);

/** Longer texts are shown in one colour: finding the parts of megabytes takes longer than reading is worth. */
const MOST = 200_000;

/** The parts of SQL that are set apart by colour, in order. */
export function sqlTokens(text: string): SqlToken[] {
  if (text.length > MOST) return [];
  const tokens: SqlToken[] = [];
  for (const match of text.matchAll(TOKENS)) {
    const kind = kindOf(match[0]);
    if (kind) tokens.push({ start: match.index, end: match.index + match[0].length, kind });
  }
  return tokens;
}

function kindOf(token: string): SqlToken['kind'] | undefined {
  if (token.startsWith('--') || token.startsWith('/*')) return 'comment';
  if (token.startsWith("'")) return 'string';
  return KEYWORDS.has(token.toLowerCase()) ? 'keyword' : undefined;
}

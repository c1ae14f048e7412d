import type { SourceRange } from '../../base/sourceRange';
import { identifierOf } from '../../sql/identifiers';
import { TokenKind, tokenize } from '../../sql/lexer';

/** The statement of a function's body around the cursor. */
export interface CursorBody {
  /** Offsets of the text the body stands in. */
  readonly range: SourceRange;
  readonly variables: ReadonlyMap<string, string>;
  readonly language: string;
  /** True if it stands in single quotes, which would have to be doubled in it. */
  readonly isQuoted: boolean;
}

/** Words of PL/pgSQL behind which a statement begins. */
const BEFORE_STATEMENT = new Set(['begin', 'then', 'else', 'loop', 'declare']);
const MODES = new Set(['in', 'out', 'inout', 'variadic']);
const AFTER_TYPE = new Set(['default', 'not', 'collate']);

/** Reads the body in quotes that opens at `open`; undefined if the statement defines no routine there. */
export function bodyAround(text: string, open: number, offset: number): CursorBody | undefined {
  const head = text.slice(0, open);
  if (!/^\s*(?:--[^\n]*\n|\s)*(?:create\s+(?:or\s+replace\s+)?(?:function|procedure)|do)\b/i.test(head))
    return undefined;
  if (text[open] === "'" && !/\bas\s*$/i.test(head)) return undefined;
  const tag = /^(?:\$\w*\$|')/.exec(text.slice(open))?.[0] ?? '$$';
  const from = open + tag.length;
  const closed = tag === "'" ? endOfString(text, from) : text.indexOf(tag, from);
  const to = closed < 0 ? text.length : closed;
  const tail = closed < 0 ? '' : text.slice(closed + tag.length);
  const language = (/\blanguage\s+'?(\w+)/i.exec(head) ?? /\blanguage\s+'?(\w+)/i.exec(tail))?.[1]?.toLowerCase();
  const isPlpgsql = language === 'plpgsql' || (language === undefined && /\bbegin\b|^\s*do\b/i.test(text.slice(0, to)));
  if (!isPlpgsql && language !== 'sql') return undefined;
  const variables = new Map(parametersIn(head));
  const body = text.slice(from, to);
  if (isPlpgsql) {
    for (const [name, type] of declaredIn(body.slice(0, offset - from))) variables.set(name, type);
    variables.set('found', 'boolean');
    if (/\breturns\s+trigger\b/i.test(head))
      for (const name of ['new', 'old', 'tg_op', 'tg_table_name'])
        variables.set(name, name.startsWith('tg') ? 'text' : 'record');
  }
  const own = statementIn(body, offset - from, isPlpgsql);
  return {
    range: { start: from + own.start, end: from + own.end },
    variables,
    language: isPlpgsql ? 'plpgsql' : 'sql',
    isQuoted: text[open] === "'",
  };
}

/** The quote that ends a string, or -1; two of them are one in it. */
function endOfString(text: string, from: number): number {
  for (let i = text.indexOf("'", from); i >= 0; i = text.indexOf("'", i + 2)) if (text[i + 1] !== "'") return i;
  return -1;
}

/** The stretch between the semicolons, and the words that begin statements, around an offset. */
function statementIn(body: string, offset: number, isPlpgsql: boolean): SourceRange {
  const { kinds, starts, ends } = tokenize(body.slice(0, offset), { comments: false });
  let start = 0;
  let cases = 0;
  for (let i = 0; i < kinds.length; i++) {
    // The word at the cursor is still being typed.
    if (ends[i] === offset && kinds[i] === TokenKind.word) break;
    if (kinds[i] === TokenKind.semicolon) {
      start = ends[i]!;
      cases = 0;
      continue;
    }
    if (!isPlpgsql || kinds[i] !== TokenKind.word) continue;
    const word = body.slice(starts[i], ends[i]).toLowerCase();
    if (word === 'case' && body.slice(start, starts[i]).trim() !== '') cases++;
    else if (word === 'end' && cases > 0) cases--;
    else if (cases === 0 && BEFORE_STATEMENT.has(word)) start = ends[i]!;
  }
  const rest = tokenize(body.slice(offset), { comments: false });
  const next = rest.kinds.findIndex(kind => kind === TokenKind.semicolon);
  return { start, end: next < 0 ? body.length : offset + rest.starts[next]! };
}

/** Names and types between the first parentheses. */
function parametersIn(head: string): [string, string][] {
  const { kinds, starts, ends } = tokenize(head, { comments: false });
  const word = (i: number): string => head.slice(starts[i], ends[i]);
  const open = kinds.findIndex((_, i) => word(i) === '(');
  const found: [string, string][] = [];
  let depth = 0;
  let first = open + 1;
  for (let i = open; open >= 0 && i < kinds.length; i++) {
    if (word(i) === '(') depth++;
    if (word(i) === ')') depth--;
    if (depth > 1 || (depth === 1 && word(i) !== ',')) continue;
    if (MODES.has(word(first).toLowerCase())) first++;
    if (i - first >= 2)
      found.push([identifierOf(word(first)), typeBetween(head, kinds.length, word, starts, ends, first + 1, i)]);
    first = i + 1;
    if (depth === 0) break;
  }
  return found;
}

/** Names and types of DECLARE, and the loops' own records. */
function declaredIn(body: string): [string, string][] {
  const { kinds, starts, ends } = tokenize(body, { comments: false });
  const word = (i: number): string => body.slice(starts[i], ends[i]);
  const found: [string, string][] = [];
  let declares = false;
  let first = -1;
  for (let i = 0; i < kinds.length; i++) {
    const lower = word(i).toLowerCase();
    if (lower === 'declare') declares = true;
    else if (lower === 'begin') declares = false;
    else if (lower === 'for' && word(i + 2).toLowerCase() === 'in') found.push([identifierOf(word(i + 1)), 'record']);
    if (lower === 'declare' || kinds[i] === TokenKind.semicolon) {
      if (declares && first >= 0 && i - first >= 2) {
        const at = word(first + 1).toLowerCase() === 'constant' ? first + 2 : first + 1;
        found.push([identifierOf(word(first)), typeBetween(body, kinds.length, word, starts, ends, at, i)]);
      }
      first = i + 1;
    }
  }
  return found;
}

function typeBetween(
  text: string,
  count: number,
  word: (i: number) => string,
  starts: readonly number[],
  ends: readonly number[],
  from: number,
  to: number,
): string {
  let end = from;
  while (end < Math.min(to, count) && !AFTER_TYPE.has(word(end).toLowerCase()) && !/^:?=$/.test(word(end))) end++;
  return text.slice(starts[from], ends[end - 1]);
}

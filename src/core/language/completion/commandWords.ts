import type { QualifiedName } from '../../sql/names/scope';
import type { CursorTokens } from './cursorTokens';
import { endsOperand } from './operands';
import type { UtilitySpot } from './utilitySpots';

/** Kinds of relations that hold rows of their own. */
export const TABLES = ['table', 'partitioned table', 'foreign table'];

/** What CREATE, ALTER and DROP are about. */
export const OBJECTS = [
  'table',
  'view',
  'materialized view',
  'index',
  'function',
  'procedure',
  'schema',
  'type',
  'sequence',
  'trigger',
  'extension',
  'role',
];

/** What follows the words that commands begin with; `if exists` and the like may stand between. */
const RELATION_COMMANDS: readonly (readonly [RegExp, readonly string[] | undefined])[] = [
  [/^(?:drop|alter) (?:foreign )?table$/, TABLES],
  [/^(?:drop|alter) view$/, ['view']],
  [/^(?:drop|alter|refresh) materialized view(?: concurrently)?$/, ['materialized view']],
  [/^truncate(?: table)?$/, TABLES],
  [/^lock(?: table)?$/, TABLES],
  [/^(?:analyze|vacuum(?: (?:full|freeze|analyze|verbose))*)$/, [...TABLES, 'materialized view']],
  [/^(?:cluster|copy|reindex table(?: concurrently)?|comment on table)$/, undefined],
  [/^comment on column$/, undefined],
];

/** The words before a token, without IF EXISTS and ONLY. */
export function plainHead(tokens: CursorTokens, at: number, from = 0): string {
  const words: string[] = [];
  for (let i = from; i < at; i++) {
    if (!tokens.is(i, 'if', 'exists', 'not', 'only', 'or', 'replace', 'unique')) words.push(tokens.lower(i));
  }
  return words.join(' ');
}

/** The table or view that a command is about. */
export function relationSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined {
  // Behind a comma another one follows: DROP TABLE a, b.
  let head = at;
  while (head > 1 && tokens.is(head - 1, ',') && tokens.parent(at) < 0) {
    head -= 2;
    while (tokens.is(head - 1, '.')) head -= 2;
  }
  const words = plainHead(tokens, head);
  for (const [pattern, kinds] of RELATION_COMMANDS) {
    if (pattern.test(words)) return { kind: 'relation', use: 'ddl', ...(kinds && { kinds }) };
  }
  return undefined;
}

/** True where a command names an index. */
export function isIndexPlace(tokens: CursorTokens, at: number): boolean {
  return /^(?:drop|reindex|alter) index(?: concurrently)?$/.test(plainHead(tokens, at));
}

/** SET name = value, from the name on. */
export function settingSpot(tokens: CursorTokens, at: number, from: number): UtilitySpot | undefined {
  const isSet = from > 0;
  if (!isSet) return at === 1 ? { kind: 'setting', statement: 'show' } : undefined;
  const name = tokens.is(from, 'local', 'session') ? from + 1 : from;
  if (at === name) return { kind: 'setting', statement: 'set' };
  if (at === name + 1) return { kind: 'keywords', words: ['to', '='] };
  if (tokens.is(name + 1, '=', 'to') && (at === name + 2 || tokens.is(at - 1, ',')))
    return { kind: 'setting value', name: tokens.name(name) };
  return undefined;
}

/** The table named at a token. */
export function tableAt(
  tokens: CursorTokens,
  from: number,
): { readonly name: QualifiedName; readonly end: number } | undefined {
  let i = from;
  while (tokens.is(i, 'if', 'not', 'exists', 'only')) i++;
  if (!tokens.isName(i) || i === tokens.cursor) return undefined;
  if (!tokens.is(i + 1, '.')) return { name: { name: tokens.name(i) }, end: i + 1 };
  if (!tokens.isName(i + 2) || i + 2 === tokens.cursor) return undefined;
  return { name: { schema: tokens.name(i), name: tokens.name(i + 2) }, end: i + 3 };
}

/** An operand of an expression over one table's columns; `names` if the statement itself defines them. */
export function expressionOver(
  tokens: CursorTokens,
  at: number,
  table: QualifiedName | undefined,
  names?: readonly string[],
): UtilitySpot | undefined {
  if (endsOperand(tokens, at - 1) && !tokens.is(at - 1, 'check', 'using', 'where')) return undefined;
  return { kind: 'column list', table, taken: [], use: 'expression', ...(names && { names }) };
}

/** The outermost parenthesis around a token that one of these words stands before, or -1. */
export function listAfter(tokens: CursorTokens, at: number, ...words: readonly string[]): number {
  let found = -1;
  for (let open = tokens.parent(at); open >= 0; open = tokens.parent(open)) {
    if (tokens.is(open - 1, ...words)) found = open;
  }
  return found;
}

import type { QualifiedName } from '../../sql/names/scope';
import type { CursorTokens } from './cursorTokens';

/** A table or view is wanted. */
export interface RelationWish {
  readonly kind: 'relation';
  readonly use: 'read' | 'join' | 'write' | 'ddl';
  readonly kinds?: readonly string[];
}

/** What can stand at a place of a command that is no query. */
export type UtilitySpot =
  | RelationWish
  | { readonly kind: 'type' }
  | { readonly kind: 'setting'; readonly statement: 'set' | 'show' }
  | { readonly kind: 'setting value'; readonly name: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'constraint' }
  | { readonly kind: 'routine'; readonly procedures: boolean }
  | { readonly kind: 'keywords'; readonly words: readonly string[] }
  | {
      readonly kind: 'column list';
      readonly table: QualifiedName | undefined;
      readonly taken: readonly string[];
      readonly use: 'insert' | 'conflict' | 'update' | 'index' | 'one';
    };

const TABLES = ['table', 'partitioned table', 'foreign table'];
const COLUMN_CONSTRAINTS = [
  'not null',
  'primary key',
  'unique',
  'references',
  'default',
  'check',
  'generated always as',
  'collate',
];
const OBJECTS = [
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

/** `query` if the text is a query, or nothing that is known here. */
export function utilitySpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
  switch (tokens.lower(0)) {
    case 'set':
    case 'show':
    case 'reset':
      return settingSpot(tokens, at, tokens.is(0, 'set') ? 1 : 0);
    case 'alter':
      return alterSpot(tokens, at);
    case 'create':
      return createSpot(tokens, at);
    case 'drop':
      if (at === 1) return { kind: 'keywords', words: OBJECTS };
      if (isIndexPlace(tokens, at)) return { kind: 'index' };
      if (/^(?:function|procedure)$/.test(plainHead(tokens, at, 1)))
        return { kind: 'routine', procedures: tokens.is(1, 'procedure') };
      return relationSpot(tokens, at);
    case 'reindex':
      return isIndexPlace(tokens, at) ? { kind: 'index' } : relationSpot(tokens, at);
    case 'refresh':
    case 'truncate':
    case 'lock':
    case 'analyze':
    case 'vacuum':
    case 'cluster':
    case 'comment':
      return relationSpot(tokens, at);
    case 'copy':
      return tokens.is(1, '(') ? 'query' : copySpot(tokens, at);
    case 'call':
      return at === 1 ? { kind: 'routine', procedures: true } : 'query';
    case 'grant':
    case 'revoke':
      return tokens.is(at - 1, 'on', 'table') ? { kind: 'relation', use: 'ddl' } : undefined;
    default:
      return 'query';
  }
}

/** The words before a token, without IF EXISTS and ONLY. */
function plainHead(tokens: CursorTokens, at: number, from = 0): string {
  const words: string[] = [];
  for (let i = from; i < at; i++) {
    if (!tokens.is(i, 'if', 'exists', 'not', 'only', 'or', 'replace', 'unique')) words.push(tokens.lower(i));
  }
  return words.join(' ');
}

function relationSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined {
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

function isIndexPlace(tokens: CursorTokens, at: number): boolean {
  return /^(?:drop|reindex|alter) index(?: concurrently)?$/.test(plainHead(tokens, at));
}

function settingSpot(tokens: CursorTokens, at: number, from: number): UtilitySpot | undefined {
  const isSet = from > 0;
  if (!isSet) return at === 1 ? { kind: 'setting', statement: 'show' } : undefined;
  const name = tokens.is(from, 'local', 'session') ? from + 1 : from;
  if (at === name) return { kind: 'setting', statement: 'set' };
  if (at === name + 1) return { kind: 'keywords', words: ['to', '='] };
  if (tokens.is(name + 1, '=', 'to') && (at === name + 2 || tokens.is(at - 1, ',')))
    return { kind: 'setting value', name: tokens.name(name) };
  return undefined;
}

function alterSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
  if (at === 1) return { kind: 'keywords', words: [...OBJECTS, 'system set', 'database'] };
  let set = at - 1;
  while (set > 0 && at - set < 4 && !tokens.is(set, 'set', 'reset')) set--;
  if (tokens.is(set, 'set', 'reset') && tokens.is(1, 'system', 'role', 'user', 'database', 'function', 'procedure'))
    return settingSpot(tokens, at, set + 1);
  if (!tokens.is(1, 'table')) return isIndexPlace(tokens, at) ? { kind: 'index' } : relationSpot(tokens, at);
  const table = tableAt(tokens, 2);
  if (!table || at < table.end) return relationSpot(tokens, at);
  const previous = at - 1;
  if (at === table.end)
    return {
      kind: 'keywords',
      words: [
        'add column',
        'add constraint',
        'drop column',
        'drop constraint',
        'alter column',
        'rename column',
        'rename to',
        'set schema',
        'enable row level security',
        'attach partition',
        'detach partition',
        'validate constraint',
        'owner to',
      ],
    };
  const column: UtilitySpot = { kind: 'column list', table: table.name, taken: [], use: 'one' };
  if (tokens.is(previous, 'column') && tokens.is(previous - 1, 'drop', 'alter', 'rename')) return column;
  if (tokens.is(previous, 'exists') && tokens.is(previous - 2, 'column')) return column;
  if (tokens.is(previous, 'constraint') && tokens.is(previous - 1, 'drop', 'validate')) return { kind: 'constraint' };
  if (tokens.is(previous, 'type') && tokens.is(previous - 2, 'column', 'alter')) return { kind: 'type' };
  if (tokens.is(previous, 'references')) return { kind: 'relation', use: 'ddl', kinds: TABLES };
  const listed = listOf(tokens, at, table.name);
  if (listed) return listed;
  // ADD [COLUMN] [IF NOT EXISTS] name |
  const before = plainHead(tokens, at, table.end);
  if (/(?:^|, )add (?:column )?\S+$/.test(before) && !/add (?:column|constraint|primary|foreign|check)$/.test(before))
    return { kind: 'type' };
  if (
    /(?:^|, )add (?:column )?\S+ .*[^,(]$/.test(before) &&
    !/add (?:constraint|primary|foreign|check|unique)/.test(before)
  )
    return { kind: 'keywords', words: COLUMN_CONSTRAINTS };
  if (tokens.is(previous, 'add'))
    return { kind: 'keywords', words: ['column', 'constraint', 'primary key', 'foreign key', 'unique', 'check'] };
  if (tokens.is(previous - 1, 'column') && tokens.is(previous - 2, 'alter'))
    return {
      kind: 'keywords',
      words: ['type', 'set not null', 'drop not null', 'set default', 'drop default', 'set statistics', 'set storage'],
    };
  return undefined;
}

/** A list in parentheses of a table's columns: REFERENCES t (|, PRIMARY KEY (|. */
function listOf(tokens: CursorTokens, at: number, own: QualifiedName | undefined): UtilitySpot | undefined {
  const open = tokens.parent(at);
  if (open < 0 || !tokens.is(at - 1, '(', ',')) return undefined;
  let name = open - 1;
  while (tokens.is(name - 1, '.')) name -= 2;
  if (tokens.is(name - 1, 'references')) {
    const table = tableAt(tokens, name)?.name;
    return { kind: 'column list', table, taken: [], use: 'one' };
  }
  if (own && tokens.is(open - 1, 'key', 'unique')) return { kind: 'column list', table: own, taken: [], use: 'one' };
  return undefined;
}

function tableAt(
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

const CREATES = [
  'table',
  'index',
  'unique index',
  'view',
  'or replace view',
  'materialized view',
  'or replace function',
  'function',
  'procedure',
  'schema',
  'type',
  'extension',
  'trigger',
  'sequence',
  'policy',
  'statistics',
  'role',
];

function createSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
  if (at === 1) return { kind: 'keywords', words: CREATES };
  let what = 1;
  while (
    tokens.is(
      what,
      'or',
      'replace',
      'unique',
      'temp',
      'temporary',
      'unlogged',
      'materialized',
      'constraint',
      'recursive',
    )
  )
    what++;
  const previous = at - 1;
  if (tokens.is(what, 'view', 'table') && hasQuery(tokens, what, at)) return 'query';
  switch (tokens.lower(what)) {
    case 'table':
      return tableDefinitionSpot(tokens, at, what);
    case 'index':
      return indexSpot(tokens, at);
    case 'trigger':
    case 'policy':
    case 'statistics':
      if (tokens.is(previous, 'function', 'procedure')) return { kind: 'routine', procedures: false };
      return tokens.is(previous, 'on') ? { kind: 'relation', use: 'ddl' } : undefined;
    case 'function':
    case 'procedure': {
      if (tokens.is(previous, 'returns', 'setof')) return { kind: 'type' };
      const open = tokens.parent(at);
      const isSecond =
        open >= 0 &&
        !tokens.is(previous, '(', ',') &&
        tokens.is(previous - 1, '(', ',', 'in', 'out', 'inout', 'variadic');
      return isSecond && !tokens.is(previous, 'in', 'out', 'inout', 'variadic') ? { kind: 'type' } : undefined;
    }
    default:
      return undefined;
  }
}

/** CREATE VIEW ... AS |: true behind AS. */
function hasQuery(tokens: CursorTokens, from: number, at: number): boolean {
  for (let i = from; i < at; i = tokens.after(i)) if (tokens.is(i, 'as') && tokens.parent(i) < 0) return true;
  return false;
}

function tableDefinitionSpot(tokens: CursorTokens, at: number, what: number): UtilitySpot | undefined {
  const previous = at - 1;
  if (tokens.is(previous, 'references', 'like', 'of')) return { kind: 'relation', use: 'ddl', kinds: TABLES };
  const open = tokens.parent(at);
  if (open < 0) return undefined;
  if (tokens.parent(open) >= 0) return listOf(tokens, at, undefined);
  if (open <= what || tokens.is(previous, '(', ',')) return undefined;
  let first = previous;
  while (first > open && !tokens.is(first - 1, ',') && first - 1 !== open) first = tokens.before(first);
  if (tokens.is(first, 'constraint', 'primary', 'foreign', 'unique', 'check', 'exclude', 'like')) return undefined;
  return first === previous ? { kind: 'type' } : { kind: 'keywords', words: COLUMN_CONSTRAINTS };
}

function indexSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
  const previous = at - 1;
  let on = 2;
  while (on < at && !tokens.is(on, 'on')) on++;
  if (on >= at) return undefined;
  const table = tableAt(tokens, on + 1);
  if (!table) return { kind: 'relation', use: 'ddl', kinds: [...TABLES, 'materialized view'] };
  if (tokens.is(previous, 'using'))
    return { kind: 'keywords', words: ['btree', 'gin', 'gist', 'brin', 'hash', 'spgist'] };
  const open = tokens.parent(at);
  if (open > on) {
    const begins = tokens.is(previous, '(', ',');
    if (begins) return { kind: 'column list', table: table.name, taken: [], use: 'index' };
    return { kind: 'keywords', words: ['desc', 'asc', 'nulls first', 'nulls last', 'collate'] };
  }
  if (tokens.is(previous, 'where', 'and', 'or', 'not'))
    return { kind: 'column list', table: table.name, taken: [], use: 'one' };
  return { kind: 'keywords', words: ['using', 'include', 'where', 'with'] };
}

function copySpot(tokens: CursorTokens, at: number): UtilitySpot | undefined {
  const table = tableAt(tokens, 1);
  if (at === 1 || !table) return { kind: 'relation', use: 'ddl' };
  if (tokens.parent(at) === table.end) return { kind: 'column list', table: table.name, taken: [], use: 'insert' };
  return undefined;
}

import type { QualifiedName } from '../../sql/names/scope';
import {
  expressionOver,
  isIndexPlace,
  listAfter,
  OBJECTS,
  plainHead,
  relationSpot,
  settingSpot,
  tableAt,
  TABLES,
} from './commandWords';
import type { CursorTokens } from './cursorTokens';
import { namesIn } from './cursorTokens';
import type { UtilitySpot } from './utilitySpots';

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

/** Places of ALTER. */
export function alterSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
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
  if (tokens.is(previous, 'partition') && tokens.is(previous - 1, 'attach', 'detach'))
    return { kind: 'relation', use: 'ddl', kinds: TABLES };
  if (tokens.is(previous, 'using') || listAfter(tokens, at, 'check') >= 0)
    return expressionOver(tokens, at, table.name);
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

/** Places of CREATE; those of a view's query are a query's. */
export function createSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
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
    case 'policy': {
      let on = what;
      while (on < at && !tokens.is(on, 'on')) on++;
      if (on === previous) return { kind: 'relation', use: 'ddl' };
      return listAfter(tokens, at, 'using', 'check') < 0
        ? undefined
        : expressionOver(tokens, at, tableAt(tokens, on + 1)?.name);
    }
    case 'trigger':
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
  if (tokens.parent(open) >= 0) {
    const names = firstNames(tokens, open);
    if (listAfter(tokens, at, 'check', 'as') >= 0) return expressionOver(tokens, at, undefined, names);
    if (tokens.is(open - 1, 'key', 'unique') && tokens.is(previous, '(', ','))
      return { kind: 'column list', table: undefined, taken: namesIn(tokens, open), use: 'one', names };
    return listOf(tokens, at, undefined);
  }
  if (open <= what || tokens.is(previous, '(', ',')) return undefined;
  let first = previous;
  while (first > open && !tokens.is(first - 1, ',') && first - 1 !== open) first = tokens.before(first);
  if (tokens.is(first, 'constraint', 'primary', 'foreign', 'unique', 'check', 'exclude', 'like')) return undefined;
  return first === previous ? { kind: 'type' } : { kind: 'keywords', words: COLUMN_CONSTRAINTS };
}

/** The columns that a table definition has so far. */
function firstNames(tokens: CursorTokens, inner: number): string[] {
  let open = inner;
  while (tokens.parent(open) >= 0) open = tokens.parent(open);
  const constraints = ['constraint', 'primary', 'foreign', 'unique', 'check', 'exclude', 'like'];
  const names: string[] = [];
  for (let i = open + 1; i < tokens.close(open); i = tokens.after(i)) {
    const begins = i === open + 1 || tokens.is(i - 1, ',');
    if (begins && tokens.isName(i) && !tokens.is(i, ...constraints)) names.push(tokens.name(i));
  }
  return names;
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
    if (tokens.parent(open) >= 0) return expressionOver(tokens, at, table.name);
    if (tokens.is(previous, '(', ',')) return { kind: 'column list', table: table.name, taken: [], use: 'index' };
    return { kind: 'keywords', words: ['desc', 'asc', 'nulls first', 'nulls last', 'collate'] };
  }
  let where = previous;
  while (where > on && !tokens.is(where, 'where')) where--;
  if (where > on)
    return (
      expressionOver(tokens, at, table.name) ?? {
        kind: 'keywords',
        words: ['and', 'or', 'is null', 'is not null', 'in'],
      }
    );
  return { kind: 'keywords', words: ['using', 'include', 'where', 'with'] };
}

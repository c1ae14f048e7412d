import type { CursorScope } from './cursorScope';

/** Clauses in the order of the grammar, by command; several words make one proposal. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  select: [
    'select',
    'from',
    'where',
    'group by',
    'having',
    'window',
    'order by',
    'limit',
    'offset',
    'fetch first',
    'for update',
  ],
  update: ['update', 'set', 'from', 'where', 'returning'],
  delete: ['delete', 'from', 'using', 'where', 'returning'],
  insert: ['insert', 'into', 'values', 'on conflict', 'returning'],
  merge: ['merge', 'into', 'using', 'when matched then', 'when not matched then', 'returning'],
};

const SET_OPERATIONS = ['union', 'union all', 'intersect', 'except'];
const OPERATORS = [
  'and',
  'or',
  'is null',
  'is not null',
  'in',
  'not in',
  'between',
  'like',
  'ilike',
  'is distinct from',
];
const CONDITIONS = ['where', 'on', 'having', 'when', ''];

export const STATEMENT_STARTS: readonly string[] = [
  'select',
  'insert into',
  'update',
  'delete from',
  'with',
  'merge into',
  'explain',
  'explain (analyze, buffers)',
  'create table',
  'create index',
  'create index concurrently',
  'create view',
  'create or replace function',
  'alter table',
  'drop table',
  'drop index',
  'truncate',
  'begin',
  'commit',
  'rollback',
  'set',
  'show',
  'analyze',
  'vacuum',
  'refresh materialized view',
  'comment on',
  'copy',
  'call',
  'grant',
  'do',
];

export const PLPGSQL_STARTS: readonly string[] = [
  'begin',
  'if',
  'elsif',
  'else',
  'end',
  'end if',
  'end loop',
  'for',
  'foreach',
  'loop',
  'while',
  'return',
  'return query',
  'return next',
  'raise notice',
  'raise exception',
  'perform',
  'execute',
  'declare',
  'exit',
  'continue',
];

export const QUERY_STARTS: readonly string[] = ['select', 'with', 'values', 'insert into', 'update', 'delete from'];

/** What may begin an operand, behind its kind of clause. */
export function operandKeywords(clause: string, opens: boolean): string[] {
  const words = ['case', 'not', 'exists', 'null', 'true', 'false', 'array', 'interval'];
  if (clause === 'select' && opens) words.unshift('distinct');
  if (clause === 'over') words.unshift('partition by', 'order by');
  if (clause === 'values' || clause === 'set') words.unshift('default');
  if (clause === 'group' || clause === 'order' || clause === 'limit') return ['case'];
  return words;
}

/** What may follow an operand: operators, then the clauses that may come next. */
export function afterOperandKeywords(scope: CursorScope, clause: string, isInCase: boolean): string[] {
  const words: string[] = [];
  if (isInCase) words.push('when', 'then', 'else', 'end');
  if (clause === 'order') words.push('asc', 'desc', 'nulls first', 'nulls last');
  if (CONDITIONS.includes(clause)) words.push(...OPERATORS);
  if (clause === 'select') words.push('as', ...OPERATORS);
  if (clause === 'select' || clause === 'order')
    words.push('over', 'filter', 'within group', 'collate', 'at time zone');
  if (clause === 'over') words.push('asc', 'desc', 'rows between', 'range between', 'order by');
  if (clause === 'on conflict') words.push('do nothing', 'do update set', 'on constraint', 'where');
  if (clause === 'for') words.push('update', 'share', 'no key update', 'key share', 'skip locked', 'nowait', 'of');
  if (clause === 'insert') return ['into'];
  if (clause === 'delete') return ['from'];
  if (clause === 'merge') return ['into'];
  return clause === '' && !isStatementLevel(scope) ? words : [...words, ...nextClauses(scope, clause)];
}

/** What may follow an item of FROM. */
export function afterSourceKeywords(scope: CursorScope, clause: string, needsOn: boolean): string[] {
  if (clause === 'alias') return [];
  if (needsOn) return ['on', 'using', 'as'];
  const words =
    clause === 'from' || clause === 'using'
      ? [
          'join',
          'left join',
          'inner join',
          'cross join',
          'right join',
          'full join',
          'join lateral',
          'left join lateral',
          'as',
        ]
      : ['as'];
  if (clause === 'into') return ['values', 'select', 'default values', 'overriding system value'];
  return [...words, ...(clause === 'from' ? ['tablesample'] : []), ...nextClauses(scope, clause)];
}

function isStatementLevel({ tokens }: CursorScope): boolean {
  return tokens.parent(tokens.cursor) < 0;
}

/** The clauses behind the one at the cursor and before the next that is there, as the grammar orders them. */
export function nextClauses(scope: CursorScope, clause: string): string[] {
  const { block, tokens } = scope;
  if (!block) return [];
  const command = commandOf(scope);
  if (clause === 'update' && !block.clauses.some(({ keyword }) => keyword === 'set')) return ['set'];
  const order = ORDER[command] ?? ORDER['select']!;
  const position = (keyword: string): number =>
    order.findIndex(words => words === keyword || words.startsWith(`${keyword} `));
  const own = clause === 'on' ? position('from') : clause === '' ? -1 : position(clause);
  const following = block.clauses.filter(({ from }) => from > tokens.cursor).map(({ keyword }) => position(keyword));
  const limit = Math.min(order.length, ...following.filter(at => at > own));
  const words = order.slice(own + 1, limit).filter(word => word !== 'having' || hasGroup(scope));
  const isLast = command === 'select' && limit === order.length && own >= 0 && own < position('limit');
  return isLast ? [...words, ...SET_OPERATIONS] : words;
}

function hasGroup({ block }: CursorScope): boolean {
  return block?.clauses.some(({ keyword }) => keyword === 'group') ?? false;
}

function commandOf({ block }: CursorScope): string {
  const [first] = block?.clauses ?? [];
  return first?.keyword ?? 'select';
}

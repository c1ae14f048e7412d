import type { WorkloadOrder } from './workload';

/**
 * Columns of `pg_stat_statements` under their names since 17, with the names before. An extension that was not updated
 * along with its server still has the old ones, so the view is asked, not the version.
 */
const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  total_exec_time: ['total_time'],
  mean_exec_time: ['mean_time'],
  shared_blk_read_time: ['blk_read_time'],
};

const ORDERS: Readonly<Record<WorkloadOrder, string>> = {
  total: 'total_exec_time',
  mean: 'mean_exec_time',
  calls: 'calls',
  reads: 'shared_blks_read',
  temp: 'temp_blks_read + s.temp_blks_written',
};

/**
 * The query for the top statements of the current database; `$1` is how many. `columns` are those the view has.
 * `schema` is quoted.
 */
export function statStatementsQuery(schema: string, columns: ReadonlySet<string>, by: WorkloadOrder): string {
  const name = (column: string): string =>
    columns.has(column) ? column : (FORMER_NAMES[column]?.find(former => columns.has(former)) ?? column);
  const order = by === 'total' || by === 'mean' ? name(ORDERS[by]) : ORDERS[by];
  const topLevel = columns.has('toplevel') ? ' and s.toplevel' : '';
  return `
    select s.query, sum(s.calls)::float8 as calls, sum(s.${name('total_exec_time')})::float8 as total_ms,
      sum(s.shared_blks_read)::float8 as read_blocks, sum(s.temp_blks_read + s.temp_blks_written)::float8 as temp_blocks
    from ${schema}.pg_stat_statements s
    where s.dbid = (select oid from pg_catalog.pg_database where datname = current_database()) and s.calls > 0${topLevel}
    group by s.query
    order by ${by === 'mean' ? `sum(s.${name('total_exec_time')}) / sum(s.calls)` : `sum(s.${order})`} desc, s.query
    limit $1`;
}

/** What the view shows in place of the text of other roles' statements. */
export const HIDDEN_TEXT = '<insufficient privilege>';

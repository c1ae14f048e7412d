import { formatBytes, formatCount, BLOCK_BYTES, MIB } from '../../base/units';
import { alarmingItems, statusOf } from '../assess';
import { defineCheck, type HealthCheck } from '../check';

interface BloatRow {
  readonly [column: string]: unknown;
  readonly table: string;
  readonly pages: number;
  readonly needed: number;
}

/** Below so many bytes to gain nobody rewrites a table. */
const WORTH_BYTES = 100 * MIB;

/**
 * Space in tables beyond what their rows need, as estimated from row counts and average column widths: a row takes its
 * 23-byte header, aligned to 24, a 4-byte line pointer, and its data aligned to 8 (manual, 66.6 Database Page Layout).
 * Tables with columns that ANALYZE has not seen are left out rather than guessed.
 */
export const tableBloat = defineCheck<BloatRow>({
  id: 'table-bloat',
  title: 'Space wasted in the worst table',
  group: 'vacuum',
  unit: '%',
  limits: { worse: 'above', warning: 50, critical: 80 },
  source: 'own; estimated, only tables that would shrink by at least 100 MB and that this role may read',
  query: () => `
    with widths as (
      select c.oid, c.reltuples, c.relpages,
        coalesce((select option_value::float8 from pg_catalog.pg_options_to_table(c.reloptions)
          where option_name = 'fillfactor'), 100) / 100 as fill,
        sum(s.avg_width * (1 - s.null_frac)) as width, bool_or(s.null_frac > 0) as has_nulls, count(*) as columns,
        count(s.attname) as known
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_stats s
        on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited
      where c.relkind in ('r', 'm') and c.relpages * ${BLOCK_BYTES}::float8 > ${WORTH_BYTES} and c.reltuples > 0
        and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
      group by c.oid
    ), needs as (
      select oid, relpages, ceil(reltuples * (28 + ceil((width + case when has_nulls then columns / 8.0 else 0 end) / 8) * 8)
        / ((${BLOCK_BYTES} - 24) * fill)) as needed
      from widths where known = columns
    )
    select format('%I.%I', n.nspname, c.relname) as table, w.relpages::float8 as pages, w.needed::float8 as needed
    from needs w join pg_catalog.pg_class c on c.oid = w.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where (w.relpages - w.needed) * ${BLOCK_BYTES} > ${WORTH_BYTES}
    order by w.needed / w.relpages limit 20`,
  assess(rows, limits) {
    const [worst] = rows;
    if (!worst) return { value: 0, detail: 'no table would shrink by 100 MB or more, as estimated' };
    const share = ({ pages, needed }: BloatRow): number => 100 * (1 - needed / pages);
    const describe = (row: BloatRow): string =>
      `${formatBytes(row.pages * BLOCK_BYTES)}, its rows need about ${formatBytes(row.needed * BLOCK_BYTES)}`;
    return {
      value: share(worst),
      detail: `${worst.table}: ${describe(worst)} (estimated)`,
      items: alarmingItems(rows, limits, share, row => ({
        name: row.table,
        detail: `${describe(row)} (estimated)`,
        step: {
          title: 'Show what to do',
          action: 'show sql',
          sql:
            `-- Later rows fill the space again. Only if it must go back to the system:\n` +
            `-- pg_repack --table=${row.table}    (works while the table is used; needs the extension)\n` +
            `-- VACUUM (FULL) ${row.table};    (nobody can read or write the table meanwhile)`,
        },
      })),
    };
  },
});

interface ScanRow {
  readonly [column: string]: unknown;
  readonly table: string;
  readonly scans: number;
  readonly rows_read: number;
  readonly live: number;
  readonly bytes: number;
}

/** Large tables that statements keep reading from end to end. */
export const tablesReadWhole = defineCheck<ScanRow>({
  id: 'tables-read-whole',
  title: 'Large tables read whole',
  group: 'indexes',
  unit: 'tables',
  limits: { worse: 'above', warning: 0, critical: 5 },
  source:
    'after guide 003: over 1,000 scans with over 1,000 rows each; here only tables of 8 MB and more, at least one scan an hour',
  guideline: { guide: '003', section: 'Monitoring and Alerting' },
  query: ({ countedSeconds }) => `
    select format('%I.%I', schemaname, relname) as table, seq_scan::float8 as scans, seq_tup_read::float8 as rows_read,
      n_live_tup::float8 as live, pg_catalog.pg_relation_size(relid)::float8 as bytes
    from pg_catalog.pg_stat_user_tables
    where seq_scan > 1000 and seq_scan > ${Math.round(countedSeconds / 3600)} and seq_tup_read > seq_scan * 1000
      and seq_tup_read > seq_scan * n_live_tup * 0.1 and pg_catalog.pg_relation_size(relid) >= 8 * 1024 * 1024
    order by seq_tup_read desc limit 20`,
  assess(rows, limits) {
    if (rows.length === 0) return { value: 0, detail: 'none' };
    return {
      value: rows.length,
      detail: `${rows
        .map(row => row.table)
        .slice(0, 3)
        .join(', ')}${rows.length > 3 ? ', …' : ''}`,
      items: rows.map(row => ({
        name: row.table,
        detail: `${formatCount(row.scans)} scans of ${formatCount(Math.round(row.rows_read / row.scans))} rows each, ${formatBytes(row.bytes)}`,
        status: statusOf(rows.length, limits),
        step: { title: 'Suggest indexes for the workload', action: 'review indexes' },
      })),
    };
  },
});

export const TABLE_CHECKS: readonly HealthCheck[] = [tableBloat, tablesReadWhole];

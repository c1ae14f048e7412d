import { formatCount } from '../../base/units';
import { quoteLiteral } from '../../sql/identifiers';
import { alarmingItems, statusOf } from '../assess';
import { defineCheck, type HealthCheck } from '../check';

interface SequenceRow {
  readonly [column: string]: unknown;
  /** Null in the one row that only says how many are hidden. */
  readonly sequence: string | null;
  /** Sequences this role may not read. */
  readonly hidden: number;
  readonly used: number;
  readonly limit: number;
  /** The column that takes its values, and its type. */
  readonly column: string | null;
  readonly type: string | null;
}

/** Sequences by the values that are left: to the end of the sequence or of the column's type, whichever comes first. */
export const sequencesUsed = defineCheck<SequenceRow>({
  id: 'sequences-used',
  title: 'Most used up sequence',
  group: 'limits',
  unit: '%',
  limits: { worse: 'above', warning: 60, critical: 85 },
  source: 'own: widening the column of a large table takes weeks of preparation',
  query: () => `
    with sequences as (
      select s.schemaname, s.sequencename, c.oid, s.last_value, s.max_value, s.min_value, s.increment_by
      from pg_catalog.pg_sequences s
      join pg_catalog.pg_namespace n on n.nspname = s.schemaname
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename
      where s.last_value is not null and not s.cycle
    ), owned as (
      select q.*, a.attrelid, a.attname, a.atttypid,
        case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end as type_max
      from sequences q
      left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = q.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
      left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    )
    select h.hidden, t.* from (
      select count(*)::float8 as hidden from pg_catalog.pg_class
      where case when relkind = 'S' then not pg_catalog.has_sequence_privilege(oid, 'SELECT, USAGE') end
    ) h left join lateral (
    select format('%I.%I', schemaname, sequencename) as sequence,
      case when increment_by > 0 then last_value else min_value + max_value - last_value end::float8 as used,
      case when increment_by > 0 then least(max_value, type_max) else max_value end::float8 as limit,
      attrelid::regclass::text || '.' || quote_ident(attname) as column, atttypid::regtype::text as type
    from owned
    order by (case when increment_by > 0 then last_value::float8 / least(max_value, type_max)
      else (max_value - last_value::float8) / (max_value - min_value::float8) end) desc limit 10
    ) t on true`,
  assess(all, limits) {
    const rows = all.filter(row => row.sequence !== null);
    const hidden = all[0]?.hidden ?? 0;
    const note = hidden > 0 ? `; ${formatCount(hidden)} sequences may not be read by this role` : '';
    const [worst] = rows;
    if (!worst) {
      return hidden > 0
        ? { value: null, detail: `this role may not read the ${formatCount(hidden)} sequences there are` }
        : { value: 0, detail: 'no sequence has given a value yet' };
    }
    const share = ({ used, limit }: SequenceRow): number => (100 * used) / limit;
    const describe = (row: SequenceRow): string =>
      `${formatCount(row.used)} of ${formatCount(row.limit)}${row.column ? `, for ${row.column} (${row.type})` : ''}`;
    return {
      value: share(worst),
      detail: `${worst.sequence}: ${describe(worst)}${note}`,
      items: alarmingItems(rows, limits, share, row => ({ name: row.sequence ?? '', detail: describe(row) })),
    };
  },
});

interface AgeRow {
  readonly [column: string]: unknown;
  readonly name: string;
  readonly age: number;
  readonly freeze_max_age: number;
  readonly isTable: boolean;
}

/** PostgreSQL refuses new transactions 3 million before 2^31 (manual, 25.1.5 Preventing Transaction ID Wraparound). */
export const LAST_TRANSACTION_ID = 2 ** 31 - 3_000_000;

/** Age of the oldest transaction id not frozen, against the point where the server stops to write. */
export const transactionIdAge = ageCheck({
  id: 'transaction-id-age',
  title: 'Transaction ids used up',
  age: 'pg_catalog.age',
  database: 'datfrozenxid',
  table: 'relfrozenxid',
  setting: 'autovacuum_freeze_max_age',
});

/** The same for multixacts, the ids of row locks shared by several transactions. */
export const multixactAge = ageCheck({
  id: 'multixact-age',
  title: 'Multixact ids used up',
  age: 'pg_catalog.mxid_age',
  database: 'datminmxid',
  table: 'relminmxid',
  setting: 'autovacuum_multixact_freeze_max_age',
});

interface PreparedRow {
  readonly [column: string]: unknown;
  readonly gid: string;
  readonly owner: string;
  readonly seconds: number;
}

/** Prepared transactions that nobody ends hold locks and dead rows across restarts. */
export const preparedTransactions = defineCheck<PreparedRow>({
  id: 'prepared-transactions',
  title: 'Oldest prepared transaction',
  group: 'limits',
  unit: 's',
  limits: { worse: 'above', warning: 60, critical: 3600 },
  source: 'own: a transaction manager ends them within seconds',
  query: () => `
    select gid, owner::text, extract(epoch from clock_timestamp() - prepared)::float8 as seconds
    from pg_catalog.pg_prepared_xacts order by prepared limit 20`,
  assess(rows, limits) {
    const [oldest] = rows;
    if (!oldest) return { value: 0, detail: 'none' };
    return {
      value: oldest.seconds,
      detail: `${oldest.gid} of ${oldest.owner}`,
      items: rows.map(row => ({
        name: row.gid,
        detail: `${formatCount(Math.round(row.seconds))} s, of ${row.owner}`,
        status: statusOf(row.seconds, limits),
        step: {
          title: 'Show how to end it',
          action: 'show sql',
          sql: `-- Ask the transaction manager first: it may still commit it.\nROLLBACK PREPARED ${quoteLiteral(row.gid)};`,
        },
      })),
    };
  },
});

export const LIMIT_CHECKS: readonly HealthCheck[] = [
  sequencesUsed,
  transactionIdAge,
  multixactAge,
  preparedTransactions,
];

function ageCheck(names: {
  readonly id: string;
  readonly title: string;
  readonly age: string;
  readonly database: string;
  readonly table: string;
  readonly setting: string;
}): HealthCheck {
  const { id, title, age, database, table, setting } = names;
  return defineCheck<AgeRow>({
    id,
    title,
    group: 'limits',
    unit: '%',
    limits: { worse: 'above', warning: 40, critical: 75 },
    source: 'own: 40 % is four times the age at which autovacuum begins by default; the server stops writing at 100 %',
    query: () => `
      select d.datname::text as name, ${age}(d.${database})::float8 as age, false as "isTable",
        current_setting('${setting}')::float8 as freeze_max_age
      from pg_catalog.pg_database d
      union all
      (select format('%I.%I', n.nspname, c.relname), ${age}(c.${table})::float8, true, current_setting('${setting}')::float8
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm', 't') and c.${table} <> '0' order by 2 desc limit 5)`,
    assess(rows, limits) {
      const databases = rows.filter(row => !row.isTable).sort((a, b) => b.age - a.age);
      const [worst] = databases;
      if (!worst) return { value: null, detail: 'no database can be seen' };
      const share = (row: AgeRow): number => (100 * row.age) / LAST_TRANSACTION_ID;
      return {
        value: share(worst),
        detail: `${worst.name}: ${formatCount(worst.age)} old; autovacuum freezes from ${formatCount(worst.freeze_max_age)} on`,
        items: alarmingItems(rows, limits, share, row => ({
          name: row.isTable ? row.name : `database ${row.name}`,
          detail: `${formatCount(row.age)} old`,
          ...(row.isTable && {
            step: { title: 'VACUUM (FREEZE)', action: 'vacuum' as const, sql: `VACUUM (FREEZE) ${row.name};` },
          }),
        })),
      };
    },
  });
}

import type { CancelSignal } from '../../core/base/cancelSignal';
import {
  MOST_PARTITIONS,
  type PartitionPiece,
  type PartitionPieces,
} from '../../core/advisor/partitions/migration/partitionPieces';
import { keyConversions } from '../../core/advisor/partitions/maintenance/keyConversions';
import { PERIOD_INTERVALS, type PartitionScheme, type RangeScheme } from '../../core/advisor/partitions/scheme';
import type { TableDefinition } from '../../core/advisor/partitions/tableDefinition';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../core/sql/identifiers';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';

export interface PieceOptions {
  /** Periods after the present one. */
  readonly futurePeriods: number;
  /** Takes rows that fit no other partition. */
  readonly defaultPartition: boolean;
}

export const DEFAULT_PIECES: PieceOptions = { futurePeriods: 3, defaultPartition: true };

/** Bounds are reckoned and printed in UTC, so that they mean the same in every session. */
const BEGIN = `begin isolation level repeatable read read only; set local statement_timeout = 0;
  set local timezone = 'UTC'; set local datestyle = 'ISO'; set local row_security = off`;

/** Suffixes of partitions by the length of their period, for `to_char`. */
const SUFFIXES: Readonly<Record<RangeScheme['period'], string>> = {
  day: 'YYYY_MM_DD',
  week: 'IYYY_"w"IW',
  month: 'YYYY_MM',
  quarter: 'YYYY_"q"Q',
  year: 'YYYY',
};

/** How the table's rows fall into partitions. Looks for the ends of the key, which is quick if it is indexed. */
export async function readPartitionPieces(
  db: PostgresDatabase,
  table: TableDefinition,
  scheme: PartitionScheme,
  given: Partial<PieceOptions> = {},
  signal?: CancelSignal,
): Promise<PartitionPieces> {
  const options = { ...DEFAULT_PIECES, ...given };
  return db.inTransaction(
    BEGIN,
    async session => {
      const pieces = scheme.method === 'range' ? await periods(session, table, scheme, options, signal) : named(scheme);
      const rest =
        options.defaultPartition && scheme.method !== 'hash' ? [{ suffix: 'default', bounds: 'DEFAULT' }] : [];
      return { pieces: [...pieces, ...rest], hasNulls: await hasNulls(session, table, scheme, signal) };
    },
    signal,
  );
}

async function periods(
  session: Session,
  table: TableDefinition,
  scheme: RangeScheme,
  { futurePeriods }: PieceOptions,
  signal: CancelSignal | undefined,
): Promise<PartitionPiece[]> {
  const { toTime, toBound, fromLocal, toLocal } = keyConversions(scheme.keyKind, scheme.timeZone);
  const key = quoteIdentifier(scheme.column);
  const from = `only ${quoteQualified(table.schema, table.name)}`;
  const isTime = ['date', 'timestamp', 'timestamptz'].includes(scheme.keyKind);
  // Not min and max: a uuid has none before 18. Infinite times belong to DEFAULT.
  const end = (order: string): string =>
    `(select ${key}::text from ${from} where ${key} is not null${isTime ? ` and isfinite(${key})` : ''} order by ${key} ${order} limit 1)`;
  const step = `interval '${PERIOD_INTERVALS[scheme.period]}'`;
  const localOf = (text: string): string => toLocal(`(${toTime(text)})`);
  const now =
    scheme.keyKind === 'date' || scheme.keyKind === 'timestamp'
      ? `(now() at time zone ${quoteLiteral(scheme.timeZone)})`
      : toLocal(`(now() at time zone 'UTC')`);
  const rows = await session.query<{ suffix: string; low: string; high: string }>(
    `with ends as (select ${end('asc')} as low, ${end('desc')} as high),
       span as (
         select least(date_trunc('${scheme.period}', ${localOf('low')}), date_trunc('${scheme.period}', ${now})) as first,
           greatest(date_trunc('${scheme.period}', ${localOf('high')}), date_trunc('${scheme.period}', ${now}) + ${futurePeriods} * ${step}) as last
         from ends)
     select 'p' || to_char(p, '${SUFFIXES[scheme.period]}') as suffix,
       ${toBound(`(${fromLocal('p')})`)} as low, ${toBound(`(${fromLocal(`(p + ${step})`)})`)} as high
     from span, generate_series(first, last, ${step}) p order by p limit ${MOST_PARTITIONS + 1}`,
    [],
    signal ? { signal } : {},
  );
  return rows.map(({ suffix, low, high }) => ({
    suffix,
    bounds: `FOR VALUES FROM (${quoteLiteral(low)}) TO (${quoteLiteral(high)})`,
  }));
}

function named(scheme: Exclude<PartitionScheme, RangeScheme>): PartitionPiece[] {
  if (scheme.method === 'hash') {
    return Array.from({ length: scheme.modulus }, (_, remainder) => ({
      suffix: `p${remainder}`,
      bounds: `FOR VALUES WITH (MODULUS ${scheme.modulus}, REMAINDER ${remainder})`,
    }));
  }
  return scheme.values.map(value => ({
    suffix: `p_${value.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_') || 'empty'}`,
    bounds: `FOR VALUES IN (${quoteLiteral(value)})`,
  }));
}

async function hasNulls(
  session: Session,
  table: TableDefinition,
  scheme: PartitionScheme,
  signal: CancelSignal | undefined,
): Promise<boolean> {
  const column = table.columns.find(each => each.name === scheme.column);
  if (!column || column.notNull) return false;
  const [row] = await session.query<{ found: boolean }>(
    `select exists (select from only ${quoteQualified(table.schema, table.name)}
       where ${quoteIdentifier(scheme.column)} is null) as found`,
    [],
    signal ? { signal } : {},
  );
  return row?.found ?? false;
}

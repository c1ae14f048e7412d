import type { CancelSignal } from '../../core/base/cancelSignal';
import type { SampleRow } from '../../core/advisor/rewrites/verification';
import type { Session } from '../session';
import type { Form } from './forms';
import type { ComparedType } from './resultTypes';

/** A column that both forms have: their types differ if `type` is absent, and then text is compared. */
export interface ComparedColumn {
  readonly type?: ComparedType;
  /** Where it stands in each form, from 1. */
  readonly original: number;
  readonly rewritten: number;
}

/** What is compared of two forms whose rows have the same number of columns. */
export interface RowComparison {
  readonly original: Form;
  readonly rewritten: Form;
  /** Number of columns of each form as it is sent, with those added for sort keys. */
  readonly originalWidth: number;
  readonly rewrittenWidth: number;
  readonly columns: readonly ComparedColumn[];
  /** What the rows are sorted by, compared place by place; empty if no order was asked for. */
  readonly keys: readonly ComparedColumn[];
}

/** What the server counted. */
export interface RowFigures {
  readonly original: number;
  readonly rewritten: number;
  readonly missing: number;
  readonly added: number;
  /** There are differences, and each such row is in both results. */
  readonly onlyRepeats: boolean;
  /** Groups of rows that are equal but written otherwise, 1.0 and 1.00. */
  readonly writtenOtherwise: number;
  readonly misplaced: number;
  readonly firstMisplaced: number | undefined;
  readonly missingRows: readonly SampleRow[];
  readonly addedRows: readonly SampleRow[];
}

export interface RowLimits {
  /** A result with more rows is not compared: one row more is read to see that. */
  readonly maxRows: number;
  readonly serverVersion: number;
}

const SAMPLE_ROWS = 5;
const SAMPLE_CHARACTERS = 200;

/**
 * Runs both forms in one statement, and so on one snapshot, and counts the differences in the server. The counts are
 * those of `EXCEPT ALL` in both directions: NULL equals NULL, and each duplicate counts.
 */
export async function compareRows(
  session: Session,
  comparison: RowComparison,
  values: Readonly<Record<string, string | null>>,
  limits: RowLimits,
  signal: CancelSignal,
): Promise<RowFigures> {
  const original = comparison.original.bound();
  const rewritten = comparison.rewritten.bound(original.names.length + 1);
  const parameters = [...original.names, ...rewritten.names].map(name => values[name] ?? null);
  const sql = comparisonSql(comparison, original.sql, rewritten.sql, limits);
  const [row] = await session.query(sql, parameters, { signal });
  const number = (name: string): number => Number(row?.[name] ?? 0);
  const samples = (name: string): SampleRow[] => (row?.[name] as SampleRow[] | null) ?? [];
  return {
    original: number('original'),
    rewritten: number('rewritten'),
    missing: number('missing'),
    added: number('added'),
    onlyRepeats: row?.['only_repeats'] === true,
    writtenOtherwise: number('written_otherwise'),
    misplaced: number('misplaced'),
    firstMisplaced: number('misplaced') > 0 ? number('first_misplaced') : undefined,
    missingRows: samples('missing_rows'),
    addedRows: samples('added_rows'),
  };
}

function comparisonSql(comparison: RowComparison, original: string, rewritten: string, limits: RowLimits): string {
  const { columns, keys } = comparison;
  const all = [...columns, ...keys];
  const names = all.map((_, index) => `v${index + 1}`);
  const list = names.length === 0 ? '' : `${names.join(', ')}, `;
  const grouping = names.length === 0 ? '()' : names.join(', ');
  const cells = columns.map((_, index) => `left(v${index + 1}::text, ${SAMPLE_CHARACTERS})`).join(', ');
  const sample = (condition: string): string =>
    `(select jsonb_agg(cells) from (select to_jsonb(array[${cells}]::text[]) as cells from query_tuner_uneven where ${condition} limit ${SAMPLE_ROWS}) as sample)`;
  const numbered = (name: string, width: number, sql: string): string => {
    const own = ['n', ...Array.from({ length: width }, (_, index) => `c${index + 1}`)];
    // Numbered as the rows come: a subquery with an ORDER BY is read in its order.
    return `${name} (${own.join(', ')}) as ${materialized(limits)}(
  select row_number() over (), query.* from (
${sql}
) as query limit ${limits.maxRows + 1})`;
  };
  return `with ${numbered('query_tuner_a', comparison.originalWidth, original)},
${numbered('query_tuner_b', comparison.rewrittenWidth, rewritten)},
query_tuner_both (side${names.map(name => `, ${name}`).join('')}) as (
  select 1${all.map(column => `, ${valueOf(column, 'original')}`).join('')} from query_tuner_a
  union all
  select 2${all.map(column => `, ${valueOf(column, 'rewritten')}`).join('')} from query_tuner_b),
query_tuner_uneven as (
  select ${list}count(*) filter (where side = 1) as a, count(*) filter (where side = 2) as b
  from query_tuner_both group by ${grouping}
  having count(*) filter (where side = 1) <> count(*) filter (where side = 2))
select (select count(*) from query_tuner_a) as original, (select count(*) from query_tuner_b) as rewritten,
  coalesce(sum(greatest(a - b, 0)), 0) as missing, coalesce(sum(greatest(b - a, 0)), 0) as added,
  coalesce(bool_and(a > 0 and b > 0), false) as only_repeats,
  ${writtenOtherwise(columns)} as written_otherwise,
  ${misplaced(keys, 'count(*)')} as misplaced, ${misplaced(keys, 'min(coalesce(query_tuner_a.n, query_tuner_b.n))')} as first_misplaced,
  ${sample('a > b')} as missing_rows, ${sample('b > a')} as added_rows
from query_tuner_uneven`;
}

/** Before 12 every WITH query is run once and kept; since then one that is named once is merged unless it says so. */
export function materialized({ serverVersion }: Pick<RowLimits, 'serverVersion'>): string {
  return serverVersion >= 120000 ? 'materialized ' : '';
}

function valueOf(column: ComparedColumn, form: 'original' | 'rewritten', table = ''): string {
  const name = `${table}c${column[form]}`;
  const { type } = column;
  if (!type || type.by === 'text') return `${name}::text collate "C"`;
  return type.isCollated ? `${name} collate "C"` : name;
}

/** Rows that group together as values and not as texts; 0 where `=` says that already. */
function writtenOtherwise(columns: readonly ComparedColumn[]): string {
  if (columns.every(({ type }) => type?.by !== 'equal')) return '0';
  const texts = columns.map(({ type }, index) =>
    type?.by === 'equal' ? `v${index + 1}::text collate "C"` : `v${index + 1}`,
  );
  return `(select count(*) from (select from query_tuner_both group by ${texts.join(', ')}
    having count(*) filter (where side = 1) <> count(*) filter (where side = 2)) as texts)`;
}

function misplaced(keys: readonly ComparedColumn[], what: string): string {
  if (keys.length === 0) return 'null';
  const differs = keys.map(
    key =>
      `${valueOf(key, 'original', 'query_tuner_a.')} is distinct from ${valueOf(key, 'rewritten', 'query_tuner_b.')}`,
  );
  return `(select ${what} from query_tuner_a full join query_tuner_b on query_tuner_a.n = query_tuner_b.n where ${differs.join(' or ')})`;
}

import type { CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError, type Row } from '../../core/ports';
import type { Grammar } from '../../core/sql/grammar';
import { quoteIdentifier, quoteLiteral } from '../../core/sql/identifiers';
import { parseStatement } from '../../core/sql/parseStatement';
import { carriedQuery } from '../../core/workload/carriedQueries';
import { isQuery } from '../../core/workload/planningTexts';
import { HIDDEN_TEXT, statStatementsQuery } from '../../core/workload/statStatements';
import { topEntries, WorkloadCollector, type WorkloadEntry, type WorkloadOrder } from '../../core/workload/workload';
import type { PostgresDatabase } from '../connect';

export interface ReadWorkload {
  readonly entries: readonly WorkloadEntry[];
  /** Where it comes from, in words: "pg_stat_statements since 2026-01-31". */
  readonly source: string;
  /** What is missing in it, and why. */
  readonly notes: readonly string[];
}

/** Statements asked for beyond the wanted ones, since some are housekeeping. */
const SPARE_ROWS = 200;
/** SQLSTATE of the view where the module is not loaded. */
const NOT_LOADED = '55000';

interface StatRow extends Row {
  query: string | null;
  calls: number;
  total_ms: number;
  read_blocks: number;
  temp_blocks: number;
}

/**
 * The statements that `pg_stat_statements` counted in the current database, the most expensive first.
 * @throws DatabaseError `unsupported` or `permission` with a hint that says what to do.
 */
export async function readStatStatements(
  db: PostgresDatabase,
  grammar: Grammar,
  options: { readonly by: WorkloadOrder; readonly top: number; readonly signal?: CancelSignal },
): Promise<ReadWorkload> {
  const { by, top, signal } = options;
  const schema = quoteIdentifier(await findExtension(db, signal));
  const columns = await db.query<{ name: string }>(
    `select attname::text as name from pg_attribute
     where attrelid = ${quoteLiteral(`${schema}.pg_stat_statements`)}::regclass and attnum > 0 and not attisdropped`,
    [],
    signal,
  );
  const sql = statStatementsQuery(schema, new Set(columns.map(({ name }) => name)), by);
  const rows = await db.query<StatRow>(sql, [top + SPARE_ROWS], signal).catch((error: unknown) => {
    throw error instanceof DatabaseError && error.sqlState === NOT_LOADED ? notLoaded() : error;
  });
  const hidden = rows.filter(({ query }) => query === HIDDEN_TEXT).length;
  const collector = new WorkloadCollector();
  for (const { query, calls, total_ms: totalMs, read_blocks: readBlocks, temp_blocks: tempBlocks } of rows) {
    if (query === null || query === HIDDEN_TEXT) continue;
    const sql = carriedQuery(query);
    if (isQuery(parseStatement(grammar, sql))) collector.add({ sql, calls, totalMs, readBlocks, tempBlocks });
  }
  if (hidden > 0 && collector.statements === 0) {
    throw new DatabaseError(
      'permission',
      'this role may not see the statements of other roles in pg_stat_statements',
      undefined,
      undefined,
      'let a superuser run: GRANT pg_read_all_stats TO the role',
    );
  }
  const [info] = await readInfo(db, schema, signal);
  return {
    entries: topEntries(collector.entries(), by, top).map((entry, position) => ({ ...entry, id: position + 1 })),
    source: `pg_stat_statements${info?.since ? ` since ${info.since}` : ''}`,
    notes: [
      ...(hidden > 0
        ? [`${hidden} statements of other roles are hidden from this role: GRANT pg_read_all_stats to see them`]
        : []),
      ...(info && info.dealloc > 0
        ? [
            `pg_stat_statements was full ${info.dealloc} times and forgot rare statements: pg_stat_statements.max is ${info.max}`,
          ]
        : []),
    ],
  };
}

async function findExtension(db: PostgresDatabase, signal: CancelSignal | undefined): Promise<string> {
  const [found] = await db.query<{ schema: string | null; available: boolean }>(
    `select (select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace
         where e.extname = 'pg_stat_statements') as schema,
       exists (select from pg_available_extensions where name = 'pg_stat_statements') as available`,
    [],
    signal,
  );
  if (typeof found?.schema === 'string') return found.schema;
  throw new DatabaseError(
    'unsupported',
    'the extension pg_stat_statements is not installed in this database',
    undefined,
    undefined,
    found?.available
      ? 'CREATE EXTENSION pg_stat_statements; the server must also have it in shared_preload_libraries'
      : 'install the contrib package of PostgreSQL on the server first, then CREATE EXTENSION pg_stat_statements',
  );
}

function notLoaded(): DatabaseError {
  return new DatabaseError(
    'unsupported',
    'pg_stat_statements is installed but was not loaded when the server started, so nothing is counted',
    undefined,
    NOT_LOADED,
    'add pg_stat_statements to shared_preload_libraries and restart the server',
  );
}

interface InfoRow extends Row {
  since: string | null;
  dealloc: number;
  max: string;
}

/** PostgreSQL 14 and later; nothing where the extension is older. */
async function readInfo(
  db: PostgresDatabase,
  schema: string,
  signal: CancelSignal | undefined,
): Promise<readonly InfoRow[]> {
  return db
    .query<InfoRow>(
      `select to_char(stats_reset at time zone 'UTC', 'YYYY-MM-DD') as since, dealloc::float8 as dealloc,
         current_setting('pg_stat_statements.max') as max from ${schema}.pg_stat_statements_info`,
      [],
      signal,
    )
    .catch(() => []);
}

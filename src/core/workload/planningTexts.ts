import type { Grammar } from '../sql/grammar';
import { explainPrefixLength } from '../sql/explainPrefix';
import { bindParameters } from '../sql/parameters';
import { parseStatement } from '../sql/parseStatement';
import type { ParsedStatement } from '../sql/statement';
import { carriedQuery, OWN_QUERY_MARK } from './carriedQueries';
import type { WorkloadEntry } from './workload';

/** A statement as the advisor takes it, with what was observed of it. */
export interface PlannedEntry {
  readonly id: number;
  readonly sql: string;
  readonly statement: ParsedStatement;
  readonly weight: number;
}

const SYSTEM_NAME = /^pg_|^information_schema$/;

/** Parses the entries of a workload: `EXPLAIN` or `PREPARE` in front is taken off, placeholders become `$1`, `$2`... */
export function plannedEntries(grammar: Grammar, entries: readonly WorkloadEntry[]): PlannedEntry[] {
  return entries.map(({ id, sql, calls }) => {
    const statement = parseStatement(grammar, plannable(carriedQuery(sql.slice(explainPrefixLength(sql)))));
    return { id, sql: bindParameters(statement).sql, statement, weight: calls };
  });
}

/** Statements that have a plan, as parse tree types. */
const QUERIES = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/**
 * True for what a workload is made of: not transactions, settings, DDL, what reads no table but the system's own, and
 * what Query Tuner asked itself.
 */
export function isQuery({ kind, tables, text }: ParsedStatement): boolean {
  if (kind === undefined || !QUERIES.has(kind) || text.includes(OWN_QUERY_MARK)) return false;
  return tables.some(({ schema, name }) => !SYSTEM_NAME.test(schema ?? '') && !SYSTEM_NAME.test(name));
}

/**
 * `pg_stat_statements` writes `$1` also where PostgreSQL's grammar takes no parameter. Which field is extracted does
 * not matter to the planner, nor the type of a bare constant in `generate_series`, of which there must be one.
 */
function plannable(sql: string): string {
  if (!/\$\d/.test(sql)) return sql;
  return sql
    .replace(/\bextract\s*\(\s*\$\d+\s+from\b/gi, 'extract(epoch from')
    .replace(/\bgenerate_series\s*\(\s*\$\d+\s*,\s*\$\d+\s*(?=[,)])/gi, 'generate_series(1, 1000');
}

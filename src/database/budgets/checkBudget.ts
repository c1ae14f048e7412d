import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { budgetNames } from '../../core/budgetNames';
import type { Clause } from '../../core/budgets/budget';
import { evaluateBudget, needsRun, type ClauseResult } from '../../core/budgets/evaluateBudget';
import { measureBudget } from '../../core/budgets/measureBudget';
import type { Catalog } from '../../core/catalog/catalog';
import type { PlanTree } from '../../core/plan/planTree';
import { DatabaseError, type Database } from '../../core/ports';
import type { Grammar } from '../../core/sql/grammar';
import { bindParameters } from '../../core/sql/parameters';
import { parseStatement } from '../../core/sql/parseStatement';
import type { ParsedStatement } from '../../core/sql/statement';
import { withoutExplain } from '../explain';
import { irreversibleEffects } from '../irreversibleEffects';

export interface CheckOptions {
  /** Values by parameter name; those that are missing are told. */
  readonly values?: Readonly<Record<string, string | null>>;
  /** Nothing is run. */
  readonly planOnly?: boolean;
  readonly runs?: number;
  /** Run also what leaves something behind that a rollback does not undo: the server is a throwaway one. */
  readonly allowEffects?: boolean;
  readonly statementTimeoutMs?: number;
  readonly signal?: CancelSignal;
}

export interface CheckedBudget {
  readonly results: readonly ClauseResult[];
  /** One for each run; a plan that was only estimated is alone. */
  readonly runs: readonly PlanTree[];
  /** Why the statement was not run, or not even planned, and what to do about it. */
  readonly obstacle?: string;
  /** Parameters without a value, if they are the obstacle. */
  readonly missing?: readonly string[];
}

/** Statements that PostgreSQL can plan, as parse tree types. */
const PLANNED = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/**
 * Holds a budget against the database: plans the statement, and runs it if a clause needs that, always rolled back. What
 * stands in the way is told, and the clauses that can be judged without are judged.
 * @throws CancelledError, and DatabaseError if the connection is lost
 */
export async function checkBudget(
  database: Database,
  grammar: Grammar,
  catalog: Catalog,
  { statement, clauses }: { readonly statement: ParsedStatement; readonly clauses: readonly Clause[] },
  options: CheckOptions = {},
): Promise<CheckedBudget> {
  const explained = parseStatement(grammar, withoutExplain(statement.text).sql);
  if (explained.syntaxError) return failed(`the statement cannot be read: ${explained.syntaxError.message}`);
  if (explained.kind === undefined || !PLANNED.has(explained.kind)) {
    return failed('PostgreSQL has plans for SELECT, INSERT, UPDATE, DELETE and MERGE only');
  }
  const { sql, parameters } = bindParameters(explained);
  const { values = {}, planOnly = false, signal } = options;
  const missing = parameters.map(({ name }) => name).filter(name => values[name] === undefined);
  const hasNone = missing.length === parameters.length;
  if (missing.length > 0 && !hasNone) return { ...failed(missingValues(missing)), missing };
  const obstacle = planOnly || !needsRun(clauses) ? undefined : obstacleOf(explained, catalog, missing, options);
  const { runs: count, statementTimeoutMs } = options;
  const request = {
    sql,
    parameters: missing.length > 0 ? [] : parameters.map(({ name }) => values[name] ?? null),
    writes: explained.writes,
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
  };
  try {
    const runs = await measureBudget(database, clauses, request, {
      planOnly: planOnly || obstacle !== undefined,
      ...(count !== undefined && { runs: count }),
      ...(signal && { signal }),
    });
    const results = evaluateBudget(clauses, runs, budgetNames(catalog));
    return {
      results,
      runs,
      ...(obstacle !== undefined && { obstacle, ...(missing.length > 0 && { missing }) }),
    };
  } catch (error) {
    if (error instanceof CancelledError || !(error instanceof DatabaseError)) throw error;
    if (error.kind === 'connection' || error.kind === 'cancelled') throw error;
    return failed(error.hint === undefined ? error.message : `${error.message} (${error.hint})`);
  }
}

function failed(obstacle: string): CheckedBudget {
  return { results: [], runs: [], obstacle };
}

function obstacleOf(
  statement: ParsedStatement,
  catalog: Catalog,
  missing: readonly string[],
  { allowEffects }: CheckOptions,
): string | undefined {
  if (missing.length > 0) return missingValues(missing);
  const effects = allowEffects ? [] : irreversibleEffects(statement, catalog);
  if (effects.length === 0) return undefined;
  return `not run, as a rollback does not undo it: ${effects.map(({ text }) => text).join('; ')}`;
}

function missingValues(missing: readonly string[]): string {
  return `it needs ${missing.length === 1 ? 'a value' : 'values'} for ${missing.join(', ')}`;
}

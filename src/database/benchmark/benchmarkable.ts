import { bindParameters, type BoundStatement } from '../../core/sql/parameters';
import type { ParsedStatement } from '../../core/sql/statement';
import { irreversibleEffects } from '../irreversibleEffects';

/** A statement that can be run again and again, with `$1`, `$2`… for its values. */
export interface BenchmarkableStatement {
  readonly statement: ParsedStatement;
  readonly bound: BoundStatement;
}

export interface BenchmarkableFile {
  readonly statements: readonly BenchmarkableStatement[];
  /** What people must know of the file: what was left out, what a rollback does not undo. */
  readonly notes: readonly string[];
}

/** Queries and changes of rows. DDL, SET and the like are no load, and not every one of them can be rolled back. */
const MEASURED = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The statements of a file that a benchmark runs, in their order. Those with a syntax error are left to the caller. */
export function benchmarkable(all: readonly ParsedStatement[]): BenchmarkableFile {
  const measured = all.filter(({ kind }) => kind !== undefined && MEASURED.has(kind));
  const leftOut = all.length - measured.length;
  const effects = [...new Set(measured.flatMap(statement => irreversibleEffects(statement).map(({ text }) => text)))];
  return {
    statements: measured.map(statement => ({ statement, bound: bindParameters(statement) })),
    notes: [
      ...(leftOut > 0
        ? [
            `${leftOut} ${leftOut === 1 ? 'statement was' : 'statements were'} left out: only queries and changes of rows are measured.`,
          ]
        : []),
      ...(effects.length > 0 ? [`A rollback does not undo: ${effects.join('; ')}.`] : []),
    ],
  };
}

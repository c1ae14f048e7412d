import { LineMap, type TextPosition } from '../base/lineMap';
import type { Budget } from '../budgets/budget';
import { BUDGET_RULES } from '../budgets/budgetRules';
import type { ClauseResult, Outcome } from '../budgets/evaluateBudget';
import { summarizeResults } from '../budgets/summarizeResults';
import type { Finding } from '../rules/finding';
import type { LintedFile } from './lintReport';

/** One statement with a budget, checked. */
export interface CheckedStatement {
  readonly budget: Budget;
  readonly results: readonly ClauseResult[];
  /** How often it was run; 0 if it was only planned. */
  readonly runs: number;
  /** Why it was not run or planned. */
  readonly obstacle?: string;
  readonly elapsedMs: number;
}

/** The budgets of one file, ready to print. */
export interface CheckedBudgetFile {
  readonly file: string;
  readonly text: string;
  readonly statements: readonly CheckedStatement[];
  /** Budgets that belong to no statement. */
  readonly strays: readonly Finding[];
}

/** `failed`: a clause is not met; `error`: it could not be told, or the budget itself is wrong; `planned`: it was not run, as wanted. */
export type CheckStatus = 'met' | 'failed' | 'error' | 'planned';

/** The JSON contract of `query-tuner check`: lines and columns from 1, offsets in UTF-16 from 0. */
export interface CheckReport {
  readonly version: 1;
  readonly server: string;
  readonly files: readonly {
    readonly file: string;
    readonly statements: readonly ReportedStatement[];
    readonly problems: readonly ReportedProblem[];
  }[];
  readonly summary: Readonly<Record<CheckStatus, number>> & { readonly problems: number };
}

export interface ReportedStatement {
  /** The first line of the statement. */
  readonly title: string;
  readonly status: CheckStatus;
  readonly start: TextPosition;
  readonly end: TextPosition;
  readonly runs: number;
  readonly elapsedMs: number;
  /** What kept it from being run, or null. */
  readonly obstacle: string | null;
  readonly summary: string;
  readonly clauses: readonly {
    readonly text: string;
    readonly outcome: Outcome;
    readonly message: string;
    /** In the metric's own unit: ms, blocks, bytes, %. */
    readonly value: number | null;
    readonly limit: number | null;
    readonly start: TextPosition;
    readonly end: TextPosition;
  }[];
}

export interface ReportedProblem {
  readonly rule: string;
  readonly message: string;
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** `planOnly`: nothing was to be run, so what only a run can tell counts for nothing. */
export function checkReport(files: readonly CheckedBudgetFile[], server: string, planOnly: boolean): CheckReport {
  const reported = files.map(file => {
    const lines = new LineMap(file.text);
    return {
      file: file.file,
      statements: file.statements.map(statement => reportStatement(file.text, lines, statement, planOnly)),
      problems: problemsOf(file).map(({ rule, message, range }) => ({
        rule,
        message,
        start: lines.positionAt(range.start),
        end: lines.positionAt(range.end),
      })),
    };
  });
  const count = (status: CheckStatus): number =>
    reported.reduce((sum, { statements }) => sum + statements.filter(each => each.status === status).length, 0);
  const summary = {
    met: count('met'),
    failed: count('failed'),
    error: count('error'),
    planned: count('planned'),
    problems: reported.reduce((sum, { problems }) => sum + problems.length, 0),
  };
  return { version: 1, server, files: reported, summary };
}

/** True if a script should stop: a budget is not met, could not be told, or means nothing. */
export function isNotMet({ summary }: CheckReport): boolean {
  return summary.failed + summary.error + summary.problems > 0;
}

/** What is wrong, as findings in their places: for SARIF, annotations and quoted lines. */
export function checkFindings(file: CheckedBudgetFile, planOnly: boolean): LintedFile {
  const findings = file.statements.flatMap(({ budget, results, obstacle }): Finding[] => {
    const told = results
      .filter(({ outcome }) => outcome === 'fail' || (outcome === 'unknown' && !planOnly && obstacle === undefined))
      .map(({ clause, outcome, message }) => ({
        rule: outcome === 'fail' ? BUDGET_RULES.notMet : BUDGET_RULES.notTold,
        severity: 'error' as const,
        message,
        range: clause.range,
        fixes: [],
      }));
    if (obstacle === undefined) return told;
    const at = budget.words[0]?.range ?? budget.statement.range;
    return [...told, { rule: BUDGET_RULES.notTold, severity: 'error', message: obstacle, range: at, fixes: [] }];
  });
  const all = [...findings, ...problemsOf(file)].sort((a, b) => a.range.start - b.range.start);
  return { file: file.file, text: file.text, statements: file.statements.length, findings: all };
}

function problemsOf({ statements, strays }: CheckedBudgetFile): Finding[] {
  return [...statements.flatMap(({ budget }) => budget.problems), ...strays];
}

function reportStatement(
  text: string,
  lines: LineMap,
  { budget, results, runs, obstacle, elapsedMs }: CheckedStatement,
  planOnly: boolean,
): ReportedStatement {
  const { range, statement } = budget.statement;
  const summary = summarizeResults(results);
  const [title = ''] = statement.text.split('\n');
  return {
    title: statement.text === title ? title : `${title} ...`,
    status: statusOf(results, obstacle, budget.problems.length > 0, planOnly),
    start: lines.positionAt(range.start),
    end: lines.positionAt(range.start + statement.text.length),
    runs,
    elapsedMs: Math.round(elapsedMs),
    obstacle: obstacle ?? null,
    summary: obstacle ?? (results.length === 0 ? 'the budget has no clause that could be checked' : summary.text),
    clauses: results.map(({ clause, outcome, message, value }) => ({
      text: text.slice(clause.range.start, clause.range.end),
      outcome,
      message,
      value: value ?? null,
      limit: clause.kind === 'limit' ? clause.limit : clause.kind === 'estimate' ? clause.factor : null,
      start: lines.positionAt(clause.range.start),
      end: lines.positionAt(clause.range.end),
    })),
  };
}

function statusOf(
  results: readonly ClauseResult[],
  obstacle: string | undefined,
  hasProblems: boolean,
  planOnly: boolean,
): CheckStatus {
  if (results.some(({ outcome }) => outcome === 'fail')) return 'failed';
  if (obstacle !== undefined || hasProblems) return 'error';
  if (results.every(({ outcome }) => outcome === 'pass')) return 'met';
  return planOnly ? 'planned' : 'error';
}

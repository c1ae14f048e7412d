import path from 'node:path';
import { budgetNames } from '../../core/budgetNames';
import type { Budgets } from '../../core/budgets/budget';
import { findBudgets } from '../../core/budgets/findBudgets';
import { DEFAULT_RUNS } from '../../core/budgets/measureBudget';
import type { Catalog } from '../../core/catalog/catalog';
import { checkJunit } from '../../core/report/checkJunit';
import {
  checkFindings,
  checkReport,
  isNotMet,
  type CheckedBudgetFile,
  type CheckedStatement,
} from '../../core/report/checkReport';
import { checkText } from '../../core/report/checkText';
import { lintGithub, lintReport } from '../../core/report/lintReport';
import { lintSarif } from '../../core/report/lintSarif';
import type { Grammar } from '../../core/sql/grammar';
import { languageOfFile, readHost } from '../../core/sql/hosts/hosts';
import { Script } from '../../core/sql/script';
import { checkBudget, type CheckOptions } from '../../database/budgets/checkBudget';
import type { PostgresDatabase } from '../../database/connect';
import { loadGrammarForNode } from '../../workspace/grammarForNode';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { checkedFiles } from '../checkedFiles';
import { parseDuration } from '../duration';
import { print, printJson, progress, readInput } from '../io';
import { paintFor } from '../paint';
import { readParameterValues } from '../parameterValues';
import { withServer } from '../target';
import { UsageError } from '../usage';
import { VERSION } from '../version';

const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const;

/** A file, and the SQL in it. */
interface ReadFile {
  readonly file: string;
  readonly text: string;
  readonly script: Script;
}

/** `query-tuner check`: holds statements against their budgets. Exit code 1 if one is not met, or means nothing. */
export async function check({ options, operands }: CommandLine): Promise<number> {
  const loading = loadGrammarForNode();
  const format = choose('format', options.format, FORMATS, 'text');
  const planOnly = options['plan-only'] === true;
  if (planOnly && options.analyze) throw new UsageError('--analyze and --plan-only exclude each other.');
  if (operands.length === 0) {
    throw new UsageError('check needs at least one file, folder or glob, or - for standard input.');
  }
  const how = readHow(options);
  const grammar = await loading;
  const found = await checkedFiles(options, operands, grammar, () => Promise.resolve(undefined));
  const read = found.map(({ file, asIf }): ReadFile => {
    const text = readInput(file);
    const host = readHost(languageOfFile(asIf), text);
    return { file, text, script: new Script(grammar, host?.masked ?? text) };
  });
  const { server, files } = read.some(file => budgetsOf(file).budgets.length > 0)
    ? await withServer(options, async database => ({
        server: database.serverText,
        files: await checkAll(database, grammar, read, how),
      }))
    : { server: '', files: read.map(file => ({ ...file, statements: [], strays: budgetsOf(file).strays })) };
  const report = checkReport(files, server, planOnly);
  const wrong = () => lintReport(files.map(file => checkFindings(file, planOnly)));
  if (format === 'json') printJson(report);
  else if (format === 'junit') print(checkJunit(report));
  else if (format === 'sarif') printJson(lintSarif(wrong(), VERSION, []));
  else if (format === 'github') print(lintGithub(wrong()));
  else print(checkText(report, files, planOnly, paintFor(process.stdout)));
  return isNotMet(report) ? 1 : 0;
}

function readHow(options: Options): CheckOptions {
  return {
    values: readParameterValues(options.params),
    planOnly: options['plan-only'] === true,
    runs: positiveInteger('runs', options.runs, DEFAULT_RUNS),
    allowEffects: options.embedded === true || options['run-effects'] === true,
    ...(options['time-limit'] !== undefined && { statementTimeoutMs: parseDuration(options['time-limit']) }),
  };
}

function budgetsOf({ script }: Pick<ReadFile, 'script'>, catalog?: Catalog): Budgets {
  return findBudgets(script.text, script.statements, catalog && budgetNames(catalog));
}

/** One statement after the other: two at once would disturb each other's times. */
async function checkAll(
  database: PostgresDatabase,
  grammar: Grammar,
  files: readonly ReadFile[],
  how: CheckOptions,
): Promise<CheckedBudgetFile[]> {
  progress('reading the catalog');
  const catalog = await database.readCatalog();
  const checked: CheckedBudgetFile[] = [];
  for (const { file, text, script } of files) {
    const { budgets, strays } = budgetsOf({ script }, catalog);
    const statements: CheckedStatement[] = [];
    for (const [number, budget] of budgets.entries()) {
      progress(`${path.basename(file)}: checking budget ${number + 1} of ${budgets.length}`);
      const startedAt = performance.now();
      const { statement, clauses } = budget;
      const { results, runs, obstacle, missing } = await checkBudget(
        database,
        grammar,
        catalog,
        { statement: statement.statement, clauses },
        how,
      );
      statements.push({
        budget,
        results,
        runs: runs.filter(({ analyzed }) => analyzed).length,
        elapsedMs: performance.now() - startedAt,
        ...(obstacle !== undefined && { obstacle: missing ? `${obstacle}: ${howToGive(missing)}` : obstacle }),
      });
    }
    checked.push({ file, text, statements, strays });
  }
  return checked;
}

function howToGive(missing: readonly string[]): string {
  return `--params '${JSON.stringify(Object.fromEntries(missing.map(name => [name, '...'])))}'`;
}

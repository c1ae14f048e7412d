import { messageOf } from '../../core/base/messageOf';
import { suggestIndexes } from '../../core/advisor/indexes/index';
import type { Suggestion } from '../../core/advisor/suggestion';
import { parsePlan } from '../../core/plan/parsePlan';
import type { PlanFinding } from '../../core/plan/planTree';
import { planText } from '../../core/report/planText';
import { findPlanFindings } from '../../core/rules/plan/index';
import { loadGrammar } from '../../core/sql/grammar';
import { bindParameters } from '../../core/sql/parameters';
import { Script } from '../../core/sql/script';
import type { ParsedStatement } from '../../core/sql/statement';
import { openCostEstimator } from '../../database/whatIf/index';
import { choose, type CommandLine } from '../arguments';
import { print, printJson, progress, readInput } from '../io';
import { withServer } from '../target';
import { parameterValues, readParameterValues } from '../parameterValues';
import { planFigures, type ReportedFigures } from '../planFigures';
import { UsageError } from '../usage';

/** Statements PostgreSQL can EXPLAIN, as parse tree types. */
const EXPLAINABLE = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

interface ExplainedStatement {
  readonly sql: string;
  readonly plan: unknown;
  readonly figures: ReportedFigures;
  readonly findings: readonly PlanFinding[];
  readonly suggestions: readonly Suggestion[];
}

/** `query-tuner explain`. With --analyze each statement is executed in a transaction that is rolled back. */
export async function explain({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [file] = operands;
  if (file === undefined || operands.length > 1)
    throw new UsageError('explain needs one file, or - for standard input.');
  const values = readParameterValues(options.params);
  const script = new Script(await loadGrammar(), readInput(file));
  const statements = script.statements.map(located => located.statement);
  for (const statement of statements) {
    if (statement.syntaxError) throw new UsageError(`${file}: ${statement.syntaxError.message}.`);
  }
  const explainable = statements.filter(statement => statement.kind !== undefined && EXPLAINABLE.has(statement.kind));
  if (explainable.length === 0) throw new UsageError(`${file} has no statement that can be explained.`);
  await withServer(options, async database => {
    const catalog = await database.readCatalog();
    const estimator = await openCostEstimator(database, catalog, { method: 'auto' }).catch((error: unknown) => {
      progress(`no what-if estimates: ${messageOf(error)}`);
      return undefined;
    });
    const explained: ExplainedStatement[] = [];
    try {
      for (const [index, statement] of explainable.entries()) {
        progress(`explaining statement ${index + 1} of ${explainable.length}`);
        const bound = bindParameters(statement);
        const result = await database.explain({
          sql: bound.sql,
          analyze: options.analyze ?? false,
          parameters: parameterValues(bound.parameters, values, { required: options.analyze ?? false }),
          writes: statement.writes,
        });
        const [tree] = parsePlan(result.plan);
        if (!tree) throw new UsageError('PostgreSQL returned no plan.');
        const { suggestions } = estimator
          ? await suggestIndexes({ statement, sql: bound.sql, catalog, estimator })
          : { suggestions: [] };
        const findings = findPlanFindings(tree, { catalog });
        explained.push({
          sql: statement.text,
          plan: result.plan,
          figures: planFigures(tree),
          findings,
          suggestions,
        });
        if (format === 'text') {
          print(`${firstLine(statement)}\n${planText(tree, findings)}`);
          for (const suggestion of suggestions)
            print(
              `suggestion: ${suggestion.title}\n  ${suggestion.change.sql.join('; ')}\n  ${suggestion.evidence.how}: ${suggestion.evidence.text}`,
            );
          print('');
        }
      }
    } finally {
      await estimator?.dispose();
    }
    if (format === 'json') printJson({ version: 1, server: database.serverText, statements: explained });
  });
  return 0;
}

function firstLine(statement: ParsedStatement): string {
  const [line = ''] = statement.text.split('\n');
  return statement.text.includes('\n') ? `${line} ...` : line;
}

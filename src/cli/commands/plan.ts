import { planText } from '../../core/report/planText';
import { findPlanFindings } from '../../core/rules/plan/index';
import { choose, type CommandLine } from '../arguments';
import { print, printJson, progress } from '../io';
import { planFigures, reportedProblem } from '../planFigures';
import { problemText, readSavedPlans, savedPlansHtml, savedPlansMarkdown, type SavedPlans } from '../savedPlans';
import { terminalText } from '../terminalText';
import { UsageError } from '../usage';

/** `query-tuner plan FILE`: reads a saved EXPLAIN. */
export async function plan({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'html', 'markdown'], 'text');
  const [file] = operands;
  if (file === undefined || operands.length > 1) throw new UsageError('plan needs one file, or - for standard input.');
  const saved = readSavedPlans(file);
  if (format === 'json') printJson(jsonOf(saved));
  else if (format === 'text') print(terminalText(textOf(saved)));
  else {
    process.stdout.write(format === 'html' ? savedPlansHtml(saved) : savedPlansMarkdown(saved));
    for (const problem of saved.reading.problems) progress(terminalText(`${file}: ${problemText(problem)}`));
  }
  return 0;
}

function jsonOf({ reading }: SavedPlans): unknown {
  return {
    version: 1,
    server: null,
    statements: reading.plans.map(tree => ({
      sql: tree.queryText ?? null,
      plan: [tree.raw],
      figures: planFigures(tree),
      findings: findPlanFindings(tree),
      suggestions: [],
    })),
    problems: reading.problems.map(reportedProblem),
  };
}

function textOf({ reading }: SavedPlans): string {
  const plans = reading.plans.map(tree =>
    [tree.queryText?.trim(), planText(tree, findPlanFindings(tree))].filter(Boolean).join('\n'),
  );
  const problems = reading.problems.map(problem => `  ${problemText(problem)}`);
  return [...plans, ...(problems.length === 0 ? [] : [['not understood:', ...problems].join('\n')])].join('\n\n');
}

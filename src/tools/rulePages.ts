import { citeGuideline } from '../core/guidelines/guides';
import type { Example, Rule } from '../core/rules/defineRule';
import type { PlanExample, PlanRule } from '../core/rules/plan/index';

/** The page of a rule, Markdown made from the rule alone. */
export function rulePage(rule: Rule): string {
  const needs = rule.needs.includes('catalog') ? '; needs a connection or schema files' : '';
  const fixable = rule.examples.some(example => 'bad' in example && example.fixed !== undefined);
  const parts = [
    `# ${rule.title}`,
    `\`${rule.id}\` (${rule.optional ? 'off unless configured; ' : ''}${rule.severity}${fixable ? '; has a quick fix' : ''}${needs}; since ${rule.since})`,
    rule.docs.problem,
    rule.docs.why,
    `**When to ignore it.** ${rule.docs.whenToIgnore}`,
    '## Flagged',
    ...rule.examples.flatMap(example => ('bad' in example ? showExample(example) : [])),
    '## Not flagged',
    ...rule.examples.flatMap(example => ('good' in example ? showExample(example) : [])),
    '## Allow it',
    fence(`-- query-tuner: allow ${rule.id} (the reason)`),
    'Above a statement the comment covers the statement, at the end of a line that line, and above the first statement with a blank line below it the whole file.',
    ...(rule.guideline ? ['## Guideline', `${citeGuideline(rule.guideline)}.`] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function showExample(example: Example): string[] {
  const title = `${example.title.charAt(0).toUpperCase()}${example.title.slice(1)}:`;
  const schema = example.schema ? [fence(`-- with this schema\n${example.schema}`)] : [];
  if ('good' in example) return [title, ...schema, fence(example.good)];
  return [
    title,
    ...schema,
    fence(example.bad),
    ...(example.fixed === undefined ? [] : ['Fixed:', fence(example.fixed)]),
  ];
}

/** The page of a rule over measured plans, made from the rule alone. */
export function planRulePage(rule: PlanRule): string {
  const parts = [
    `# ${rule.title}`,
    `\`${rule.id}\` (finds it in the plan of an executed statement; since ${rule.since})`,
    rule.docs.problem,
    rule.docs.why,
    `**When it speaks.** ${rule.docs.thresholds} A finding also needs to save at least 1 ms and 5 % of the statement's time, where that is known.`,
    `**When to ignore it.** ${rule.docs.whenToIgnore}`,
    '## Found',
    ...rule.examples.flatMap(example => ('bad' in example ? showPlan(example) : [])),
    '## Not found',
    ...rule.examples.flatMap(example => ('good' in example ? showPlan(example) : [])),
  ];
  return `${parts.join('\n\n')}\n`;
}

function showPlan(example: PlanExample): string[] {
  const known = example.catalog ? ', with what the catalog says' : '';
  const title = `${example.title.charAt(0).toUpperCase()}${example.title.slice(1)}${known}:`;
  if ('good' in example) return [title, fence(example.good, 'text')];
  return [title, fence(example.bad, 'text'), `Says: ${example.says}`];
}

function fence(text: string, language = 'sql'): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

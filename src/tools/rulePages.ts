import { citeGuideline } from '../core/guidelines/guides';
import type { Example, Rule } from '../core/rules/defineRule';

/** File name of a rule's page below `media/rules/`: `query-select-star.md`. */
export function rulePageName(id: string): string {
  return `${id.replace('/', '-')}.md`;
}

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

function fence(sql: string): string {
  return `\`\`\`sql\n${sql}\n\`\`\``;
}

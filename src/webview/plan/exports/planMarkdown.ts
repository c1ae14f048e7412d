import type { PlanView } from '../../../protocol/planPanel';
import { exactCount } from '../words';
import { escapeMarkdown, fence } from './escape';
import { planLines } from './planLines';
import { comparisonVerdict, planVerdict, rankedFindings } from './planSummary';

/** A comment in a review takes 65,536 characters. */
const MOST_NODES = 250;
const MOST_SQL = 8_000;
const TOP_FINDINGS = 5;

/** For a pull request: the verdict, what was found, and the plan to unfold. */
export function planMarkdown(view: PlanView): string {
  const compared = comparisonVerdict(view);
  const findings = rankedFindings(view.findings);
  const more = findings.length - TOP_FINDINGS;
  const sql = view.sql.length > MOST_SQL ? `${view.sql.slice(0, MOST_SQL)}\n-- shortened` : view.sql;
  const parts = [
    `### ${escapeMarkdown(view.title.slice(0, 200))}`,
    `**${escapeMarkdown(compared ?? planVerdict(view))}**`,
    compared && escapeMarkdown(planVerdict(view)),
    findings
      .slice(0, TOP_FINDINGS)
      .map(({ severity, message, evidence, nextStep }) => {
        const words = [message, evidence && `(${evidence})`, nextStep].filter(Boolean).join(' ');
        return `- **${severity}**: ${escapeMarkdown(words.slice(0, 1_000))}`;
      })
      .concat(more > 0 ? [`- and ${more} more`] : [])
      .join('\n'),
    unfold(`Plan, ${exactCount(view.nodes.length)} nodes`, fence(planLines(view, MOST_NODES), 'text')),
    sql.trim() && unfold('SQL', fence(sql, 'sql')),
    `<sub>${[view.server, view.analyzed ? 'measured' : 'estimated, not executed'].filter(Boolean).map(escapeMarkdown).join(' · ')}</sub>`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Empty lines around the content: without them Markdown would read it as HTML. */
function unfold(title: string, content: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${content}\n\n</details>`;
}

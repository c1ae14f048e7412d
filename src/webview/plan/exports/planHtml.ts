import type { NodeView, PlanView } from '../../../protocol/planPanel';
import { cellText, shownColumns } from '../columns';
import { nodeName } from '../nodeText';
import { heat } from '../words';
import type { Colours } from './drawing';
import { drawingSvg } from './drawingSvg';
import { escapeMarkup } from './escape';
import { STYLE } from './htmlStyle';
import { icicleDrawing } from './icicleDrawing';
import { comparisonVerdict, planVerdict, rankedFindings } from './planSummary';

/** By name: the page has a light and a dark set. */
const PAGE_COLOURS: Colours = {
  text: 'var(--text)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  box: 'var(--box)',
  ground: 'var(--ground)',
  hot: 'var(--hot)',
  warm: 'var(--warm)',
  cool: 'var(--cool)',
};

const MOST_INDENT = 24;

/** A page that stands alone: nothing is loaded, no script runs, everything can be read and printed. */
export function planHtml(view: PlanView): string {
  return page(view.title, planSection(view, 1));
}

/**
 * The same for several plans, each to be gone to from a list.
 * @param remark what is to be said of all of them
 */
export function plansHtml(title: string, views: readonly PlanView[], remark = ''): string {
  const e = escapeMarkup;
  const items = views.map(
    (view, index) => `<li><a href="#plan-${index + 1}">${e(view.title)}</a>: ${e(planVerdict(view))}</li>`,
  );
  const sections = views.map((view, index) => `<article id="plan-${index + 1}">\n${planSection(view, 2)}\n</article>`);
  const head = `<h1>${e(title)}</h1>\n${remark && `<p>${e(remark)}</p>\n`}<ol>\n${items.join('\n')}\n</ol>`;
  return page(title, `${head}\n${sections.join('\n')}`);
}

function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

/** @param level of the plan's own heading */
function planSection(view: PlanView, level: 1 | 2): string {
  const e = escapeMarkup;
  const heading = (text: string): string => `<h${level + 1}>${text}</h${level + 1}>`;
  return `<h${level}>${e(view.title)}</h${level}>
<p class="verdict">${e(comparisonVerdict(view) ?? planVerdict(view))}</p>
<p class="quiet">${e([view.server, view.analyzed ? 'measured' : 'estimated, not executed'].filter(Boolean).join(' · '))}</p>
${findingList(view, heading)}
${heading('Where it goes')}
<div class="scroll" role="region" aria-label="Icicle" tabindex="0">${drawingSvg(icicleDrawing(view), PAGE_COLOURS)}</div>
${heading('Plan')}
${nodeTable(view)}
${pairs('Settings', view.settings, heading)}
${pairs('Statistics', view.statistics, heading)}
${list('Remarks', view.notes, heading)}
${list('Not understood', view.problems ?? [], heading)}
${view.sql.trim() ? `<details>\n<summary>SQL</summary>\n<pre>${e(view.sql)}</pre>\n</details>` : ''}
${view.raw ? `<details>\n<summary>As PostgreSQL gave it</summary>\n<pre>${e(view.raw.text)}</pre>\n</details>` : ''}`;
}

type Heading = (text: string) => string;

function list(title: string, texts: readonly string[], heading: Heading): string {
  if (texts.length === 0) return '';
  const items = texts.map(text => `<li>${escapeMarkup(text)}</li>`);
  return `${heading(title)}\n<ul>${items.join('')}</ul>`;
}

function findingList(view: PlanView, heading: Heading): string {
  const e = escapeMarkup;
  const items = rankedFindings(view.findings).map(
    ({ severity, message, evidence, nextStep }) =>
      `<li><b class="${severity}">${severity}</b> ${e(message)}${evidence ? ` <span class="quiet">${e(evidence)}</span>` : ''}${nextStep ? `<br>${e(nextStep)}` : ''}</li>`,
  );
  return items.length === 0 ? '' : `${heading('What was found')}\n<ul>\n${items.join('\n')}\n</ul>`;
}

function nodeTable(view: PlanView): string {
  const columns = shownColumns(view.analyzed, undefined);
  const head = columns.map(({ title }) => `<th scope="col" class="number">${escapeMarkup(title)}</th>`).join('');
  const rows = view.nodes.map(node => {
    const cells = columns.map(column => {
      const tone = column.hasBar ? ` ${heat(node.selfShare)}` : '';
      return `<td class="number${tone}">${escapeMarkup(cellText(column, node))}</td>`;
    });
    return `<tr${node.neverExecuted ? ' class="never"' : ''}>${nameCell(node)}${cells.join('')}</tr>`;
  });
  return `<div class="scroll" role="region" aria-label="Nodes" tabindex="0"><table>\n<thead><tr><th scope="col">Node</th>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table></div>`;
}

function nameCell(node: NodeView): string {
  const indent = Math.min(node.depth, MOST_INDENT) * 14;
  const never = node.neverExecuted ? ' <span class="tag">never executed</span>' : '';
  const told = node.properties.map(({ name, value }) => `${name}: ${value}`.slice(0, 2_000)).join('\n');
  const title = told ? ` title="${escapeMarkup(told.slice(0, 4_000))}"` : '';
  const name = escapeMarkup(nodeName(node).slice(0, 2_000));
  return `<th scope="row" style="padding-left:${indent + 8}px"${title}>${name}${never}</th>`;
}

function pairs(title: string, values: PlanView['settings'], heading: Heading): string {
  if (!values || values.length === 0) return '';
  const rows = values.map(
    ({ name, value }) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${escapeMarkup(value)}</td></tr>`,
  );
  return `${heading(title)}\n<table><tbody>${rows.join('')}</tbody></table>`;
}

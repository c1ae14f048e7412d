import type { ExportFormat, PlanView } from '../../../protocol/planPanel';
import type { Drawing } from './drawing';
import { drawingPng } from './drawingPng';
import { drawingSvg } from './drawingSvg';
import { graphDrawing } from './graphDrawing';
import { icicleDrawing } from './icicleDrawing';
import { planHtml } from './planHtml';
import { planLines } from './planLines';
import { planMarkdown } from './planMarkdown';
import { comparisonVerdict, planVerdict, rankedFindings } from './planSummary';

export type PictureOf = 'graph' | 'icicle';

export interface ExportContent {
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
}

/** The plan in a format to save. Pictures other than `png` need no page. */
export function planContent(view: PlanView, format: ExportFormat, picture: PictureOf = 'icicle'): ExportContent {
  if (format === 'png') return { content: drawingPng(drawing(view, picture)), encoding: 'base64' };
  const makers: Readonly<Record<Exclude<ExportFormat, 'png'>, () => string>> = {
    html: () => planHtml(view),
    markdown: () => planMarkdown(view),
    svg: () => drawingSvg(drawing(view, picture)),
    json: () => planJson(view),
    text: () => planText(view),
  };
  return { content: makers[format](), encoding: 'utf8' };
}

/** As PostgreSQL gave it, so that other programs can read it; what the page knows where that is not at hand. */
export function planJson(view: PlanView): string {
  if (view.raw?.format === 'json') return view.raw.text;
  const { title, sql, server, analyzed, planningMs, executionMs, totalCost, nodes, findings, settings } = view;
  return `${JSON.stringify({ title, sql, server, analyzed, planningMs, executionMs, totalCost, settings, findings, nodes }, null, 2)}\n`;
}

/** Verdict, findings, nodes and the SQL, for a terminal, a mail or a ticket. */
export function planText(view: PlanView): string {
  const findings = rankedFindings(view.findings).map(
    ({ severity, message, evidence }) => `${severity}: ${message}${evidence ? ` (${evidence})` : ''}`,
  );
  const parts = [
    [view.title, comparisonVerdict(view), planVerdict(view)].filter(Boolean).join('\n'),
    findings.join('\n'),
    planLines(view),
    view.sql.trim(),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function drawing(view: PlanView, picture: PictureOf): Drawing {
  return picture === 'graph' ? graphDrawing(view) : icicleDrawing(view);
}

import type { Fix } from '../rules/finding';
import type { PlanTree } from '../plan/planTree';
import type { Budget, BudgetNames } from './budget';
import { BUDGET_MARKER } from './findBudgets';
import { planFingerprint } from './planFingerprint';
import { planValue } from './planValues';

/** A quarter more than today, and as much as an index of another level or two and some new rows touch. */
const SLACK_SHARE = 1.25;
const SLACK_BLOCKS = 8;

/**
 * Today's plan as a budget: the blocks it touched, with some slack, and its shape. No times: they differ from machine
 * to machine and from run to run, while the same rows and the same plan cost the same blocks everywhere.
 */
export function pinnedClauses(tree: PlanTree, names?: BudgetNames): string[] {
  const clauses: string[] = [];
  const buffers = planValue('buffers', [tree], names);
  if ('value' in buffers) clauses.push(`buffers <= ${withSlack(buffers.value)}`);
  const partitions = planValue('partitions', [tree], names);
  if ('value' in partitions && partitions.value > 0) clauses.push(`partitions <= ${partitions.value}`);
  const temp = planValue('temp written', [tree], names);
  if ('value' in temp && temp.value > 0) clauses.push(`temp written <= ${withSlack(temp.value)}`);
  clauses.push(`plan = ${planFingerprint(tree)}`);
  return clauses;
}

/** Rounded up to two digits, which are all that matter. */
function withSlack(blocks: number): number {
  const most = Math.ceil(Math.max(blocks * SLACK_SHARE, blocks + SLACK_BLOCKS));
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(most)) - 1);
  return Math.ceil(most / unit) * unit;
}

/** Where a budget is written: `isHost` if the text is that of another language, whose lines are not the SQL's. */
export interface PinPlace {
  readonly text: string;
  readonly statementStart: number;
  readonly existing: Budget | undefined;
  readonly isHost?: boolean;
}

/** The edit that writes clauses above a statement, in the place of the budget it has. */
export function writeBudget(title: string, clauses: readonly string[], place: PinPlace): Fix {
  const { text, statementStart, existing, isHost } = place;
  const said = `${BUDGET_MARKER} ${clauses.join(', ')}`;
  const lineStart = text.lastIndexOf('\n', statementStart - 1) + 1;
  const before = text.slice(lineStart, statementStart);
  const indent = before.trim() === '' ? before : undefined;
  const comment = isHost || indent === undefined ? `/* ${said} */` : `-- ${said}`;
  const [first, ...others] = existing?.comments ?? [];
  if (first) {
    const isBlock = text.startsWith('/*', first.start);
    const replaced = { range: first, newText: isBlock ? `/* ${said} */` : `-- ${said}` };
    return { title, safe: true, edits: [replaced, ...others.map(range => removeLine(text, range))] };
  }
  const range = { start: statementStart, end: statementStart };
  const newText = indent === undefined ? `${comment} ` : `${comment}\n${indent}`;
  return { title, safe: true, edits: [{ range, newText }] };
}

/** A comment and, if it has its line to itself, the line. */
function removeLine(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineBreak = text.indexOf('\n', end);
  const lineEnd = lineBreak < 0 ? text.length : lineBreak + 1;
  const isAlone = text.slice(lineStart, start).trim() === '' && text.slice(end, lineEnd).trim() === '';
  return { range: isAlone ? { start: lineStart, end: lineEnd } : { start, end }, newText: '' };
}

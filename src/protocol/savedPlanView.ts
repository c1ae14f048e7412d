import { formatCount, formatMs } from '../core/base/units';
import type { PlanProblem, PlanReading, PlanTree } from '../core/plan/planTree';
import { findPlanFindings } from '../core/rules/plan/index';
import { buildPlanView, describeType } from './buildPlanView';
import type { NodeView, PlanView } from './planPanel';
import type { SavedPlanEntry } from './savedPlan';

/** The page lays out this many nodes without a pause that is felt; the figures are those of the whole plan. */
const MOST_NODES = 20_000;
/** Characters of a plan's text that are shown as they were given. */
const MOST_RAW = 2_000_000;
const MOST_TITLE = 80;

/** What was read of a file or a clipboard. */
export interface SavedPlans {
  /** The file's name, or what takes its place. */
  readonly name: string;
  readonly text: string;
  readonly reading: PlanReading;
}

/** What to choose a plan by. */
export function savedPlanEntry(tree: PlanTree): SavedPlanEntry {
  const executionMs = tree.executionMs ?? tree.source?.loggedMs;
  return {
    title: titleOf(tree) ?? describeType(tree.root),
    ...(tree.source && { line: tree.source.line }),
    ...(executionMs !== undefined && { executionMs }),
    ...(tree.root.figures.totalCost !== undefined && { totalCost: tree.root.figures.totalCost }),
    nodes: tree.nodes.length,
  };
}

/**
 * The page's snapshot of a plan that nobody can run again. Findings that need no database are there; of a very large
 * plan, only the first nodes are.
 * @throws RangeError if there is no such plan
 */
export function savedPlanView(saved: SavedPlans, index: number): PlanView {
  const { plans } = saved.reading;
  const tree = plans[index];
  if (!tree) throw new RangeError(`There is no plan ${index + 1} in ${saved.name}.`);
  const shown = tree.nodes.length > MOST_NODES ? { ...tree, nodes: tree.nodes.slice(0, MOST_NODES) } : tree;
  const raw = rawOf(saved, index);
  const problems = problemsOf(saved, index);
  const limits = saved.reading.problems.filter(({ line }) => line === undefined);
  const view = buildPlanView({
    title: titleOf(tree) ?? saved.name,
    sql: tree.queryText ?? '',
    connection: whereOf(saved, tree),
    server: '',
    // what was not understood has its own place beside the text
    tree: { ...shown, notUnderstood: [] },
    findings: findPlanFindings(tree),
    notes: [
      ...(shown === tree ? [] : [`The first ${formatCount(MOST_NODES)} of ${formatCount(tree.nodes.length)} nodes.`]),
      ...(raw.text.length > MOST_RAW ? [`The text is shown up to ${formatCount(MOST_RAW)} characters.`] : []),
      ...(tree.source?.loggedMs === undefined
        ? []
        : [`The log says that the statement took ${formatMs(tree.source.loggedMs)}.`]),
      ...limits.map(({ message }) => `${message.charAt(0).toUpperCase()}${message.slice(1)}.`),
      ...(problems.length === limits.length ? [] : ['Not all of it was understood.']),
    ],
  });
  return {
    ...view,
    // auto_explain measures the same, and writes it into the log instead of the plan
    ...(tree.analyzed && { executionMs: tree.executionMs ?? tree.source?.loggedMs }),
    ...(shown !== tree && withoutHidden(view)),
    source: 'file',
    raw: { ...raw, text: raw.text.slice(0, MOST_RAW) },
    problems,
    ...(plans.length > 1 && { place: { index, count: plans.length } }),
  };
}

/** One line for a person: where, what, and the text that stands there. */
export function problemText({ line, message, text }: PlanProblem): string {
  return `${line === undefined ? '' : `line ${line}: `}${message}${text === undefined ? '' : `: ${text}`}`;
}

function titleOf({ queryText }: PlanTree): string | undefined {
  const line = queryText
    ?.slice(0, 2_000)
    .replace(/--[^\n]*(?:\n|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line && (line.length > MOST_TITLE ? `${line.slice(0, MOST_TITLE - 1)}…` : line);
}

/** Below the title, which is the file's name where no statement is known. */
function whereOf({ name, reading }: SavedPlans, tree: PlanTree): string {
  const line = reading.plans.length > 1 && tree.source ? `line ${tree.source.line}` : '';
  return [titleOf(tree) === undefined ? '' : name, line].filter(Boolean).join(', ');
}

/** All of a file with one plan; of several, the lines from this one to the next. */
function rawOf({ text, reading: { plans } }: SavedPlans, index: number): NonNullable<PlanView['raw']> {
  const tree = plans[index];
  const format = tree?.source?.format ?? 'json';
  if (plans.length === 1) return { format, text };
  const start = tree?.source?.line;
  const end = plans[index + 1]?.source?.line ?? Infinity;
  // plans of one JSON text may share a line
  if (format === 'json' || start === undefined || end <= start) {
    return { format: 'json', text: JSON.stringify([tree?.raw], null, 2) };
  }
  return { format, text: linesBetween(text, start, end) };
}

/** Without splitting what may be millions of lines. */
function linesBetween(text: string, first: number, end: number): string {
  const lineEnd = /\r\n?|\n/g;
  let [from, line] = [first === 1 ? 0 : text.length, 1];
  for (let match = lineEnd.exec(text); match; match = lineEnd.exec(text)) {
    line++;
    if (line === first) from = lineEnd.lastIndex;
    if (line === end) return text.slice(from, lineEnd.lastIndex);
  }
  return text.slice(from);
}

/** Those of the plan, and those of the input as a whole. */
function problemsOf({ reading }: SavedPlans, index: number): string[] {
  const { plans, problems } = reading;
  if (plans.length === 1) return problems.map(problemText);
  const whole = problems.filter(({ line }) => line === undefined).map(problemText);
  return [...whole, ...(plans[index]?.notUnderstood ?? [])];
}

/** No node says that it has children that are not there, and no finding points to one that is not. */
function withoutHidden({ nodes, findings }: PlanView): Pick<PlanView, 'nodes' | 'findings'> {
  const children = new Map<number, number>();
  for (const { parentId } of nodes)
    if (parentId !== undefined) children.set(parentId, (children.get(parentId) ?? 0) + 1);
  return {
    nodes: nodes.map((node): NodeView => ({ ...node, childCount: children.get(node.id) ?? 0 })),
    findings: findings.map(({ nodeId, ...finding }) =>
      nodeId === undefined || nodeId >= nodes.length ? finding : { ...finding, nodeId },
    ),
  };
}

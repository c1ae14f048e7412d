/**
 * Plans whose line ends or indentation are lost. The order of nodes is still that of the plan, parents before children,
 * and most nodes take a known number of children: enough to build a tree that is right in the ordinary case.
 */
import { parseNodeLabel } from './nodeLabel';
import type { PlanProblem } from './planTree';
import type { SourceLine } from './sourceLine';
import { ARROW, splitFigures } from './textLines';
import { PLAN_BREAK } from './unframe';

const NEXT_NODE = /->\s*(?=[A-Z][A-Za-z]+[^()]{0,300}?(?:\(cost=|\(actual |\(never |\())/g;
const NEXT_LINE =
  /(?:^|(?<!\b(?:Removed by|Join|Index|One-Time|Conflict|Buckets: \d{1,12}|\(originally \d{1,12}\)) ?)\s)(?=(?:(?:Index|Recheck|Hash|Merge|TID) Cond|(?:Join |One-Time |Conflict )?Filter|Rows Removed by [A-Z][\w ]{0,20}|(?:Sort|Group|Presorted|Cache|Hash) Key|Sort Method|Output|Buffers|I\/O Timings|Heap Fetches|Heap Blocks|Buckets|Batches|Workers (?:Planned|Launched)|Worker \d+|Inner Unique|Index Searches|Planning(?: [Tt]ime)?|Execution [Tt]ime|Total runtime|Settings|JIT|WAL|Order By|Cache Mode|Hits|Storage|Trigger [\w ]{1,100}|Query Identifier): ?)/g;

/** Lines that hold several nodes, cut where nodes and their details begin; blanks before them are their indentation. */
export function unflatten(lines: readonly SourceLine[]): SourceLine[] {
  return lines.flatMap(line => {
    if (!isFlattened(line.text)) return [line];
    return cut(line.text).map(text => ({ text, line: line.line }));
  });
}

function isFlattened(text: string): boolean {
  const arrow = text.indexOf('->');
  if (arrow < 0 || !splitFigures(text)) return false;
  const later = /^\s*->/.test(text) ? text.indexOf('->', arrow + 2) : arrow;
  return (
    later >= 0 && splitFigures(text.slice(later)) !== undefined && splitFigures(text.slice(0, later)) !== undefined
  );
}

function cut(text: string): string[] {
  const places = new Set([0]);
  for (const match of text.matchAll(NEXT_NODE)) places.add(startOfBlanks(text, match.index));
  for (const match of text.matchAll(NEXT_LINE)) places.add(startOfBlanks(text, match.index + match[0].length));
  const starts = [...places].sort((a, b) => a - b);
  return starts
    .map((start, i) => text.slice(start, starts[i + 1] ?? text.length).trimEnd())
    .filter(part => part.trim() !== '');
}

function startOfBlanks(text: string, at: number): number {
  let start = at;
  while (start > 0 && text.charAt(start - 1) === ' ') start--;
  return start;
}

/** Indentation from what each node takes, where all arrows of a plan stand in one column. */
export function guessShape(lines: readonly SourceLine[]): {
  readonly lines: readonly SourceLine[];
  readonly problem?: PlanProblem;
} {
  const arrows = lines.filter(line => ARROW.test(line.text.trim()));
  const columns = new Set(arrows.map(line => line.text.indexOf('->')));
  if (arrows.length < 2 || columns.size > 1 || lines.some(line => line.text === PLAN_BREAK && line !== lines[0]))
    return { lines };
  const rootAt = lines.findIndex(line => splitFigures(line.text));
  const root = lines[rootAt];
  const rootColumn = root ? root.text.length - root.text.trimStart().length : 0;
  const isLost = Math.max(...columns) <= rootColumn + 1;
  if (!root || !isLost || arrows.length <= capacityOf(root.text)) return { lines };
  const result: SourceLine[] = lines.slice(0, rootAt);
  // Free places of the nodes on the way down.
  const open: number[] = [];
  for (const line of lines.slice(rootAt)) {
    const text = line.text.trim();
    const isNode = line === root || ARROW.test(text);
    if (isNode) {
      while (open.length > 0 && open.at(-1) === 0) open.pop();
      if (open.length > 0) open[open.length - 1] = (open.at(-1) ?? 1) - 1;
      open.push(capacityOf(text.replace(ARROW, '')));
    }
    const depth = open.length - 1;
    const isTotal = /^(?:Planning|Execution|Total runtime|Settings|JIT|Trigger|Query Identifier)/.test(text);
    const indent = isTotal ? 0 : isNode ? Math.max(0, depth * 6 - 4) : depth * 6 + 2;
    result.push({ text: ' '.repeat(indent) + text, line: line.line });
  }
  const message = 'the indentation of the plan is lost: which node stands below which is guessed';
  return { lines: result, problem: { message, line: root.line } };
}

/** How many nodes this one reads from. */
function capacityOf(text: string): number {
  const fields = parseNodeLabel(splitFigures(text)?.label ?? text);
  const type = String(fields['Node Type']);
  if (/Join$|^Nested Loop$|^Recursive Union$/.test(type)) return 2;
  if (/Append$|^BitmapAnd$|^BitmapOr$/.test(type)) return Number.POSITIVE_INFINITY;
  if (/^(?:Bitmap Heap|Subquery) Scan$/.test(type)) return 1;
  return / Scan$/.test(type) || type === 'Result' ? 0 : 1;
}

import { parseNodeLabel } from './nodeLabel';
import type { RawObject } from './rawValue';
import { readActual, readCost, readDetail, splitTopLevel } from './textDetail';
import { PLAN_BREAK } from './unframe';

interface OpenNode {
  /** Column of the arrow; -1 for the root. Children's arrows stand further right. */
  readonly column: number;
  readonly fields: Record<string, unknown>;
}

/** A plan read from text: the document EXPLAIN (FORMAT JSON) would have given, and the lines nothing was made of. */
export interface TextPlan {
  readonly document: RawObject;
  readonly notUnderstood: readonly string[];
}

const FIGURES = /^(.*?)\s*(\((?:cost=|actual |never executed).*)$/;
const SUBPLAN = /^(CTE \S.*|InitPlan(?: .+)?|SubPlan(?: .+)?)$/;
/** psql's timing and footer, and the target list of a ModifyTable over several tables, which the label repeats. */
const IGNORED =
  /^(Time: [\d.]+ ms.*|\(\d+ .*\)|EXPLAIN\b.*|Replaces: .*|(Foreign )?(Insert|Update|Delete|Merge) on .*)$/i;
const STATEMENT_LINE =
  /^(Planning|Planning [Tt]ime|Execution [Tt]ime|Total runtime|Settings|JIT|Trigger .*|Query Identifier|Serialization|Query Text|Query Parameters)(:|$)/;

/** Reads ordinary `EXPLAIN` text output, without psql's frame (see `unframe`). Several plans may follow each other. */
export function parseTextPlan(text: string): TextPlan[] {
  const reader = new TextPlanReader();
  for (const line of joinBrokenLines(text.split('\n'))) reader.line(line);
  return reader.finish();
}

/** Mail and chat programs break long lines: figures in parentheses continue until they close. */
function joinBrokenLines(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (const line of lines) {
    const before = result.at(-1);
    const unclosed = before !== undefined && /\((?:cost=|actual |never )[^)]*$/.test(before);
    if (unclosed && !/->/.test(line) && line !== PLAN_BREAK) result[result.length - 1] = `${before} ${line.trim()}`;
    else result.push(line);
  }
  return result;
}

class TextPlanReader {
  private readonly plans: TextPlan[] = [];
  private document: Record<string, unknown> | undefined;
  private notUnderstood: string[] = [];
  private stack: OpenNode[] = [];
  private rootColumn = 0;
  private subplan: string | undefined;
  /** `Planning:` and `JIT:` open a block of indented lines. */
  private block: Record<string, unknown> | undefined;
  private queryText: string | undefined;

  line(line: string): void {
    if (line === PLAN_BREAK) return this.close();
    const text = line.trim();
    if (text === '') return;
    const column = line.length - line.trimStart().length;
    const queryText = /^Query Text:\s*(.*)$/.exec(text);
    if (queryText) {
      this.close();
      this.queryText = queryText[1];
      return;
    }
    const arrow = /^->\s+(.*)$/.exec(text);
    if (arrow && this.document) return this.node(arrow[1] ?? '', column);
    if (this.document && column > this.rootColumn && this.block) return this.blockLine(text);
    if (this.document && STATEMENT_LINE.test(text) && column <= this.rootColumn + 1) return this.statementLine(text);
    if (this.document && SUBPLAN.test(text) && column > this.rootColumn) return this.subplanLabel(text, column);
    if (!this.document || (column <= this.rootColumn && FIGURES.test(text))) return this.root(text, column);
    this.detail(text, column);
  }

  finish(): TextPlan[] {
    this.close();
    return this.plans;
  }

  private close(): void {
    if (this.document) this.plans.push({ document: this.document, notUnderstood: this.notUnderstood });
    this.document = undefined;
    this.notUnderstood = [];
    this.stack = [];
    this.block = undefined;
    this.subplan = undefined;
    this.queryText = undefined;
  }

  private root(text: string, column: number): void {
    const match = FIGURES.exec(text);
    // Without costs only the shape of the words tells a plan from any other text.
    const label = match?.[1] ?? text;
    if (!match && !looksLikeNode(label)) {
      if (this.queryText !== undefined) this.queryText += `\n${text}`;
      return;
    }
    const queryText = this.queryText;
    this.close();
    this.document = queryText === undefined ? {} : { 'Query Text': queryText };
    this.rootColumn = column;
    const fields = readNode(text);
    this.document['Plan'] = fields;
    this.stack = [{ column: -1, fields }];
  }

  private node(text: string, column: number): void {
    this.block = undefined;
    while (this.stack.length > 1 && (this.stack.at(-1)?.column ?? -1) >= column) this.stack.pop();
    const parent = this.stack.at(-1);
    if (!parent) return;
    const fields = readNode(text);
    const children = (parent.fields['Plans'] ??= []) as unknown[];
    if (this.subplan !== undefined) {
      fields['Parent Relationship'] = this.subplan.startsWith('SubPlan') ? 'SubPlan' : 'InitPlan';
      fields['Subplan Name'] = this.subplan;
      this.subplan = undefined;
    } else {
      fields['Parent Relationship'] = relationship(parent.fields, children.length);
    }
    children.push(fields);
    this.stack.push({ column, fields });
  }

  private subplanLabel(text: string, column: number): void {
    // A label belongs to the node whose detail lines stand in its column, not to the last child.
    while (this.stack.length > 1 && (this.stack.at(-1)?.column ?? -1) >= column) this.stack.pop();
    this.subplan = text;
  }

  private detail(text: string, column: number): void {
    const node = this.stack.at(-1);
    if (!node) return;
    const worker = /^Worker (\d+):\s*(.*)$/.exec(text);
    if (worker) return readWorker(node.fields, Number(worker[1]), worker[2] ?? '');
    if (readDetail(node.fields, text)) return;
    if (column <= this.rootColumn && STATEMENT_LINE.test(text)) return this.statementLine(text);
    if (!IGNORED.test(text)) this.notUnderstood.push(text);
  }

  private blockLine(text: string): void {
    const block = this.block;
    if (!block) return;
    const timing = /^Timing: (.*)$/.exec(text);
    if (timing) {
      block['Timing'] = readJitTiming(timing[1] ?? '');
      return;
    }
    if (!readDetail(block, text)) this.notUnderstood.push(text);
  }

  private statementLine(text: string): void {
    const document = this.document;
    if (!document) return;
    this.block = undefined;
    const [, name = '', value = ''] = /^(.+?):\s*(.*)$/.exec(text) ?? ['', text, ''];
    const trigger = /^Trigger (.+): (?:time=([\d.]+) )?calls=(\d+)/.exec(text);
    if (trigger) {
      const triggers = (document['Triggers'] ??= []) as unknown[];
      triggers.push(readTrigger(trigger[1] ?? '', Number(trigger[2] ?? 0), Number(trigger[3])));
    } else if (/^planning time$/i.test(name)) document['Planning Time'] = Number.parseFloat(value);
    else if (/^(execution time|total runtime)$/i.test(name)) document['Execution Time'] = Number.parseFloat(value);
    else if (name === 'Settings') document['Settings'] = readSettings(value);
    else if (name === 'Planning' || name === 'JIT' || name === 'Serialization') {
      this.block = {};
      document[name] = this.block;
      if (value !== '') this.block['Description'] = value;
    } else document[name] = value;
  }
}

function readNode(text: string): Record<string, unknown> {
  const match = FIGURES.exec(text);
  const fields: Record<string, unknown> = { ...parseNodeLabel(match?.[1] ?? text) };
  const figures = match?.[2] ?? '';
  const cost = /\(cost=[^)]*\)/.exec(figures);
  if (cost) readCost(fields, cost[0]);
  const actual = /\((?:actual [^)]*|never executed)\)/.exec(figures);
  if (actual) readActual(fields, actual[0]);
  return fields;
}

/** A node without costs: capitalised words, a known ending or beginning, no sentence. */
function looksLikeNode(label: string): boolean {
  return /^((Parallel|Partial|Finalize|Async|Hash|Merge|Nested|Insert|Update|Delete|Custom|Foreign|Bitmap|Mixed|Group)[A-Z\w ]|.*\bScan\b|(Result|Append|MergeAppend|Merge Append|Sort|Incremental Sort|Limit|Unique|Aggregate|HashAggregate|GroupAggregate|Materialize|Memoize|Gather|Gather Merge|LockRows|WindowAgg|ProjectSet|SetOp.*|HashSetOp.*|Recursive Union|Group|Hash|ModifyTable|BitmapAnd|BitmapOr)$)/.test(
    label,
  );
}

function relationship(parent: RawObject, index: number): string {
  const type = String(parent['Node Type']);
  if (/Append|BitmapAnd|BitmapOr|ModifyTable/.test(type)) return type === 'ModifyTable' ? 'Outer' : 'Member';
  if (type === 'Subquery Scan') return 'Subquery';
  const plans = (parent['Plans'] as readonly RawObject[] | undefined) ?? [];
  const before = plans.slice(0, index).filter(plan => plan['Subplan Name'] === undefined).length;
  return before === 0 ? 'Outer' : 'Inner';
}

function readWorker(fields: Record<string, unknown>, number: number, text: string): void {
  const workers = (fields['Workers'] ??= []) as Record<string, unknown>[];
  let worker = workers.find(candidate => candidate['Worker Number'] === number);
  if (!worker) workers.push((worker = { 'Worker Number': number }));
  if (/^actual |^never executed/.test(text)) readActual(worker, text);
  else if (text !== '') readDetail(worker, text);
}

/** "Generation 1.2 ms (Deform 0.3 ms), Inlining 0.0 ms, ..., Total 5.0 ms". */
function readJitTiming(text: string): RawObject {
  return Object.fromEntries([...text.matchAll(/([A-Z]\w+) ([\d.]+) ms/g)].map(([, name, ms]) => [name, Number(ms)]));
}

function readTrigger(label: string, ms: number, calls: number): RawObject {
  const match = /^(for constraint )?(.+?)(?: on (.+))?$/.exec(label);
  const name = match?.[2] ?? label;
  const relation = match?.[3] === undefined ? {} : { Relation: match[3] };
  return match?.[1]
    ? { 'Trigger Name': name, 'Constraint Name': name, ...relation, Time: ms, Calls: calls }
    : { 'Trigger Name': name, ...relation, Time: ms, Calls: calls };
}

function readSettings(text: string): RawObject {
  const pairs = splitTopLevel(text).map(pair => /^(\S+) = '?(.*?)'?$/.exec(pair));
  return Object.fromEntries(pairs.flatMap(pair => (pair ? [[pair[1], pair[2]]] : [])));
}

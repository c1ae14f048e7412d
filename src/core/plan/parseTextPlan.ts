import { guessShape, unflatten } from './guessShape';
import { joinBrokenLines } from './joinLines';
import { parseNodeLabel, relationFields } from './nodeLabel';
import type { PlanProblem } from './planTree';
import type { RawObject } from './rawValue';
import type { SourceLine } from './sourceLine';
import { readActual, readCost, readDetail } from './textDetail';
import {
  ARROW,
  columnOf,
  looksLikeNode,
  NOISE,
  splitFigures,
  STATEMENT_LINE,
  SUBPLAN_LABEL,
  TARGET_LINE,
} from './textLines';
import { readJitOptions, readJitTiming, readSerialization, readSettings, readTrigger } from './textStatement';
import { PLAN_BREAK } from './unframe';

type Fields = Record<string, unknown>;

interface OpenNode {
  /** Column of the arrow; -1 for the root. Children's arrows stand further right. */
  readonly column: number;
  /** Column in which EXPLAIN writes the node's own lines. */
  readonly detailColumn: number;
  readonly fields: Fields;
}

/** Lines further right than `column` belong to a worker, a target table, or `Planning:` and its like. */
interface Block {
  readonly column: number;
  readonly fields: Fields;
}

/** A plan read from text: the document EXPLAIN (FORMAT JSON) would have given, and what nothing was made of. */
export interface TextPlan {
  readonly document: RawObject;
  readonly line: number;
  /** The input's line of each node, by the node's object in `document`. */
  readonly nodeLines: ReadonlyMap<unknown, number>;
  readonly problems: readonly PlanProblem[];
}

/** Reads ordinary `EXPLAIN` text output, without psql's frame (see `unframe`). Several plans may follow each other. */
export function parseTextPlan(lines: readonly SourceLine[]): TextPlan[] {
  const reader = new TextPlanReader();
  const { lines: shaped, problem } = guessShape(unflatten(joinBrokenLines(lines)));
  for (const line of shaped) reader.read(line);
  const plans = reader.finish();
  return problem ? plans.map(plan => ({ ...plan, problems: [...plan.problems, problem] })) : plans;
}

class TextPlanReader {
  private readonly plans: TextPlan[] = [];
  private document: Fields | undefined;
  private problems: PlanProblem[] = [];
  private nodeLines = new Map<unknown, number>();
  private firstLine = 1;
  private stack: OpenNode[] = [];
  private rootColumn = 0;
  private subplan: { readonly name: string; readonly column: number } | undefined;
  private block: Block | undefined;
  private afterBlank = false;
  /** True below lines that are no plan, where a single word (`Limit`) is more likely none either. */
  private afterProse = false;
  private query: { readonly parts: string[]; parameters?: string } | undefined;
  private line: SourceLine = { text: '', line: 1 };

  read(line: SourceLine): void {
    this.line = line;
    if (line.text === PLAN_BREAK) {
      this.afterProse = false;
      return this.close();
    }
    const text = line.text.trim();
    if (text === '') {
      this.afterBlank = true;
      return;
    }
    const isApart = this.afterBlank;
    this.afterBlank = false;
    const column = columnOf(line.text);
    if (this.readQuery(text)) return;
    if (ARROW.test(text)) return this.arrow(text.replace(ARROW, ''), column);
    if (this.document && this.block && column > this.block.column) return this.blockLine(this.block, text);
    this.block = undefined;
    if (this.document && STATEMENT_LINE.test(text) && !this.isRemote(column)) return this.statementLine(text, column);
    if (this.document && SUBPLAN_LABEL.test(text) && column > this.rootColumn) return this.subplanLabel(text, column);
    // A rule or a view may turn one statement into several, a blank line between their plans.
    const isRoot = column <= this.rootColumn && (splitFigures(text) !== undefined || (isApart && looksLikeNode(text)));
    if (!this.document || isRoot) return this.root(text, column);
    this.detail(text, column);
  }

  finish(): TextPlan[] {
    this.close();
    return this.plans;
  }

  private close(): void {
    if (this.document) {
      const { document, problems, nodeLines, firstLine } = this;
      this.plans.push({ document, problems, nodeLines, line: firstLine });
    }
    this.document = undefined;
    this.problems = [];
    this.nodeLines = new Map();
    this.stack = [];
    this.block = undefined;
    this.subplan = undefined;
    this.query = undefined;
  }

  /** auto_explain writes the statement before its plan, on as many lines as it has. */
  private readQuery(text: string): boolean {
    const start = /^Query Text:\s*(.*)$/s.exec(text);
    if (start) {
      this.close();
      this.query = { parts: [start[1] ?? ''] };
      return true;
    }
    if (!this.query) return false;
    const parameters = /^Query Parameters:\s*(.*)$/s.exec(text);
    if (parameters) this.query.parameters = parameters[1] ?? '';
    else if (!splitFigures(text) || (this.query.parameters === undefined && !/^[A-Z]/.test(text)))
      this.query.parts.push(this.line.text);
    else return false;
    return true;
  }

  private root(text: string, column: number): void {
    // Without costs only the shape of the words tells a plan from any other text.
    const isWord = this.afterProse && /^[A-Z][a-z]+$/.test(text);
    if (!splitFigures(text) && (isWord || !looksLikeNode(text))) {
      this.afterProse = true;
      return;
    }
    const { query } = this;
    this.close();
    this.document = {};
    if (query) this.document['Query Text'] = query.parts.join('\n').trimEnd();
    if (query?.parameters !== undefined) this.document['Query Parameters'] = query.parameters;
    this.rootColumn = column;
    this.firstLine = this.line.line;
    const fields = this.readNode(text);
    this.document['Plan'] = fields;
    this.stack = [{ column: -1, detailColumn: column + 2, fields }];
  }

  private arrow(text: string, column: number): void {
    // Copies of a part of a plan begin at an arrow.
    const isAnotherPart = this.stack.length > 0 && column < this.rootColumn && splitFigures(text) !== undefined;
    if (!this.document || isAnotherPart) {
      this.root(text, column);
      const root = this.stack.pop();
      if (root) this.stack.push({ ...root, column, detailColumn: column + 6 });
      return;
    }
    this.block = undefined;
    while (this.stack.length > 1 && (this.stack.at(-1)?.column ?? -1) >= column) this.stack.pop();
    const parent = this.stack.at(-1);
    if (!parent) return;
    const fields = this.readNode(text);
    const children = (parent.fields['Plans'] ??= []) as unknown[];
    if (this.subplan && this.subplan.column < column) {
      fields['Parent Relationship'] = this.subplan.name.startsWith('SubPlan') ? 'SubPlan' : 'InitPlan';
      fields['Subplan Name'] = this.subplan.name;
      // Old servers wrote one bare label above several subplans; a name stands for one.
      if (!/^(?:SubPlan|InitPlan)$/.test(this.subplan.name)) this.subplan = undefined;
    } else {
      fields['Parent Relationship'] = relationship(parent.fields, children.length);
    }
    children.push(fields);
    this.stack.push({ column, detailColumn: column + 6, fields });
  }

  private readNode(text: string): Fields {
    const split = splitFigures(text);
    const fields: Fields = { ...parseNodeLabel(split?.label ?? text) };
    const figures = split?.figures ?? '';
    if (/^\(cost/.test(figures) && !readCost(fields, figures.slice(0, 400)) && !figures.includes(')')) {
      this.report('the input ends before the plan does; what was complete is shown', text);
    }
    const actual = /\((?:actual[^)]*|never ?executed)\)?/.exec(figures.slice(0, 800));
    if (actual) readActual(fields, actual[0]);
    this.nodeLines.set(fields, this.line.line);
    return fields;
  }

  private subplanLabel(text: string, column: number): void {
    // A label belongs to the node whose own lines stand in its column, not to the last child.
    while (this.stack.length > 1 && (this.stack.at(-1)?.column ?? -1) >= column) this.stack.pop();
    this.subplan = { name: text, column };
  }

  private detail(text: string, column: number): void {
    const node = this.nodeOfColumn(column);
    if (!node) return;
    if (this.subplan && column <= this.subplan.column) this.subplan = undefined;
    const worker = /^Worker (\d+):\s*(.*)$/.exec(text);
    if (worker) {
      const fields = workerOf(node.fields, Number(worker[1]));
      this.block = { column, fields };
      const said = worker[2] ?? '';
      if (/^actual |^never executed/.test(said)) readActual(fields, said);
      else if (said !== '' && !readDetail(fields, said)) this.report(undefined, text);
      return;
    }
    const jit = /^JIT for worker (\d+):$/.exec(text);
    if (jit) return this.openBlock(workerOf(node.fields, Number(jit[1])), 'JIT', column);
    if (TARGET_LINE.test(text) && node.fields['Node Type'] === 'ModifyTable') {
      const target = { ...relationFields(text.replace(/^.*? on /, '')) };
      ((node.fields['Target Tables'] ??= []) as unknown[]).push(target);
      this.block = { column, fields: target };
      return;
    }
    if (!NOISE.test(text) && !readDetail(node.fields, text)) this.report(undefined, text);
  }

  /** Where EXPLAIN's own indentation survived, a node's lines may also follow its children (Citus). */
  private nodeOfColumn(column: number): OpenNode | undefined {
    const exact = this.stack.findLastIndex(node => node.detailColumn === column);
    if (exact >= 0) this.stack.length = exact + 1;
    return this.stack.at(-1);
  }

  /** True for the totals of a task on another server, which stand among the lines of its nodes. */
  private isRemote(column: number): boolean {
    return column > this.rootColumn + 1 && this.stack.some(node => node.fields['Node Type'] === 'Task');
  }

  private openBlock(owner: Fields, name: string, column: number): void {
    const fields: Fields = {};
    owner[name] = fields;
    this.block = { column, fields };
  }

  private blockLine(block: Block, text: string): void {
    const timing = /^Timing: (.*)$/.exec(text);
    const options = /^Options: (.*)$/.exec(text);
    if (timing) block.fields['Timing'] = readJitTiming(timing[1] ?? '');
    else if (options) block.fields['Options'] = readJitOptions(options[1] ?? '');
    else if (text === 'JIT:') this.openBlock(block.fields, 'JIT', block.column + 2);
    else if (!readDetail(block.fields, text) && !NOISE.test(text)) this.report(undefined, text);
  }

  private statementLine(text: string, column: number): void {
    const document = this.document;
    if (!document) return;
    const [, name = '', value = ''] = /^(.+?):\s*(.*)$/s.exec(text) ?? ['', text, ''];
    const trigger = readTrigger(text);
    if (trigger) ((document['Triggers'] ??= []) as unknown[]).push(trigger);
    else if (/^planning time$/i.test(name)) document['Planning Time'] = Number.parseFloat(value);
    else if (/^(execution time|total runtime)$/i.test(name)) document['Execution Time'] = Number.parseFloat(value);
    else if (name === 'Settings') document['Settings'] = readSettings(value);
    else if (name === 'Planning' || name === 'JIT') this.openBlock(document, name, column);
    else if (name === 'Serialization') {
      this.openBlock(document, name, column);
      if (this.block) Object.assign(this.block.fields, readSerialization(value));
    } else document[name] = value;
  }

  private report(message: string | undefined, text: string): void {
    this.problems.push({ message: message ?? 'not understood', line: this.line.line, text });
  }
}

/** What a child is to its parent, which the text format does not say. */
function relationship(parent: RawObject, index: number): string {
  const type = String(parent['Node Type']);
  if (/Append$|^BitmapAnd$|^BitmapOr$|^Custom Scan$|^Task$/.test(type)) return 'Member';
  if (type === 'Subquery Scan') return 'Subquery';
  if (type === 'ModifyTable') return 'Outer';
  const plans = (parent['Plans'] as readonly RawObject[] | undefined) ?? [];
  const hasSibling = plans.slice(0, index).some(plan => plan['Subplan Name'] === undefined);
  return hasSibling ? 'Inner' : 'Outer';
}

/** max_parallel_workers_per_gather reaches no further. */
const MAX_WORKERS = 1024;

function workerOf(fields: Fields, number: number): Fields {
  const workers = (fields['Workers'] ??= []) as Fields[];
  // Workers come in order; one is named again on the lines that follow.
  let worker = workers.slice(-MAX_WORKERS).find(candidate => candidate['Worker Number'] === number);
  if (!worker) workers.push((worker = { 'Worker Number': number }));
  return worker;
}

import { distributedPlans } from './distributedPlans';
import { computeFigures } from './figures';
import type { DraftNode } from './figures';
import type { PlanJit, PlanNode, PlanSource, PlanTree, PlanTrigger, RawPlanNode } from './planTree';
import { isRawObject, rawNumber, rawObjects, rawText } from './rawValue';
import type { RawObject } from './rawValue';

/** What is known of a document besides what stands in it. */
export interface DocumentOrigin {
  readonly source?: PlanSource;
  /** What the reader of the document could not make sense of. */
  readonly notUnderstood?: readonly string[];
  readonly nodeLines?: ReadonlyMap<unknown, number>;
}

/** The tree of one EXPLAIN document (`{"Plan": {...}, "Planning Time": ...}`). Undefined if it holds no plan. */
export function buildPlanTree(document: RawObject, origin: DocumentOrigin = {}): PlanTree | undefined {
  const plan = document['Plan'];
  if (!isRawObject(plan) || rawText(plan, 'Node Type') === undefined) return undefined;
  const remarks = [...(origin.notUnderstood ?? [])];
  const drafts = flatten(plan as RawPlanNode, remarks);
  const executionMs = rawNumber(document, 'Execution Time') ?? rawNumber(document, 'Total Runtime');
  const nodes = assemble(drafts, executionMs, origin.nodeLines);
  const root = nodes[0];
  if (!root) return undefined;
  return {
    raw: document,
    root,
    nodes,
    planningMs: rawNumber(document, 'Planning Time'),
    executionMs,
    analyzed: drafts.some(draft => draft.raw['Actual Loops'] !== undefined),
    triggers: rawObjects(document, 'Triggers').map(readTrigger),
    jit: readJit(document['JIT']),
    settings: readSettings(document['Settings']),
    notUnderstood: remarks,
    queryText: rawText(document, 'Query Text'),
    queryIdentifier: identifier(document['Query Identifier']),
    source: origin.source,
  };
}

/** 64 bits: more than a JavaScript number holds. The readers of texts keep all digits; a driver may have lost some. */
function identifier(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function flatten(root: RawPlanNode, remarks: string[]): DraftNode[] {
  const drafts: DraftNode[] = [];
  // A stack instead of recursion: plans over thousands of partitions nest deeply enough to matter.
  const pending: { raw: RawPlanNode; parent?: DraftNode }[] = [{ raw: root }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { raw, parent } = next;
    const draft: DraftNode = {
      id: drafts.length,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      children: [],
      raw,
      nodeType: nodeTypeOf(raw),
      relationship: rawText(raw, 'Parent Relationship'),
      subplanName: rawText(raw, 'Subplan Name'),
    };
    drafts.push(draft);
    parent?.children.push(draft);
    const plans: unknown = raw.Plans;
    const children = Array.isArray(plans) ? (plans as unknown[]) : [];
    const usable = children.filter((child): child is RawPlanNode => isRawObject(child) && 'Node Type' in child);
    if (usable.length < children.length) remarks.push(`${draft.nodeType}: a child without "Node Type" was left out`);
    usable.unshift(...distributedPlans(raw));
    for (const child of usable.reverse()) pending.push({ raw: child, parent: draft });
  }
  return drafts;
}

/** Extensions put what they are into the provider's name. */
function nodeTypeOf(raw: RawPlanNode): string {
  const type = rawText(raw, 'Node Type') ?? '';
  const provider = rawText(raw, 'Custom Plan Provider');
  return type === 'Custom Scan' && provider !== undefined ? `Custom Scan (${provider})` : type;
}

function assemble(
  drafts: readonly DraftNode[],
  executionMs: number | undefined,
  lines?: ReadonlyMap<unknown, number>,
): PlanNode[] {
  const figures = computeFigures(drafts, executionMs);
  const nodes: PlanNode[] = [];
  // Children have higher ids than their parents, so from the end every child exists before it is needed.
  for (const draft of [...drafts].reverse()) {
    const own = figures[draft.id];
    if (!own) continue;
    nodes[draft.id] = {
      id: draft.id,
      parentId: draft.parent?.id,
      depth: draft.depth,
      children: draft.children.flatMap(child => nodes[child.id] ?? []),
      raw: draft.raw,
      nodeType: draft.nodeType,
      relation: rawText(draft.raw, 'Relation Name'),
      schema: rawText(draft.raw, 'Schema'),
      alias: rawText(draft.raw, 'Alias'),
      index: rawText(draft.raw, 'Index Name'),
      relationship: draft.relationship,
      subplanName: draft.subplanName,
      ...(lines?.has(draft.raw) && { line: lines.get(draft.raw) }),
      figures: own,
    };
  }
  return nodes;
}

function readTrigger(raw: RawObject): PlanTrigger {
  const constraint = rawText(raw, 'Constraint Name');
  return {
    name: rawText(raw, 'Trigger Name') ?? constraint ?? 'unnamed trigger',
    relation: rawText(raw, 'Relation'),
    constraint,
    ms: rawNumber(raw, 'Time') ?? 0,
    calls: rawNumber(raw, 'Calls') ?? 0,
  };
}

function readJit(raw: unknown): PlanJit | undefined {
  if (!isRawObject(raw)) return undefined;
  const timing = raw['Timing'];
  const functions = rawNumber(raw, 'Functions') ?? 0;
  return isRawObject(timing) ? { functions, totalMs: jitTotal(timing) } : { functions };
}

/** `Timing.Total` is a number; parts of it became objects with their own `Total` in 17. */
function jitTotal(timing: RawObject): number | undefined {
  const total = timing['Total'];
  return isRawObject(total) ? rawNumber(total, 'Total') : rawNumber(timing, 'Total');
}

function readSettings(raw: unknown): Readonly<Record<string, string>> {
  if (!isRawObject(raw)) return {};
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]));
}

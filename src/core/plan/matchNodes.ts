import type { PlanNode, PlanTree } from './planTree';
import { rawTexts } from './rawValue';

/** Nodes of two plans that do the same work, each at most once. */
export interface NodeMatches {
  readonly afterOf: ReadonlyMap<PlanNode, PlanNode>;
  readonly beforeOf: ReadonlyMap<PlanNode, PlanNode>;
}

/**
 * Pairs nodes by the work they do, wherever they stand: reading the same table under the same alias (by whatever
 * method), joining, sorting or grouping the same set of tables. Exact likeness goes first, so that of several candidates
 * the unchanged one is taken.
 */
export function matchNodes(before: PlanTree, after: PlanTree): NodeMatches {
  const afterOf = new Map<PlanNode, PlanNode>();
  const beforeOf = new Map<PlanNode, PlanNode>();
  const [works, afterWorks] = [worksOf(before), worksOf(after)];
  const keys: readonly ((work: Work, node: PlanNode) => string | undefined)[] = [
    ({ kind, tables, detail }, node) => [kind, tables, detail, methodOf(node)].join('|'),
    ({ kind, tables, detail }) => [kind, tables, detail].join('|'),
    ({ kind, tables }) => [kind, tables].join('|'),
    // The alias of a table in a subquery may be numbered differently.
    ({ kind }, node) => (kind === 'scan' && node.relation !== undefined ? node.relation : undefined),
  ];
  for (const keyOf of keys) {
    const waiting = new Map<string, PlanNode[]>();
    for (const node of [...before.nodes].reverse()) {
      const key = afterOf.has(node) ? undefined : keyOf(works[node.id]!, node);
      if (key === undefined) continue;
      const list = waiting.get(key);
      if (list) list.push(node);
      else waiting.set(key, [node]);
    }
    for (const node of after.nodes) {
      const key = beforeOf.has(node) ? undefined : keyOf(afterWorks[node.id]!, node);
      const partner = key === undefined ? undefined : waiting.get(key)?.pop();
      if (!partner) continue;
      afterOf.set(partner, node);
      beforeOf.set(node, partner);
    }
  }
  return { afterOf, beforeOf };
}

/** True if both do their work the same way. */
export function worksAlike(a: PlanNode, b: PlanNode): boolean {
  return methodOf(a) === methodOf(b);
}

function methodOf({ nodeType, index, raw }: PlanNode): string {
  const said = ['Join Type', 'Strategy', 'Partial Mode', 'Operation', 'Command', 'Scan Direction'].map(key => raw[key]);
  return [nodeType, index, raw['Parallel Aware'] === true, ...said].join('|');
}

/** What a node does, without how. */
interface Work {
  readonly kind: string;
  /** The tables below, as a number that does not depend on their order. */
  readonly tables: string;
  readonly detail: string;
}

const JOINS = new Set(['Nested Loop', 'Hash Join', 'Merge Join']);
const KINDS: Readonly<Record<string, string>> = {
  'Incremental Sort': 'Sort',
  Group: 'Aggregate',
  'Gather Merge': 'Gather',
  'Merge Append': 'Append',
};

function worksOf(tree: PlanTree): Work[] {
  const works: Work[] = [];
  const sums: TableSum[] = [];
  for (const node of [...tree.nodes].reverse()) {
    const own = nameOfSource(node);
    const below = node.children.filter(child => child.relationship !== 'SubPlan' && child.relationship !== 'InitPlan');
    sums[node.id] = below.reduce((sum, child) => add(sum, sums[child.id]!), own === undefined ? EMPTY : hashOf(own));
    const { count, low, high } = sums[node.id]!;
    works[node.id] = { kind: kindOf(node, own), tables: `${count}.${low}.${high}`, detail: detailOf(node) };
  }
  return works;
}

function kindOf(node: PlanNode, own: string | undefined): string {
  if (node.nodeType === 'Bitmap Index Scan') return `bitmap ${node.index ?? ''}`;
  if (node.nodeType === 'ModifyTable') return 'ModifyTable';
  if (own !== undefined) return 'scan';
  return JOINS.has(node.nodeType) ? 'join' : (KINDS[node.nodeType] ?? node.nodeType);
}

/** The alias of what a scan reads. */
function nameOfSource(node: PlanNode): string | undefined {
  if (node.nodeType === 'ModifyTable') return undefined;
  return node.alias ?? node.relation;
}

function detailOf(node: PlanNode): string {
  return ['Sort Key', 'Group Key'].flatMap(key => rawTexts(node.raw, key)).join(', ');
}

/** A set of names as sums of hashes: equal for equal sets, and as short for ten thousand partitions as for one table. */
interface TableSum {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

const EMPTY: TableSum = { count: 0, low: 0, high: 0 };

function add(a: TableSum, b: TableSum): TableSum {
  return { count: a.count + b.count, low: (a.low + b.low) | 0, high: (a.high + b.high) | 0 };
}

function hashOf(name: string): TableSum {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < name.length; i++) {
    low = Math.imul(low ^ name.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ name.charCodeAt(i), 0x01000193) ^ (low >>> 15);
  }
  return { count: 1, low: low | 0, high: high | 0 };
}

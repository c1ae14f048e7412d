import type { DraftNode } from './draftNode';
import { endsOfSubtrees, isInitPlan } from './draftNode';
import type { ParallelShare } from './parallelShares';
import { rawTexts } from './rawValue';

/** Where an InitPlan or CTE may have run, the likelier places first. */
export type InitPlanReaders = ReadonlyMap<DraftNode, readonly DraftNode[]>;

/**
 * An InitPlan is listed below the top node of its query and runs inside the node that first needs its result: a scan of
 * the CTE, or a node whose expressions name the output (`$0` up to 16, `(InitPlan 1).col1` from 17). A Gather
 * computes what its workers need before it starts them.
 */
export function findInitPlanReaders(nodes: readonly DraftNode[], shares: readonly ParallelShare[]): InitPlanReaders {
  const result = new Map<DraftNode, DraftNode[]>();
  const initPlans = nodes.filter(node => isInitPlan(node) && node.parent);
  if (initPlans.length === 0) return result;
  const ends = endsOfSubtrees(nodes);
  const within = (node: DraftNode, top: DraftNode) => node.id >= top.id && node.id < (ends[top.id] ?? 0);
  const mentions = indexMentions(nodes);
  const namesakes = new Map<string | undefined, DraftNode[]>();
  for (const each of initPlans) namesakes.set(each.subplanName, [...(namesakes.get(each.subplanName) ?? []), each]);
  for (const initPlan of initPlans) {
    const top = initPlan.parent;
    if (!top) continue;
    const cte = cteName(initPlan);
    const candidates = keysOf(initPlan).flatMap(key => mentions.get(key) ?? []);
    const readers = [...new Set(candidates)]
      .filter(node => within(node, top) && !within(node, initPlan))
      .filter(node => cte === undefined || !isHidden(node, initPlan))
      .map(node => {
        const gather = shares[node.id]?.gather;
        return gather && within(gather, top) ? gather : node;
      });
    result.set(initPlan, [...new Set(readers)]);
  }
  return result;

  /** Inner WITH names hide outer ones. */
  function isHidden(scan: DraftNode, cte: DraftNode): boolean {
    const others = namesakes.get(cte.subplanName) ?? [];
    return others.some(({ parent }) => parent && cte.parent && parent.id > cte.parent.id && within(scan, parent));
  }
}

/** Name of the CTE that an InitPlan computes. */
export function cteName(node: Pick<DraftNode, 'subplanName'>): string | undefined {
  return /^CTE (.+)$/.exec(node.subplanName ?? '')?.[1];
}

/** What a reader says: `cte recent`, `$0`, `InitPlan 1`. */
function keysOf(initPlan: DraftNode): string[] {
  const name = initPlan.subplanName ?? '';
  const cte = cteName(initPlan);
  if (cte !== undefined) return [`cte ${cte}`];
  const returns = [...name.matchAll(/\$\d+/g)].map(match => match[0]);
  return returns.length > 0 ? returns : [name];
}

/** Nodes by what they mention; those that compare with it before those that only hand it on in their output. */
function indexMentions(nodes: readonly DraftNode[]): Map<string, DraftNode[]> {
  const compared = new Map<string, DraftNode[]>();
  const handedOn = new Map<string, DraftNode[]>();
  const add = (to: Map<string, DraftNode[]>, key: string, node: DraftNode) => {
    const known = to.get(key);
    if (!known) to.set(key, [node]);
    else if (known.at(-1) !== node) known.push(node);
  };
  for (const node of nodes) {
    if (node.nodeType === 'CTE Scan') add(compared, `cte ${String(node.raw['CTE Name'])}`, node);
    for (const key of Object.keys(node.raw)) {
      if (key === 'Plans' || key === 'Subplan Name' || key === 'Node Type') continue;
      const to = key === 'Output' ? handedOn : compared;
      for (const text of rawTexts(node.raw, key)) {
        for (const match of text.matchAll(/\$\d+|\((InitPlan [^)\s]+)\)/g)) add(to, match[1] ?? match[0], node);
      }
    }
  }
  // An output that is handed on was computed at the bottom of the chain.
  for (const [key, list] of handedOn) for (const node of list.reverse()) add(compared, key, node);
  return compared;
}

import type { Source } from '../../sql/names/scope';
import type { PlanNode, PlanTree } from '../planTree';
import type { Block, StatementBlocks } from './statementBlocks';
import { blocksWithin, indexBlocks, relationsReached } from './blockIndex';
import { addTo } from './grouping';

/** A part of a plan that PostgreSQL planned by itself, and the query it was planned for. */
export interface PlanScope {
  readonly root: PlanNode;
  /** Undefined where it cannot be told; then its nodes come from nowhere. */
  readonly block?: Block;
  /** The view that stands for all below. */
  readonly view?: Source;
  readonly parent?: PlanScope;
  readonly kind: 'whole' | 'cte' | 'subquery' | 'subplan' | 'arm' | 'extreme';
  /** Its nodes, those of scopes within left out. */
  readonly nodes: readonly PlanNode[];
  /** The items of FROM that Subquery Scans of this scope read. */
  readonly subqueries: ReadonlyMap<PlanNode, Source>;
  /** The arms of a UNION and its like that Subquery Scans of this scope read. */
  readonly arms: ReadonlyMap<PlanNode, Block>;
  /** The UNION and its like that nodes of this scope carry out. */
  readonly setOperations: ReadonlyMap<PlanNode, Block>;
}

export interface PlanScopes {
  readonly all: readonly PlanScope[];
  /** By id of the node. */
  readonly of: readonly PlanScope[];
  /** Blocks that a scope of their own was found for; CTEs that are not among them were taken into their readers. */
  readonly claimed: ReadonlySet<Block>;
}

type Draft = { -readonly [Key in keyof PlanScope]: PlanScope[Key] } & {
  nodes: PlanNode[];
  subqueries: Map<PlanNode, Source>;
  arms: Map<PlanNode, Block>;
  setOperations: Map<PlanNode, Block>;
};

/** Finds which parts of a plan belong to which queries of the statement. */
export function findPlanScopes(tree: PlanTree, blocks: StatementBlocks): PlanScopes {
  const all: Draft[] = [];
  const of: Draft[] = [];
  const claimed = new Set<Block>();
  const reach = relationsReached(blocks);
  const index = indexBlocks(blocks);
  const read = new Map<PlanNode, readonly string[]>();
  const pending: Draft[] = [draftScope(tree.root, 'whole', blocks.root)];
  for (let scope = pending.pop(); scope; scope = pending.pop()) {
    all.push(scope);
    if (scope.block) claimed.add(scope.block);
    const inner = enter(scope);
    for (const node of scope.nodes) of[node.id] = scope;
    pending.push(...inner.toReversed());
  }
  return { all, of, claimed };

  /** Collects the nodes of a scope and begins the scopes within. */
  function enter(scope: Draft): Draft[] {
    const starts: { node: PlanNode; parent: PlanNode }[] = [];
    const within: Draft[] = [];
    const walk = [scope.root];
    for (let node = walk.pop(); node; node = walk.pop()) {
      scope.nodes.push(node);
      const arms = armsOf(node, scope);
      for (const child of node.children.toReversed()) {
        if (child.relationship === 'InitPlan' || child.relationship === 'SubPlan')
          starts.push({ node: child, parent: node });
        else if (node.nodeType === 'Subquery Scan') starts.push({ node: child, parent: node });
        else if (arms?.has(child)) within.push(draftScope(child, 'arm', arms.get(child), scope));
        else walk.push(child);
      }
    }
    starts.sort((a, b) => a.node.id - b.node.id);
    return [...within, ...ctes(starts, scope), ...subqueryScans(starts, scope), ...subplans(starts, scope)];
  }

  /** UNION and its like: which child is which arm. */
  function armsOf(node: PlanNode, scope: Draft): Map<PlanNode, Block> | undefined {
    if (!scope.block || !/^(?:Append|Merge Append|SetOp|Recursive Union)$/.test(node.nodeType)) return undefined;
    const children = node.children.filter(({ relationship }) => !/^(?:Init|Sub)Plan$/.test(relationship ?? ''));
    if (children.length < 2 || isPartitioned(children)) return undefined;
    // the order of the arms is not always kept: then it must be plain which is which
    const isReordered = node.raw['Parallel Aware'] === true || String(node.raw['Command']).startsWith('Intersect');
    if (isReordered && new Set(children.map(child => namesRead(child).join())).size < children.length) return undefined;
    const fitting = blocksWithin(index.setOperations, scope.block).filter(block => {
      const arms = index.leaves(block);
      return arms.length === children.length && arms.every((arm, i) => !claimed.has(arm) && fits(children[i]!, arm));
    });
    const [block, another] = fitting;
    if (!block || another) return undefined;
    const leaves = index.leaves(block);
    for (const leaf of leaves) claimed.add(leaf);
    scope.setOperations.set(node, block);
    return new Map(children.map((child, i) => [child, leaves[i]!]));
  }

  function ctes(starts: readonly Start[], scope: Draft): Draft[] {
    const inits = starts.flatMap(({ node }) => {
      const name = /^CTE (.+)$/s.exec(node.subplanName ?? '')?.[1];
      return name === undefined ? [] : [{ node, name }];
    });
    return inits.map(({ node, name }) => {
      const candidates = scope.block ? blocksWithin(index.ctes.get(name), scope.block) : [];
      const fitting = candidates.filter(block => !claimed.has(block) && fits(node, block));
      const block = fitting.length === 1 ? fitting[0] : undefined;
      if (block) claimed.add(block);
      return draftScope(node, 'cte', block, scope);
    });
  }

  function subqueryScans(starts: readonly Start[], scope: Draft): Draft[] {
    const found: Draft[] = [];
    for (const { node, parent } of starts) {
      if (isSubplan(node)) continue;
      const alias = parent.alias ?? '';
      const arm = /^\*SELECT\* (\d+)/.exec(alias)?.[1];
      const sources = arm === undefined && scope.block ? index.sourcesNamed(alias, scope.block) : [];
      const fitting = sources.filter(({ block }) => !block || (!claimed.has(block) && fits(node, block)));
      const [one, another] = fitting;
      if (arm !== undefined) {
        const isArm = scope.kind === 'arm' && scope.root === parent;
        const block = isArm ? scope.block : armNumbered(Number(arm), node, scope);
        if (block) scope.arms.set(parent, block);
        found.push(draftScope(node, 'arm', block, scope));
      } else if (!one || another) found.push(draftScope(node, 'subquery', undefined, scope));
      else {
        scope.subqueries.set(parent, one.source);
        if (one.block) claimed.add(one.block);
        found.push({ ...draftScope(node, 'subquery', one.block, scope), ...(!one.block && { view: one.source }) });
      }
    }
    return found;
  }

  function armNumbered(number: number, node: PlanNode, scope: Draft): Block | undefined {
    if (!scope.block) return undefined;
    const unions = blocksWithin(index.setOperations, scope.block);
    const arms = unions.flatMap(block => index.leaves(block)[number - 1] ?? []);
    const fitting = arms.filter(block => !claimed.has(block) && fits(node, block));
    if (fitting.length !== 1) return undefined;
    claimed.add(fitting[0]!);
    return fitting[0];
  }

  /** Sub-selects are numbered in the order of the text, those within others first. */
  function subplans(starts: readonly Start[], scope: Draft): Draft[] {
    const found: Draft[] = [];
    const open = starts.filter(({ node }) => isSubplan(node) && !node.subplanName?.startsWith('CTE '));
    const groups = new Map<readonly Block[], { node: PlanNode; candidates: readonly Block[] }[]>();
    const fitting = new Map<string, Block[]>();
    for (const { node, parent } of open) {
      const names = namesRead(node);
      const key = names.join('\n');
      const top = fitting.get(key) ?? outermost(scope.block ? sublinksReading(names, scope.block) : []);
      fitting.set(key, top);
      if (isExtreme(node, parent) && top.length === 0) {
        found.push({ ...draftScope(node, 'extreme', scope.block, scope) });
        continue;
      }
      addTo(groups, top, { node, candidates: top });
    }
    for (const group of groups.values()) {
      group.sort((a, b) => subplanNumber(a.node) - subplanNumber(b.node));
      const candidates = group[0]!.candidates;
      group.forEach(({ node }, i) => {
        const block = candidates.length === group.length ? candidates[i] : undefined;
        if (block) claimed.add(block);
        found.push(draftScope(node, 'subplan', block, scope));
      });
    }
    return found;
  }

  function sublinksReading(names: readonly string[], around: Block): Block[] {
    return blocksWithin(index.sublinks, around).filter(block => !claimed.has(block) && reads(names, block));
  }

  /** True if a part of the plan reads no table of the statement that the query does not read. */
  function fits(node: PlanNode, block: Block): boolean {
    return reads(namesRead(node), block);
  }

  function reads(names: readonly string[], block: Block): boolean {
    const reached = reach.from(block);
    return names.every(name => reached.has(name));
  }

  /** The tables of the statement that a part of the plan reads. */
  function namesRead(top: PlanNode): readonly string[] {
    const known = read.get(top);
    if (known) return known;
    const names = new Set<string>();
    const nodes = [top];
    for (let next = nodes.pop(), count = 0; next && count < MOST_LOOKED_AT; next = nodes.pop(), count++) {
      const name = reach.nameOf(next);
      if (name !== undefined) names.add(name);
      nodes.push(...next.children);
    }
    const sorted = [...names].sort();
    read.set(top, sorted);
    return sorted;
  }
}

/** Of blocks in the order of the text those that lie in no other. */
function outermost(blocks: readonly Block[]): Block[] {
  const found: Block[] = [];
  for (const block of blocks) if (block.enter >= (found.at(-1)?.leave ?? 0)) found.push(block);
  return found;
}

interface Start {
  readonly node: PlanNode;
  readonly parent: PlanNode;
}

/** A part of a plan larger than this is taken to fit after so many nodes: it is looked at for each query it may be. */
const MOST_LOOKED_AT = 500;

function draftScope(root: PlanNode, kind: PlanScope['kind'], block?: Block, parent?: PlanScope): Draft {
  return {
    root,
    kind,
    ...(block && { block }),
    ...(parent && { parent }),
    nodes: [],
    subqueries: new Map(),
    arms: new Map(),
    setOperations: new Map(),
  };
}

function isSubplan({ relationship }: PlanNode): boolean {
  return relationship === 'InitPlan' || relationship === 'SubPlan';
}

function subplanNumber({ subplanName, id }: PlanNode): number {
  return Number(/(\d+)/.exec(subplanName ?? '')?.[1] ?? id);
}

/** Children of one partitioned or inherited table: same alias but for the number. */
function isPartitioned(children: readonly PlanNode[]): boolean {
  const bases = new Set(children.map(({ alias }) => alias?.replace(/_\d+$/, '')));
  const tables = new Set(children.map(({ relation, schema }) => `${schema ?? ''}.${relation ?? ''}`));
  return bases.size === 1 && !bases.has(undefined) && tables.size === children.length && !tables.has('.');
}

/** The single row that answers min(x) or max(x) from an index. */
function isExtreme(node: PlanNode, parent: PlanNode): boolean {
  return node.nodeType === 'Limit' && parent.nodeType === 'Result' && node.relationship === 'InitPlan';
}

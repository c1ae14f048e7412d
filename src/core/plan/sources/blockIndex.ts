import type { Source } from '../../sql/names/scope';
import type { PlanNode } from '../planTree';
import { addTo } from './grouping';
import type { Block, StatementBlocks } from './statementBlocks';
import { leavesOf } from './statementBlocks';

/** Blocks and items of FROM by what a plan calls them; lists are in the order of the text. */
export interface BlockIndex {
  readonly setOperations: readonly Block[];
  readonly sublinks: readonly Block[];
  readonly ctes: ReadonlyMap<string, readonly Block[]>;
  leaves(setOperation: Block): readonly Block[];
  /** Subqueries, CTEs and tables that may be views, by alias, with the block they stand for. */
  sourcesNamed(alias: string, around: Block): readonly { readonly source: Source; readonly block?: Block }[];
}

export function indexBlocks(blocks: StatementBlocks): BlockIndex {
  const inOrder = [...blocks.all].sort((a, b) => a.enter - b.enter);
  const ctes = new Map<string, Block[]>();
  const sources = new Map<string, { enter: number; source: Source; block?: Block }[]>();
  for (const { query, enter } of inOrder) {
    for (const cte of query.ctes) {
      const block = blocks.of(cte.query);
      if (block) addTo(ctes, cte.name, block);
    }
    for (const source of query.sources) {
      if (source.name === undefined) continue;
      const query = source.kind === 'subquery' ? source.query : source.kind === 'cte' ? source.cte.query : undefined;
      if (!query && source.kind !== 'table') continue;
      const block = query && blocks.of(query);
      addTo(sources, source.name, { enter, source, ...(block && { block }) });
    }
  }
  const leaves = new Map<Block, readonly Block[]>();
  return {
    setOperations: inOrder.filter(({ query }) => query.kind === 'set operation'),
    sublinks: inOrder.filter(({ role }) => role === 'sublink'),
    ctes,
    leaves: block => {
      const found = leaves.get(block) ?? leavesOf(block);
      leaves.set(block, found);
      return found;
    },
    sourcesNamed: (alias, around) => {
      const exact = blocksWithin(sources.get(alias), around);
      return exact.length > 0 ? exact : blocksWithin(sources.get(alias.replace(/_\d+$/, '')), around);
    },
  };
}

/** Those of a list, sorted by their place, that lie within a block. */
export function blocksWithin<T extends { readonly enter: number }>(
  list: readonly T[] = [],
  { enter, leave }: Block,
): T[] {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.enter < enter) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  for (let i = low; i < list.length && list[i]!.enter < leave; i++) found.push(list[i]!);
  return found;
}

/** The tables that each query reads, by name and alias; those of its CTEs and subqueries too. */
export function relationsReached({ all, of }: StatementBlocks): {
  /** Undefined for what the statement does not name: partitions, tables of views. */
  nameOf(node: PlanNode): string | undefined;
  from(block: Block): ReadonlySet<string>;
} {
  const cache = new Map<Block, ReadonlySet<string>>();
  const own = (block: Block): string[] =>
    block.query.sources.flatMap(source => (source.kind === 'table' ? [`${source.table.name} ${source.name}`] : []));
  const names = new Set(all.flatMap(own));
  return {
    nameOf: ({ relation, alias }) => {
      if (relation === undefined || alias === undefined) return undefined;
      const keys = [`${relation} ${alias}`, `${relation} ${alias.replace(/_\d+$/, '')}`];
      return keys.find(key => names.has(key));
    },
    from: block => {
      const found = cache.get(block);
      if (found) return found;
      const names = new Set<string>();
      const seen = new Set<Block>();
      const pending = [block];
      for (let next = pending.pop(); next; next = pending.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        for (const name of own(next)) names.add(name);
        pending.push(...next.children.filter(({ role }) => role !== 'cte'));
        for (const source of next.query.sources) {
          const inner = source.kind === 'cte' ? of(source.cte.query) : undefined;
          if (inner) pending.push(inner);
        }
      }
      cache.set(block, names);
      return names;
    },
  };
}

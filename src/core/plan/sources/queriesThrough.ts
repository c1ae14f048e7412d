import type { PlanNode, PlanTree } from '../planTree';
import type { PlanScope, PlanScopes } from './planScopes';
import type { ScanSources } from './scanSources';
import type { Block } from './statementBlocks';
import { commonBlock } from './statementBlocks';

interface Below {
  /** The smallest query around all that is read below the node. */
  readonly block: Block | undefined;
  readonly reads: number;
}

/**
 * For each node the queries whose rows may all come through it: those around everything it reads, of which nothing is
 * read elsewhere; the innermost first. Aggregates, sorts and limits belong to one of them.
 */
export function queriesThrough(
  { nodes }: PlanTree,
  scopes: PlanScopes,
  scans: ScanSources,
): (node: PlanNode) => readonly Block[] {
  const below = nodes.map((): Below => ({ block: undefined, reads: 0 }));
  const totals = new Map<PlanScope, Map<Block, number>>();
  for (const node of nodes.toReversed()) {
    const scope = scopes.of[node.id];
    const read = scope && (scans.of.get(node)?.block ?? scope.setOperations.get(node));
    if (read) {
      below[node.id] = { block: commonBlock(below[node.id]!.block, read), reads: below[node.id]!.reads + 1 };
      const counts = totals.get(scope) ?? new Map<Block, number>();
      totals.set(scope, counts);
      for (let block: Block | undefined = read; block; block = block.parent) {
        counts.set(block, (counts.get(block) ?? 0) + 1);
        if (block === scope.block) break;
      }
    }
    const parent = node.parentId === undefined ? undefined : nodes[node.parentId];
    if (!parent || scopes.of[parent.id] !== scope) continue;
    const [own, above] = [below[node.id]!, below[parent.id]!];
    below[parent.id] = { block: commonBlock(above.block, own.block), reads: above.reads + own.reads };
  }
  return node => {
    const scope = scopes.of[node.id];
    const { block, reads } = below[node.id]!;
    if (!scope?.block) return [];
    if (!block) return scope.block.children.some(child => !scopes.claimed.has(child)) ? [] : [scope.block];
    const found: Block[] = [];
    for (let at: Block | undefined = block; at; at = at.parent) {
      if ((totals.get(scope)?.get(at) ?? 0) === reads) found.push(at);
      if (at === scope.block) break;
    }
    return found;
  };
}

import type { SourceRange } from '../base/sourceRange';
import type { ParsedStatement } from '../sql/statement';
import { unwrap, wrappedNodes } from '../sql/walk';
import type { PlanNode, PlanTree } from './planTree';
import { ClausePlaces } from './sources/clausePlaces';
import { addTo } from './sources/grouping';
import { readConjuncts } from './sources/conjuncts';
import { matchConditions } from './sources/matchConditions';
import type { MatchedCondition } from './sources/matchConditions';
import { findPlanScopes } from './sources/planScopes';
import type { PlanScope } from './sources/planScopes';
import { queriesThrough } from './sources/queriesThrough';
import type { ScanSource } from './sources/scanSources';
import { findScanSources } from './sources/scanSources';
import { blockRange, leavesOf, readBlocks } from './sources/statementBlocks';
import type { Block } from './sources/statementBlocks';
import { UPPER_NODES } from './sources/upperNodes';
import type { Clause, UpperContext } from './sources/upperNodes';

/** Parts of a statement's text by id of the plan node that comes from them, what says most first. */
export type NodeSources = ReadonlyMap<number, readonly SourceRange[]>;

/**
 * The parts of a statement that the nodes of its plan come from: a scan from its table and the conditions on it, a join
 * from its condition, a Sort from ORDER BY. A node that cannot be told for certain, or that no part asks for (Hash,
 * Gather, Materialize, Memoize, Result), has none.
 */
export function findNodeSources(statement: ParsedStatement, tree: PlanTree): NodeSources {
  const blocks = readBlocks(statement);
  if (!blocks) return new Map();
  const scopes = findPlanScopes(tree, blocks);
  const scans = findScanSources(scopes, blocks);
  const scopeOf = (node: PlanNode): PlanScope | undefined => scopes.of[node.id];
  const subplans = new Map<string, Block>();
  for (const { root, block, kind } of scopes.all) {
    if (kind !== 'subplan' || !block) continue;
    for (const [name] of (root.subplanName ?? '').matchAll(/\$?\w*\d+/g)) subplans.set(name, block);
  }
  const conjuncts = readConjuncts(blocks);
  const conditions = matchConditions({
    conjuncts,
    scans,
    scanOf: node => scans.of.get(tableScan(node)),
    subplan: number => subplans.get(number),
  });
  const places = new ClausePlaces(blocks);
  const parentOf = (node: PlanNode): PlanNode | undefined =>
    node.parentId === undefined ? undefined : tree.nodes[node.parentId];
  const queriesOf = queriesThrough(tree, scopes, scans);
  const upper: UpperContext = { blocks, places, conjuncts, conditions, scopeOf, queriesOf, parentOf, take };

  /** Ids of the nodes that carry out a clause of a query. */
  const taken = new Map<string, number[]>();
  const found = new Map<number, SourceRange[]>();
  const aliasesBelow = indexAliases(tree);
  for (const node of tree.nodes.toReversed()) {
    const ranges = unique([...wholeOf(node), ...ownRanges(node)]);
    if (ranges.length > 0) found.set(node.id, ranges);
  }
  return found;

  function take(node: PlanNode, block: Block, clause: Clause, times = 1): boolean {
    const key = `${block.enter} ${clause}`;
    const below = (taken.get(key) ?? []).filter(each => each > node.id && each < aliasesBelow.end(node));
    if (below.length >= times) return false;
    if (!taken.get(key)?.includes(node.id)) addTo(taken, key, node.id);
    return true;
  }

  /** The scan that a part of a bitmap is made for. */
  function tableScan(node: PlanNode): PlanNode {
    let reader: PlanNode | undefined = node;
    while (reader && /^Bitmap(?: Index Scan|And|Or)$/.test(reader.nodeType)) reader = parentOf(reader);
    return reader ?? node;
  }

  /** The sub-select or WITH query that the top node of its plan answers. */
  function wholeOf(node: PlanNode): SourceRange[] {
    const scope = scopeOf(node);
    if (!scope?.block || scope.root !== node) return [];
    if (scope.kind !== 'subplan' && scope.kind !== 'cte') return [];
    return some(blockRange(statement, scope.block));
  }

  function ownRanges(node: PlanNode): readonly SourceRange[] {
    const scan = scans.of.get(node);
    if (scan) return [...placeOf(scan), ...conditionRanges(node), ...withQuery(node, scan)];
    const { nodeType } = node;
    if (nodeType === 'Bitmap Index Scan') return bitmapRanges(node);
    if (/^Bitmap(?:And|Or)$/.test(nodeType)) return node.children.flatMap(child => ownRanges(child));
    const arm = scopeOf(node)?.arms.get(node);
    if (arm) return some(blockRange(statement, arm));
    if (/^(?:Hash Join|Merge Join|Nested Loop)$/.test(nodeType)) return joinRanges(node);
    if (/^(?:Append|Merge Append|SetOp|Recursive Union)$/.test(nodeType)) return appendRanges(node);
    const find = UPPER_NODES[nodeType];
    const ranges = find?.(node, upper) ?? [];
    if (ranges.length === 0 && find && !/Sort$/.test(nodeType)) return viewBelow(node);
    return [...ranges, ...conditionRanges(node)];
  }

  /** What a view does to the rows of its table comes from the view. */
  function viewBelow(node: PlanNode): SourceRange[] {
    let below: PlanNode | undefined = node;
    while (below && !scans.of.has(below)) below = below.children.length === 1 ? below.children[0] : undefined;
    const scan = below && scans.of.get(below);
    return scan?.source && scans.views.has(scan.source) ? placeOf(scan) : [];
  }

  function conditionRanges(node: PlanNode): SourceRange[] {
    return (
      conditions
        .of(node)
        // HAVING stands there as a whole
        .filter(({ conjunct }) => !conjunct.isHaving || node.nodeType !== 'Aggregate')
        .map(({ conjunct }) => conjunct.range)
        .sort((a, b) => a.start - b.start)
    );
  }

  /** A part of a bitmap whose condition is not found again, as that of a view, comes from the table at least. */
  function bitmapRanges(node: PlanNode): SourceRange[] {
    const own = conditionRanges(node);
    const top = tableScan(node);
    const scan = scans.of.get(top);
    if (own.length > 0 || !scan) return own;
    const alternatives = conditions.of(top).filter(({ conjunct }) => conjunct.marks.operators.has('or'));
    return alternatives.length > 0 ? alternatives.map(({ conjunct }) => conjunct.range) : placeOf(scan);
  }

  function placeOf({ source, block }: ScanSource): SourceRange[] {
    if (!source || block.query.kind === 'values') return some(blockRange(statement, block));
    if (source.kind === 'subquery') return some(blockRange(statement, { ...block, query: source.query }));
    if (source.kind === 'function' && !source.declared) {
      const [list] = wrappedNodes(source.node.fields.functions);
      const call = unwrap((list?.fields.items as readonly unknown[] | undefined)?.[0]);
      return some(call && statement.rangeOf(call.type, call.fields));
    }
    return some(statement.rangeOf(source.node.type, source.node.fields));
  }

  function withQuery(node: PlanNode, { source }: ScanSource): SourceRange[] {
    if (node.nodeType !== 'CTE Scan' || source?.kind !== 'cte') return [];
    const block = blocks!.of(source.cte.query);
    return block ? some(blockRange(statement, block)) : [];
  }

  function joinRanges(node: PlanNode): SourceRange[] {
    const own = conditions.of(node).map(({ conjunct }) => conjunct.range);
    if (node.nodeType !== 'Nested Loop') return own;
    const [outer, inner] = node.children.filter(({ relationship }) => !/Plan$/.test(relationship ?? ''));
    if (!outer || !inner) return own;
    return [...own, ...parameterised(inner, outer).map(({ conjunct }) => conjunct.range)];
  }

  /** The conditions of the inner side that ask for columns of the outer one. */
  function parameterised(inner: PlanNode, outer: PlanNode): MatchedCondition[] {
    const last = aliasesBelow.end(inner);
    const matched: MatchedCondition[] = [];
    for (let id = inner.id; id < last && id - inner.id < MOST_INNER_NODES; id++) {
      for (const each of conditions.of(tree.nodes[id]!)) {
        if (each.condition.columns.some(({ alias }) => alias !== undefined && aliasesBelow.has(outer, alias))) {
          matched.push(each);
        }
      }
    }
    return matched;
  }

  function appendRanges(node: PlanNode): readonly SourceRange[] {
    const scope = scopeOf(node);
    const block = scope?.setOperations.get(node) ?? onlyChildOperation(node, scope);
    if (block) return places.setOperators(leavesOf(block));
    // the partitions of one table
    const sources = new Set(node.children.map(child => scans.of.get(child)?.source));
    const [source] = sources;
    const scan = node.children[0] && scans.of.get(node.children[0]);
    return sources.size === 1 && source && scan ? placeOf(scan) : [];
  }

  /** Up to 17 a SetOp reads an Append of its two sides. */
  function onlyChildOperation(node: PlanNode, scope: PlanScope | undefined): Block | undefined {
    const [child, another] = node.children;
    return node.nodeType === 'SetOp' && child && !another ? scope?.setOperations.get(child) : undefined;
  }
}

/** The inner side of a nested loop is seldom larger; the outer loops around it look at it once each. */
const MOST_INNER_NODES = 200;

function some(range: SourceRange | undefined): SourceRange[] {
  return range ? [range] : [];
}

function unique(ranges: readonly SourceRange[]): SourceRange[] {
  const seen = new Set<string>();
  return ranges.filter(({ start, end }) => {
    const key = `${start}-${end}`;
    return start < end && !seen.has(key) && seen.add(key);
  });
}

/** Which aliases are read below a node: of each alias the ids of the nodes, of each node where its subtree ends. */
function indexAliases({ nodes }: PlanTree): {
  has(node: PlanNode, alias: string): boolean;
  end(node: PlanNode): number;
} {
  const ends = nodes.map(({ id }) => id + 1);
  for (const { id, parentId } of nodes.toReversed()) {
    if (parentId !== undefined) ends[parentId] = Math.max(ends[parentId]!, ends[id]!);
  }
  const ids = new Map<string, number[]>();
  for (const { id, alias } of nodes) if (alias !== undefined) ids.set(alias, [...(ids.get(alias) ?? []), id]);
  const end = ({ id }: PlanNode): number => ends[id]!;
  return {
    end,
    has: (node, alias) => ids.get(alias)?.some(id => id >= node.id && id < end(node)) === true,
  };
}

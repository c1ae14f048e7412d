import type { SourceRange } from '../../base/sourceRange';
import { namesOf } from '../../sql/names/namesOf';
import { bare, strings } from '../../sql/names/nodes';
import { wrappedNodes } from '../../sql/walk';
import type { PlanNode } from '../planTree';
import { rawText, rawTexts } from '../rawValue';
import type { ClausePlaces } from './clausePlaces';
import { keyExpressions, originsOf, usesIn } from './columnOrigins';
import type { PlanKey } from './conditions';
import type { Conjuncts } from './conjuncts';
import { readPlanKey } from './conditions';
import type { ConditionMatcher } from './matchConditions';
import { addTo } from './grouping';
import type { PlanScope } from './planScopes';
import type { Block, StatementBlocks } from './statementBlocks';

export interface UpperContext {
  readonly blocks: StatementBlocks;
  readonly places: ClausePlaces;
  readonly conjuncts: Conjuncts;
  readonly conditions: ConditionMatcher;
  readonly scopeOf: (node: PlanNode) => PlanScope | undefined;
  /** The queries whose rows may all come through the node, the innermost first. */
  readonly queriesOf: (node: PlanNode) => readonly Block[];
  readonly parentOf: (node: PlanNode) => PlanNode | undefined;
  /**
   * Says that a node carries out a clause of a query; false if a node below does so already. Nodes are asked from the
   * bottom up.
   * @param times how many nodes may: windows of different kinds take one each
   */
  readonly take: (node: PlanNode, block: Block, clause: Clause, times?: number) => boolean;
}

export type Clause = 'limit' | 'group' | 'aggregates' | 'distinct' | 'union' | 'windows' | 'locks';

type Find = (node: PlanNode, context: UpperContext) => readonly SourceRange[];

/** What nodes above the scans come from. A node that is not here comes from nowhere by itself. */
export const UPPER_NODES: Readonly<Record<string, Find | undefined>> = {
  Sort: sort,
  'Incremental Sort': sort,
  Aggregate: aggregate,
  Group: aggregate,
  Unique: unique,
  Limit: limit,
  WindowAgg: window,
  LockRows: (node, context) => firstTaken(node, 'locks', context, block => some(context.places.locks(block))),
};

function some(range: SourceRange | undefined): SourceRange[] {
  return range ? [range] : [];
}

function firstWith(queries: readonly Block[], find: (block: Block) => readonly SourceRange[]): readonly SourceRange[] {
  for (const block of queries) {
    const found = find(block);
    if (found.length > 0) return found;
  }
  return [];
}

/** The same of those queries whose clause no node below has carried out. */
function firstTaken(
  node: PlanNode,
  clause: Clause,
  { queriesOf, take }: UpperContext,
  find: (block: Block) => readonly SourceRange[],
): readonly SourceRange[] {
  return firstWith(queriesOf(node), block => {
    const found = find(block);
    return found.length > 0 && take(node, block, clause) ? found : [];
  });
}

function limit(node: PlanNode, context: UpperContext): readonly SourceRange[] {
  const { places, scopeOf } = context;
  const scope = scopeOf(node);
  if (scope?.kind !== 'extreme') return firstTaken(node, 'limit', context, block => places.limit(block));
  return scope.root === node && scope.block ? extreme(node, scope.block, context) : [];
}

/** min(x) is the first row of an index on x, max(x) the last one. */
function extreme(node: PlanNode, block: Block, { blocks, places, conditions }: UpperContext): SourceRange[] {
  const { columns } = namesOf(blocks.statement);
  let scan = node.children[0];
  while (scan && scan.index === undefined) scan = scan.children[0];
  const keys = rawTexts(node.raw, 'Output').map(readPlanKey);
  const fitting = places.aggregates(block).filter(({ node: { fields } }) => {
    if (!/^(?:min|max)$/.test(strings(fields.funcname).at(-1) ?? '')) return false;
    const origins = usesIn(fields.args, columns).map(use => originsOf(use, columns));
    return keys.some(key => key.columns.some(column => origins.some(each => conditions.isColumn(column, each))));
  });
  const wanted = rawText(scan?.raw ?? {}, 'Scan Direction') === 'Backward' ? 'max' : 'min';
  const exact = fitting.filter(({ node: { fields } }) => strings(fields.funcname).at(-1) === wanted);
  const [one, another] = fitting.length > 1 ? exact : fitting;
  return one && !another ? [one.range] : [];
}

/** What a Sort is for tells the node that reads it. */
function sort(node: PlanNode, context: UpperContext): readonly SourceRange[] {
  const { queriesOf, places } = context;
  const keys = rawTexts(node.raw, 'Sort Key').map(readPlanKey);
  if (keys.length === 0) return [];
  const reader = readerOf(node, context);
  const queries = queriesOf(node);
  switch (reader?.nodeType) {
    case 'Merge Join':
    case 'SetOp':
      return [];
    case 'Aggregate':
    case 'Group':
      if (rawTexts(reader.raw, 'Group Key').length > 0 || 'Grouping Sets' in reader.raw) {
        return firstWith(queries, block =>
          isKeyed(keys, groupItems(block), block, context) ? some(places.groupBy(block)) : [],
        );
      }
      return firstWith(queries, block =>
        places.aggregates(block).flatMap(call => (aggregateOrder(call.node.fields) ? [call.range] : [])),
      );
    case 'WindowAgg':
      return window(reader, context);
    case 'Unique':
      return firstWith(queries, block => {
        if (block.query.kind === 'set operation') return places.setOperators(block.children.filter(isArm));
        return [
          ...some(places.distinct(block)),
          ...(isOrdered(keys, block, context) ? some(places.orderBy(block)) : []),
        ];
      });
    default:
      return firstWith(queries, block => (isOrdered(keys, block, context) ? some(places.orderBy(block)) : []));
  }
}

function aggregateOrder(fields: Readonly<Record<string, unknown>>): boolean {
  return 'agg_order' in fields || 'agg_distinct' in fields;
}

function isArm({ role }: Block): boolean {
  return role === 'arm';
}

/** The node above that makes use of the order; a Gather Merge only keeps it. */
function readerOf(node: PlanNode, { parentOf }: UpperContext): PlanNode | undefined {
  let reader = parentOf(node);
  while (reader && /^(?:Gather Merge|Merge Append|Result|Materialize|Limit)$/.test(reader.nodeType)) {
    if (reader.relationship === 'InitPlan' || reader.relationship === 'SubPlan') return undefined;
    reader = parentOf(reader);
  }
  return reader;
}

/** True if the keys are those of ORDER BY in its order; PostgreSQL leaves out those that change nothing. */
function isOrdered(keys: readonly PlanKey[], block: Block, context: UpperContext): boolean {
  const items = wrappedNodes(block.query.node.fields.sortClause).map(({ fields }) => ({
    value: fields.node,
    descending: fields.sortby_dir === 'SORTBY_DESC',
  }));
  let at = 0;
  return keys.every(key => {
    while (at < items.length) {
      const item = items[at++]!;
      if (item.descending === key.descending && isSameKey(key, item.value, block, context)) return true;
    }
    return false;
  });
}

function isKeyed(keys: readonly PlanKey[], items: readonly unknown[], block: Block, context: UpperContext): boolean {
  return items.length > 0 && keys.every(key => items.some(item => isSameKey(key, item, block, context)));
}

function groupItems({ query }: Block): unknown[] {
  const items: unknown[] = [];
  const pending = wrappedNodes(query.node.fields.groupClause).reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'GroupingSet') pending.push(...wrappedNodes(node.fields.content).reverse());
    else if (node.type === 'RowExpr') pending.push(...wrappedNodes(node.fields.args).reverse());
    else items.push({ [node.type]: node.fields });
  }
  return items;
}

function isSameKey(key: PlanKey, item: unknown, block: Block, context: UpperContext): boolean {
  const { statement } = context.blocks;
  const { columns } = namesOf(statement);
  return keyExpressions(item, block.query, columns).some(value => {
    const uses = usesIn(value, columns);
    if (uses.length === 0 && key.columns.length === 0) return true;
    const origins = uses.map(use => originsOf(use, columns));
    // A column of a subquery may stand for an expression, whose columns are then all those of the item.
    return (
      uses.length > 0 &&
      key.columns.length > 0 &&
      key.columns.every(column => origins.some(each => context.conditions.isColumn(column, each)))
    );
  });
}

function aggregate(node: PlanNode, context: UpperContext): readonly SourceRange[] {
  const { queriesOf, places } = context;
  // a Finalize Aggregate goes on with what a Partial one below began
  const take: UpperContext['take'] = (...args) => context.take(...args) || node.raw['Partial Mode'] === 'Finalize';
  const keys = rawTexts(node.raw, 'Group Key').map(readPlanKey);
  const isGrouped = keys.length > 0 || 'Grouping Sets' in node.raw || node.nodeType === 'Group';
  const queries = queriesOf(node);
  for (const block of queries) {
    const { fields } = block.query.node;
    const calls = places.aggregates(block).map(({ range }) => range);
    if (!isGrouped) {
      const all = [...calls, ...some(places.having(block))];
      if (all.length > 0 && !fields.groupClause && take(node, block, 'aggregates')) return all;
      continue;
    }
    const isGroup = keys.length === 0 || isKeyed(keys, groupItems(block), block, context);
    if (fields.groupClause && isGroup && take(node, block, 'group')) {
      const having = rawText(node.raw, 'Filter') === undefined ? [] : some(places.having(block));
      return [...some(places.groupBy(block)), ...calls, ...having];
    }
    const isUnion = block.query.kind === 'set operation' && node.children.some(child => /Append/.test(child.nodeType));
    if (isUnion && take(node, block, 'union')) {
      return places.setOperators(block.children.filter(isArm));
    }
    // IN (...) as a join needs each value once
    const asking = block.role === 'sublink' && calls.length === 0 ? context.conjuncts.asking(block.query) : undefined;
    if (asking && take(node, block, 'distinct')) return [asking.range];
    const isOnce = fields.distinctClause && isDistinct(keys, block, context);
    if (isOnce && take(node, block, 'distinct')) return some(places.distinct(block));
  }
  return [];
}

function isDistinct(keys: readonly PlanKey[], block: Block, context: UpperContext): boolean {
  const items = block.query.outputs.flatMap(output => (output.kind === 'expression' ? [output.value] : []));
  return block.query.outputs.some(({ kind }) => kind === 'star') || isKeyed(keys, items, block, context);
}

function unique(node: PlanNode, context: UpperContext): readonly SourceRange[] {
  const { places } = context;
  return firstTaken(node, 'distinct', context, block => {
    if (block.query.kind === 'set operation') return places.setOperators(block.children.filter(isArm));
    return some(places.distinct(block));
  });
}

/** One kind of window: all that use it. Of several kinds the sort below tells which. */
function window(node: PlanNode, context: UpperContext): readonly SourceRange[] {
  const { queriesOf, places } = context;
  for (const block of queriesOf(node)) {
    const calls = places.windows(block);
    if (calls.length === 0) continue;
    const kinds = new Map<string, (typeof calls)[number][]>();
    for (const call of calls) {
      const key = windowText(call.node.fields, context);
      addTo(kinds, key, call);
    }
    if (!context.take(node, block, 'windows', kinds.size)) continue;
    if (kinds.size === 1) return calls.map(call => places.over(call));
    const keys = sortBelow(node);
    const fitting = keys
      ? [...kinds.values()].filter(([call]) => isWindowSorted(keys, call!.node.fields, block, context))
      : [];
    return fitting.length === 1 ? fitting[0]!.map(call => places.over(call)) : [];
  }
  return [];
}

function sortBelow(node: PlanNode): PlanKey[] | undefined {
  const [child] = node.children;
  if (!child || !/Sort$/.test(child.nodeType)) return undefined;
  return rawTexts(child.raw, 'Sort Key').map(readPlanKey);
}

function windowText(fields: Readonly<Record<string, unknown>>, context: UpperContext): string {
  return JSON.stringify(definitionOf(fields, context), (key, value: unknown) =>
    key === 'location' ? undefined : value,
  );
}

/** The definition of a window that is named, or written in place. */
function definitionOf(
  fields: Readonly<Record<string, unknown>>,
  { blocks }: UpperContext,
): Readonly<Record<string, unknown>> {
  const over = bare(fields.over) ?? {};
  if (typeof over.name !== 'string') return over;
  const named = blocks.all.flatMap(({ query }) => query.windows).find(({ name }) => name === over.name);
  return named ? { ...named.fields, name: undefined } : over;
}

function isWindowSorted(
  keys: readonly PlanKey[],
  fields: Readonly<Record<string, unknown>>,
  block: Block,
  context: UpperContext,
): boolean {
  const { partitionClause, orderClause } = definitionOf(fields, context);
  const items = [
    ...wrappedNodes(partitionClause).map(({ type, fields: own }) => ({ [type]: own })),
    ...wrappedNodes(orderClause).map(({ fields: own }) => own.node),
  ];
  return items.length === keys.length && keys.every((key, i) => isSameKey(key, items[i], block, context));
}

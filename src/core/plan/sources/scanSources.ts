import type { Source } from '../../sql/names/scope';
import type { PlanNode } from '../planTree';
import { addTo } from './grouping';
import type { PlanScope, PlanScopes } from './planScopes';
import type { Block, StatementBlocks } from './statementBlocks';

/** Where a scan reads: an item of FROM, or the VALUES that stand in for one. */
export interface ScanSource {
  /** Absent for VALUES. */
  readonly source?: Source;
  /** The query it is an item of. */
  readonly block: Block;
}

export interface ScanSources {
  readonly of: ReadonlyMap<PlanNode, ScanSource>;
  /** Aliases are unique in a plan. */
  readonly byAlias: ReadonlyMap<string, Source>;
  /** Items of FROM that stand for what a view reads. */
  readonly views: ReadonlySet<Source>;
  blockOf(alias: string): Block | undefined;
}

/** Finds the item of FROM of each node that reads one. */
export function findScanSources(scopes: PlanScopes, blocks: StatementBlocks): ScanSources {
  const of = new Map<PlanNode, ScanSource>();
  const byAlias = new Map<string, Source>();
  const homes = new Map<string, Block>();
  const views = new Set<Source>();
  const everywhere = indexByName(blocks);
  for (const scope of scopes.all) {
    const set = (node: PlanNode, found: ScanSource): void => {
      of.set(node, found);
      if (node.alias === undefined) return;
      homes.set(node.alias, found.block);
      if (found.source) byAlias.set(node.alias, found.source);
    };
    const scans = scope.nodes.filter(node => node.alias !== undefined);
    const view = viewOf(scope);
    if (view) {
      views.add(view);
      const block = everywhere.owner(view);
      if (block) for (const node of scans) set(node, { source: view, block });
      continue;
    }
    if (scope.block) matchScope(scope, scope.block, scans, set);
    for (const [node, source] of scope.subqueries) {
      const block = everywhere.owner(source);
      if (block) set(node, { source, block });
    }
    for (const node of scans) {
      if (of.has(node)) continue;
      const only = everywhere.only(node);
      if (only) set(node, only);
    }
  }
  // conditions above an Append name the table by the alias without a number
  for (const [alias, source] of [...byAlias]) {
    const base = alias.replace(/_\d+$/, '');
    if (byAlias.has(base) || source.name !== base) continue;
    byAlias.set(base, source);
    homes.set(base, homes.get(alias)!);
  }
  return { of, byAlias, views, blockOf: alias => homes.get(alias) };

  function viewOf(scope: PlanScope): Source | undefined {
    for (let at: PlanScope | undefined = scope; at; at = at.parent) if (at.view) return at.view;
    return undefined;
  }

  function matchScope(
    scope: PlanScope,
    block: Block,
    scans: readonly PlanNode[],
    set: (node: PlanNode, found: ScanSource) => void,
  ): void {
    const entries = rangeTable(block, scopes.claimed, blocks);
    const byName = new Map<string, Entry[]>();
    for (const entry of entries) addTo(byName, entry.name, entry);
    const groups = new Map<string, PlanNode[]>();
    for (const node of scans) {
      if (scope.subqueries.has(node) || node.nodeType === 'Subquery Scan') continue;
      addTo(groups, baseName(node, byName), node);
    }
    const used = new Set<Entry>();
    const homeless: PlanNode[] = [];
    for (const [base, nodes] of groups) {
      const named = byName.get(base);
      if (!named) homeless.push(...nodes);
      else {
        for (const [node, entry] of matchGroup(nodes, named, scope)) {
          used.add(entry);
          set(node, entry);
        }
      }
    }
    // What no item of FROM is called comes from a view, if there is one that is not read itself.
    const unread = entries.filter(entry => !used.has(entry) && entry.source?.kind === 'table');
    const [view, another] = new Set(unread.map(({ source }) => source));
    if (!view || another) return;
    for (const node of homeless) {
      if (node.relation === undefined) continue;
      views.add(view);
      set(node, { source: view, block: unread[0]!.block });
    }
  }
}

/** What PostgreSQL calls VALUES, whatever the alias. */
const VALUES = '*VALUES*';

interface Entry extends ScanSource {
  readonly name: string;
  /** It lies in a subquery that is planned by itself: its place among the others follows the plan, not the text. */
  readonly isApart: boolean;
}

/** As many items of FROM as are looked at: a CTE that is taken into its readers counts for each of them. */
const MOST_ENTRIES = 50_000;

/**
 * What a query reads, in the order PostgreSQL numbers it: its own items first, then those of sub-selects that became
 * joins, then those of subqueries (prepjointree.c appends the range table of what it pulls up).
 */
function rangeTable(root: Block, claimed: ReadonlySet<Block>, blocks: StatementBlocks): Entry[] {
  const entries: Entry[] = [];
  const expand = (block: Block, isApart: boolean, path: readonly Block[], reader?: Source): void => {
    if (entries.length > MOST_ENTRIES || path.includes(block)) return;
    const { query } = block;
    const within = [...path, block];
    const apart = isApart || (block !== root && !isSimple(block));
    if (query.kind === 'values')
      entries.push({ ...(reader && { source: reader }), block, name: VALUES, isApart: apart });
    for (const source of query.sources) {
      if (source.kind !== 'table' && source.kind !== 'function' && source.kind !== 'cte') continue;
      if (source.name !== undefined) entries.push({ source, block, name: source.name, isApart: apart });
    }
    const open = block.children.filter(child => !claimed.has(child));
    for (const child of open) if (child.role === 'sublink') expand(child, apart, within);
    for (const source of query.sources) {
      const inner = source.kind === 'subquery' ? source.query : source.kind === 'cte' ? source.cte.query : undefined;
      const child = inner && blocks.of(inner);
      if (child && !claimed.has(child)) expand(child, apart, within, source);
    }
    for (const child of open) if (child.role === 'arm' || child.role === 'input') expand(child, true, within);
  };
  expand(root, false, []);
  return entries;
}

/** What is_simple_subquery() of PostgreSQL asks before it takes a subquery into the query around. */
function isSimple({ query }: Block): boolean {
  const { fields } = query.node;
  const bars = [
    'groupClause',
    'havingClause',
    'distinctClause',
    'sortClause',
    'limitCount',
    'limitOffset',
    'withClause',
  ];
  if (query.kind !== 'select' || bars.some(name => name in fields)) return false;
  // an aggregate or window function looks like any other call: only plain columns are certain
  return query.outputs.every(
    output =>
      output.kind === 'star' || (output.kind === 'expression' && !/"FuncCall"/.test(JSON.stringify(output.value))),
  );
}

/** The alias without the number that PostgreSQL adds to tell several apart. */
function baseName(node: PlanNode, byName: ReadonlyMap<string, readonly Entry[]>): string {
  const alias = node.alias ?? '';
  const stripped = alias.replace(/_\d+$/, '');
  if (!byName.has(alias)) return stripped;
  const isRead = (name: string): boolean =>
    byName.get(name)?.some(({ source }) => source?.kind === 'table' && source.table.name === node.relation) === true;
  return !isRead(alias) && isRead(stripped) ? stripped : alias;
}

/** Nodes whose aliases differ only in the number, and the items of FROM of that name. */
function matchGroup(nodes: readonly PlanNode[], entries: readonly Entry[], scope: PlanScope): [PlanNode, Entry][] {
  const found: [PlanNode, Entry][] = [];
  const pair = (some: readonly PlanNode[], entry: Entry): void => {
    for (const node of some) found.push([node, entry]);
  };
  const byKind = new Map<string, PlanNode[]>();
  for (const node of nodes) {
    addTo(byKind, entries.some(entry => reads(node, entry)) ? (node.relation ?? node.nodeType) : '', node);
  }
  const sources = new Set(entries.map(({ source, block }) => source ?? block));
  for (const [key, some] of byKind) {
    if (key === '') {
      // Partitions and children of one table, or what a view of this name reads.
      const [table, another] = entries.filter(({ source }) => source?.kind === 'table');
      if (table && !another && some.every(({ relation }) => relation !== undefined)) pair(some, table);
      continue;
    }
    const fitting = entries.filter(entry => reads(some[0]!, entry));
    const aliases = [...new Set(some.map(({ alias }) => alias!))].sort((a, b) => aliasNumber(a) - aliasNumber(b));
    if (sources.size === 1 || new Set(fitting.map(({ source, block }) => source ?? block)).size === 1) {
      // min(x) and max(x) read the table once each
      if (aliases.length <= fitting.length || scope.kind === 'extreme' || isInherited(nodes)) pair(some, fitting[0]!);
      else
        pair(
          some.filter(({ alias }) => alias === aliases[0]),
          fitting[0]!,
        );
      continue;
    }
    if (aliases.length !== fitting.length) continue;
    const ordered = [...fitting.filter(({ isApart }) => !isApart), ...fitting.filter(({ isApart }) => isApart)];
    if (fitting.filter(({ isApart }) => isApart).length > 1) continue;
    aliases.forEach((alias, i) =>
      pair(
        some.filter(node => node.alias === alias),
        ordered[i]!,
      ),
    );
  }
  return found;
}

function aliasNumber(alias: string): number {
  return Number(/_(\d+)$/.exec(alias)?.[1] ?? 0);
}

function isInherited(nodes: readonly PlanNode[]): boolean {
  return new Set(nodes.map(({ relation }) => relation)).size > 1;
}

function reads({ nodeType, relation, schema, raw }: PlanNode, { source, name }: Entry): boolean {
  if (nodeType === 'Values Scan' || name === VALUES) return nodeType === 'Values Scan' && name === VALUES;
  if (!source) return false;
  if (source.kind === 'cte') {
    return /^(?:CTE|WorkTable) Scan$/.test(nodeType) && raw['CTE Name'] === source.cte.name;
  }
  if (source.kind === 'function') return /^(?:Table )?Function Scan$/.test(nodeType);
  if (source.kind !== 'table' || relation === undefined) return false;
  const { table } = source;
  return table.name === relation && (table.schema === undefined || schema === undefined || table.schema === schema);
}

/** Items of FROM that are the only ones of their name in the whole statement. */
function indexByName(blocks: StatementBlocks): {
  only(node: PlanNode): ScanSource | undefined;
  owner(source: Source): Block | undefined;
} {
  const byName = new Map<string, Entry[]>();
  const owners = new Map<Source, Block>();
  for (const block of blocks.all) {
    for (const source of block.query.sources) {
      owners.set(source, block);
      const { name } = source;
      if (name !== undefined && source.kind !== 'join') addTo(byName, name, { source, block, name, isApart: false });
    }
  }
  return {
    only: node => {
      const [entry, another] = byName.get(node.alias ?? '') ?? [];
      return entry && !another && reads(node, entry) ? entry : undefined;
    },
    owner: source => owners.get(source),
  };
}

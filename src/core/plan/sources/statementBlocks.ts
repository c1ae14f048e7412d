import type { SourceRange } from '../../base/sourceRange';
import { namesOf } from '../../sql/names/namesOf';
import type { Query, Source } from '../../sql/names/scope';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap, walk } from '../../sql/walk';

/** How the query around holds one. */
export type BlockRole = 'root' | 'cte' | 'from' | 'arm' | 'input' | 'sublink';

/** A query of the statement and where it stands among the others. */
export interface Block {
  readonly query: Query;
  readonly role: BlockRole;
  readonly parent?: Block;
  /** The queries directly within, in the order they are read. */
  readonly children: readonly Block[];
  readonly depth: number;
  /** All blocks within have numbers from `enter` up to, but not including, `leave`. */
  readonly enter: number;
  readonly leave: number;
  /** The `SubLink` it stands in: EXISTS (...), IN (...), a scalar sub-select. */
  readonly sublink?: object;
}

/** The queries of a statement as a tree. */
export interface StatementBlocks {
  readonly statement: ParsedStatement;
  readonly root: Block;
  readonly all: readonly Block[];
  of(query: Query): Block | undefined;
  /** The block of a `SelectStmt`, by its fields. */
  at(fields: object): Block | undefined;
}

type Draft = { -readonly [Key in keyof Block]: Block[Key] extends readonly Block[] ? Draft[] : Block[Key] };

/** Undefined for a statement without a query, or with one that is nested too deeply. */
export function readBlocks(statement: ParsedStatement): StatementBlocks | undefined {
  const { queries, complete } = namesOf(statement);
  const [first] = queries;
  if (!complete || !first) return undefined;
  const drafts = new Map<Query, Draft>();
  const byFields = new Map<object, Query>(queries.map(query => [query.node.fields, query]));
  const held = new Map<Query, { role: BlockRole; parent: Query }>();
  for (const query of queries) {
    const hold = (inner: Query | undefined, role: BlockRole): void => {
      if (inner && inner !== query && !held.has(inner)) held.set(inner, { role, parent: query });
    };
    for (const cte of query.ctes) hold(cte.query, 'cte');
    for (const source of query.sources) if (source.kind === 'subquery') hold(source.query, 'from');
    for (const arm of query.arms) hold(arm, 'arm');
    const input = unwrap(query.node.fields.selectStmt);
    hold(input && byFields.get(input.fields), 'input');
  }
  const sublinks = findSublinks(statement, byFields);
  for (const query of queries) {
    const around = held.get(query) ?? enclosing(query);
    // queries come outer ones first
    const parent = around && drafts.get(around.parent);
    const sublink = sublinks.get(query);
    const role = parent ? (around?.role ?? 'root') : 'root';
    const draft: Draft = { query, role, parent, children: [], depth: (parent?.depth ?? -1) + 1, enter: 0, leave: 0 };
    if (sublink) draft.sublink = sublink;
    drafts.set(query, draft);
    parent?.children.push(draft);
  }
  const all = [...drafts.values()];
  let number = 0;
  for (const root of all) if (!root.parent) number = numberBlocks(root, number);
  const of = (query: Query | undefined): Block | undefined => query && drafts.get(query);
  return { statement, root: drafts.get(first)!, all, of, at: fields => of(byFields.get(fields)) };
}

function enclosing(query: Query): { role: BlockRole; parent: Query } | undefined {
  for (let scope = query.outer; scope; scope = scope.outer) {
    if (scope.query) return { role: 'sublink', parent: scope.query };
  }
  return undefined;
}

function findSublinks({ tree }: ParsedStatement, byFields: ReadonlyMap<object, Query>): Map<Query, object> {
  const found = new Map<Query, object>();
  walk(tree, (type, fields) => {
    if (type !== 'SubLink') return;
    const query = byFields.get(unwrap(fields.subselect)?.fields ?? fields);
    if (query) found.set(query, fields);
  });
  return found;
}

/** Depth-first without recursion: as deep as queries are nested. */
function numberBlocks(root: Draft, from: number): number {
  let number = from;
  const pending: { block: Draft; isDone: boolean }[] = [{ block: root, isDone: false }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { block, isDone } = next;
    if (isDone) {
      block.leave = number;
      continue;
    }
    block.enter = number++;
    pending.push({ block, isDone: true });
    for (const child of block.children.toReversed()) pending.push({ block: child, isDone: false });
  }
  return number;
}

/** True for a block itself, too. */
export function isWithin(block: Block, outer: Block): boolean {
  return block.enter >= outer.enter && block.enter < outer.leave;
}

/** The smallest block around both. */
export function commonBlock(a: Block | undefined, b: Block | undefined): Block | undefined {
  if (!a || !b) return a ?? b;
  let block: Block | undefined = a;
  while (block && !isWithin(b, block)) block = block.parent;
  return block;
}

/** The text of a query, without parentheses around it. */
export function blockRange(statement: ParsedStatement, { query }: Block): SourceRange | undefined {
  return statement.rangeOf(query.node.type, query.node.fields);
}

/** The arms of a chain of UNION and the like as PostgreSQL numbers them: an arm that is a chain itself is taken apart. */
export function leavesOf(block: Block): Block[] {
  const leaves: Block[] = [];
  const pending = [block];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const arms = next.children.filter(({ role }) => role === 'arm');
    if (arms.length === 0 || (next !== block && hasOwnClauses(next.query))) leaves.push(next);
    else for (const arm of arms.toReversed()) pending.push(arm);
  }
  return leaves;
}

function hasOwnClauses({ node: { fields } }: Query): boolean {
  return ['withClause', 'sortClause', 'limitCount', 'limitOffset', 'lockingClause'].some(name => name in fields);
}

/** The items of FROM that a join is made of. */
export function leafSources(items: readonly Source[]): Source[] {
  const leaves: Source[] = [];
  const pending = [...items].reverse();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.kind === 'join') pending.push(next.right, next.left);
    else leaves.push(next);
  }
  return leaves;
}

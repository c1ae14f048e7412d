import type { SourceRange } from '../base/sourceRange';
import { binderOf } from '../catalog/binding/binder';
import type { Catalog, Column, Relation } from '../catalog/catalog';
import type { BodyContext, ParsedStatement, ParseNode } from '../sql/statement';
import { NodeIndex } from './nodeIndex';
import type { NodeMatch } from './nodeIndex';
import { asColumn } from './support/expressions';

/** A column of the catalog that a name in a statement means. */
export interface ResolvedColumn {
  readonly relation: Relation;
  readonly column: Column;
}

/** A parsed statement and what is known around it, as rules and rewrites look at it. */
export interface StatementView {
  /** Parsed without error. */
  readonly statement: ParsedStatement;
  readonly catalog: Catalog | undefined;
  /** `server_version_num` of the server the SQL is for, 180004; undefined if nobody said. */
  readonly serverVersion: number | undefined;
  /** Set when the statement stands in the body of a function, procedure or DO block. */
  readonly body: BodyContext | undefined;
  /** Nodes of the statement by type, outermost first; the tree is walked once. */
  find(type: string): readonly NodeMatch[];
  /** Text range of a node, or of the nearest node around it that has one; the whole statement at worst. */
  rangeOf(node: NodeMatch): SourceRange;
  /** See `RuleContext.resolve`. */
  resolve(column: NodeMatch): ResolvedColumn | undefined;
}

/** The view of a statement whose nodes are indexed. */
export function viewOf(
  statement: ParsedStatement,
  index: NodeIndex,
  around: Pick<StatementView, 'catalog' | 'serverVersion' | 'body'>,
): StatementView {
  const { catalog, serverVersion, body } = around;
  return {
    statement,
    catalog,
    serverVersion,
    body,
    find: type => index.find(type),
    rangeOf: node => rangeOfNode(statement, node),
    resolve: node => resolveNode(statement, node, catalog, body),
  };
}

let latest: { readonly tree: ParseNode; readonly index: NodeIndex } | undefined;

/** Asked for several times in a row: for the rules that look at the statement alone, for those of its file, for rewrites. */
export function indexOf(tree: ParseNode): NodeIndex {
  if (latest?.tree !== tree) latest = { tree, index: NodeIndex.build(tree) };
  return latest.index;
}

/** See `RuleContext.resolve`. */
export function resolveNode(
  statement: ParsedStatement,
  node: NodeMatch,
  catalog: Catalog | undefined,
  body: BodyContext | undefined,
): ResolvedColumn | undefined {
  const column = asColumn({ [node.type]: node.fields });
  // A variable of the body may be meant instead.
  if (!catalog || !column || (column.qualifier === undefined && body?.variables.has(column.name))) return undefined;
  const binding = binderOf(statement, catalog).bindFields(node.fields);
  if (binding.kind !== 'column' && binding.kind !== 'output') return undefined;
  const { base, nullExtended } = binding.column;
  // Where an outer join finds no row, a column is NULL whatever its table says.
  return base && nullExtended && base.column.notNull ? { ...base, column: { ...base.column, notNull: false } } : base;
}

/** Text range of a node, or of the nearest node around it that has one; the whole statement at worst. */
export function rangeOfNode(statement: ParsedStatement, node: NodeMatch): SourceRange {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) {
    const range = statement.rangeOf(at.type, at.fields);
    if (range) return range;
  }
  return { start: 0, end: statement.text.length };
}

import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { list } from './expressions';

/** Text range of a node as a field of another holds it. */
export function rangeOfTree(statement: ParsedStatement, tree: unknown): SourceRange | undefined {
  const node = unwrap(tree);
  return node && statement.rangeOf(node.type, node.fields);
}

/** Text of a node as a field of another holds it. */
export function textOfTree(statement: ParsedStatement, tree: unknown): string | undefined {
  const range = rangeOfTree(statement, tree);
  return range && statement.text.slice(range.start, range.end);
}

/** True if both trees say the same, wherever they stand in the text. */
export function isSameTree(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  for (const key in a) {
    if (!PLACES.has(key) && !isSameTree((a as NodeFields)[key], (b as NodeFields)[key])) return false;
  }
  for (const key in b) if (!(key in a) && !PLACES.has(key)) return false;
  return true;
}

/** Fields that say where a node stands. */
const PLACES = new Set(['location', 'rexpr_list_start', 'rexpr_list_end', 'list_start', 'list_end']);

/** The conditions an AND joins, however deep; the condition itself if it is no AND. */
export function conjuncts(condition: unknown): unknown[] {
  return flatten(condition, 'AND_EXPR');
}

/** The conditions an OR joins, however deep; the condition itself if it is no OR. */
export function disjuncts(condition: unknown): unknown[] {
  return flatten(condition, 'OR_EXPR');
}

function flatten(condition: unknown, operator: string): unknown[] {
  if (condition === undefined || condition === null) return [];
  const node = unwrap(condition);
  if (node?.type !== 'BoolExpr' || node.fields.boolop !== operator) return [condition];
  return list(node.fields.args).flatMap(argument => flatten(argument, operator));
}

/** True if the node is the ancestor, or stands below it. */
export function isWithin(node: NodeMatch, ancestor: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** A node that was read from a field, with the way back to the root. */
export function matchBelow(parent: NodeMatch, key: string, tree: unknown): NodeMatch | undefined {
  const node = unwrap(tree);
  return node && { type: node.type, fields: node.fields, parent, key };
}

/** True if the node is an OR or AND of the topmost kind: not itself an argument of the same operator. */
export function isOutermost(condition: NodeMatch): boolean {
  return condition.parent?.type !== 'BoolExpr' || condition.parent.fields.boolop !== condition.fields.boolop;
}

/** The expressions a query selects, without their names. */
export function selectedValues(query: NodeFields): unknown[] {
  return list(query.targetList).map(target => unwrap(target)?.fields.val);
}

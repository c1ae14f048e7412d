import type { ParseNode } from './statement';
import { unwrappedType } from './unwrappedFields';

/** A node of the parse tree with its type named, whether or not the tree wraps it. */
export interface TypedNode {
  readonly type: string;
  readonly fields: Record<string, unknown>;
}

/** Return false to leave out what is below the node. `ancestors` has the outermost first; copy it to keep it. */
export type Visitor = (type: string, fields: Record<string, unknown>, ancestors: readonly TypedNode[]) => void | false;

/**
 * Visits every node below (and including) `tree`, parents before children, in the order of the tree's fields, which
 * for most nodes is the order of the grammar and not of the text. Takes a wrapped node (`{ SelectStmt: ... }`), an
 * array of them, or undefined. Nodes the tree does not wrap (`larg`, `relation`, `typeName`, ...) are visited under
 * their proper type. Not recursive, so deep trees are safe.
 */
export function walk(tree: unknown, visitor: Visitor): void {
  const ancestors: TypedNode[] = [];
  const pending: { node: TypedNode; depth: number }[] = [];
  const push = (nodes: TypedNode[], depth: number): void => {
    for (let i = nodes.length - 1; i >= 0; i--) pending.push({ node: nodes[i]!, depth });
  };
  push(wrappedNodes(tree), 0);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, depth } = next;
    ancestors.length = depth;
    if (visitor(node.type, node.fields, ancestors) === false) continue;
    ancestors.push(node);
    push(childrenOf(node.type, node.fields), depth + 1);
  }
}

/** The nodes directly below one, through arrays and list wrappers of the JSON form. */
export function childrenOf(type: string, fields: object): TypedNode[] {
  const children: TypedNode[] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'object' && value !== null) collect(type, field, value, children);
  }
  return children;
}

/** The nodes of a field's value: one node, an array of nodes, or nothing. */
export function wrappedNodes(value: unknown): TypedNode[] {
  const nodes: TypedNode[] = [];
  if (typeof value === 'object' && value !== null) collect('', '', value, nodes);
  return nodes;
}

/** The wrapper opened: `{ ColumnRef: {...} }` gives type and fields. Undefined for anything else. */
export function unwrap(value: unknown): TypedNode | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  let type: string | undefined;
  // Trees are plain objects; a list of their keys would be made for each node looked at.
  for (const key in value) {
    if (type !== undefined) return undefined;
    type = key;
  }
  if (type === undefined || !isTypeName(type)) return undefined;
  const fields = (value as ParseNode)[type];
  return typeof fields === 'object' && fields !== null
    ? { type, fields: fields as Record<string, unknown> }
    : undefined;
}

/** Types of nodes begin with a capital, fields with a small letter. */
function isTypeName(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 65 && code <= 90;
}

function collect(parentType: string, field: string, value: object, into: TypedNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      if (typeof item === 'object' && item !== null) collect(parentType, field, item, into);
    }
    return;
  }
  const wrapped = unwrap(value);
  if (wrapped) {
    into.push(wrapped);
    return;
  }
  const type = unwrappedType(parentType, field);
  if (type !== undefined) into.push({ type, fields: value as Record<string, unknown> });
}

import type { ParseNode } from '../sql/statement';
import { unwrappedType } from '../sql/unwrappedFields';
import { unwrap } from '../sql/walk';

/** Fields of a node, without the wrapper that names its type. */
export type NodeFields = Readonly<Record<string, unknown>>;

/** A node of the parse tree with the way back to the root. */
export interface NodeMatch {
  /** PostgreSQL's name of the node, `SelectStmt`. */
  readonly type: string;
  readonly fields: NodeFields;
  readonly parent?: NodeMatch;
  /** The field of the parent it was found in, `whereClause`. */
  readonly key: string;
}

/** All nodes of one statement, grouped by type, in the order of the tree. */
export class NodeIndex {
  private readonly byType = new Map<string, NodeMatch[]>();

  private constructor() {}

  /** Walks the tree once. Iterative, so that a chain of thousands of operators does not exhaust the stack. */
  static build(tree: ParseNode): NodeIndex {
    const index = new NodeIndex();
    const pending: { value: unknown; parent: NodeMatch | undefined; key: string }[] = [
      { value: tree, parent: undefined, key: '' },
    ];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { value, parent, key } = next;
      if (typeof value !== 'object' || value === null) continue;
      if (Array.isArray(value)) {
        for (let i = value.length - 1; i >= 0; i--) pending.push({ value: value[i], parent, key });
        continue;
      }
      const match = asMatch(value as ParseNode, parent, key);
      if (match) index.add(match);
      const fields = match ? match.fields : (value as NodeFields);
      const keys = Object.keys(fields);
      for (let i = keys.length - 1; i >= 0; i--) {
        const name = keys[i]!;
        const child = fields[name];
        if (typeof child === 'object') pending.push({ value: child, parent: match ?? parent, key: match ? name : key });
      }
    }
    return index;
  }

  /** Nodes of one type, outermost and leftmost first. */
  find(type: string): readonly NodeMatch[] {
    return this.byType.get(type) ?? [];
  }

  /** The types the statement has, in the order they are first met. */
  get types(): readonly string[] {
    return [...this.byType.keys()];
  }

  private add(match: NodeMatch): void {
    const known = this.byType.get(match.type);
    if (known) known.push(match);
    else this.byType.set(match.type, [match]);
  }
}

function asMatch(value: ParseNode, parent: NodeMatch | undefined, key: string): NodeMatch | undefined {
  const wrapped = unwrap(value);
  if (wrapped) return { type: wrapped.type, fields: wrapped.fields, parent, key };
  const bare = parent && unwrappedType(parent.type, key);
  return bare === undefined ? undefined : { type: bare, fields: value, parent, key };
}

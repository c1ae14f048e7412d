import type { Catalog } from '../catalog/catalog';
import type { ParseNode } from '../sql/statement';
import { unwrappedType } from '../sql/unwrappedFields';
import { unwrap } from '../sql/walk';
import { list, operatorOf } from './support/expressions';
import type { FromItem } from './support/fromItems';

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
  /** What several rules ask about a query; a node lives as long as the linting of its statement. */
  from?: KnownFrom;
}

/** Kept by `fromItems` and `connectedGroups`. A WeakMap in its place took longer than what it spared. */
interface KnownFrom {
  readonly catalog: Catalog | undefined;
  readonly items: readonly FromItem[];
  /** Null if they cannot be told. */
  groups?: readonly FromItem[][] | null;
}

/** Clauses of a query that few queries have: those are listed by them too. */
const CLAUSES = [
  'distinctClause',
  'intoClause',
  'groupClause',
  'havingClause',
  'sortClause',
  'limitCount',
  'limitOffset',
  'larg',
] as const;

// What is left to look at, as three stacks: an object for each entry would be half of all that is allocated here.
const values: unknown[] = [];
const parents: (NodeMatch | undefined)[] = [];
const keys: string[] = [];

/** What was put on the stacks last comes off first: the first field of a node is to be looked at first. */
function reverseFrom(start: number): void {
  for (let low = start, high = values.length - 1; low < high; low++, high--) {
    const value = values[low];
    values[low] = values[high];
    values[high] = value;
    const key = keys[low]!;
    keys[low] = keys[high]!;
    keys[high] = key;
  }
}

/**
 * All nodes of one statement, grouped by type, in the order of the tree. By what a rule looks for they are listed too,
 * so that most statements are spared its look: a `SelectStmt` by its rarer clauses (`limitOffset`; `larg` for UNION and
 * the like; `,` for several items after FROM), an `A_Expr` by its kind (`AEXPR_IN`) or its operator if that is not `=`,
 * an `A_Const` that is NULL as `isnull`.
 */
export class NodeIndex {
  private readonly byType = new Map<string, NodeMatch[]>();

  private constructor() {}

  /** Walks the tree once. Iterative, so that a chain of thousands of operators does not exhaust the stack. */
  static build(tree: ParseNode): NodeIndex {
    const index = new NodeIndex();
    values.length = parents.length = keys.length = 0;
    values.push(tree);
    parents.push(undefined);
    keys.push('');
    while (values.length > 0) {
      const value = values.pop();
      const parent = parents.pop();
      const key = keys.pop()!;
      if (typeof value !== 'object' || value === null) continue;
      if (Array.isArray(value)) {
        for (let i = value.length - 1; i >= 0; i--) {
          values.push(value[i]);
          parents.push(parent);
          keys.push(key);
        }
        continue;
      }
      const match = asMatch(value as ParseNode, parent, key);
      if (match) index.add(match);
      // Below a constant there is only its value, and to look at it is to depend on it.
      if (match?.type === 'A_Const') continue;
      const fields = match ? match.fields : (value as NodeFields);
      const first = values.length;
      for (const name in fields) {
        const child = fields[name];
        if (typeof child !== 'object') continue;
        values.push(child);
        parents.push(match ?? parent);
        keys.push(match ? name : key);
      }
      reverseFrom(first);
    }
    return index;
  }

  /** Nodes of one type, outermost and leftmost first. */
  find(type: string): readonly NodeMatch[] {
    return this.byType.get(type) ?? [];
  }

  /** The types the statement has, in the order they are first met. */
  get types(): Iterable<string> {
    return this.byType.keys();
  }

  private add(match: NodeMatch): void {
    const { type, fields } = match;
    this.addAs(type, match);
    if (type === 'SelectStmt') {
      for (const clause of CLAUSES) if (fields[clause] !== undefined) this.addAs(clause, match);
      if (list(fields.fromClause).length > 1) this.addAs(',', match);
    } else if (type === 'A_Expr') {
      const { kind } = fields;
      if (typeof kind === 'string' && kind !== 'AEXPR_OP') this.addAs(kind, match);
      const operator = operatorOf(fields);
      if (operator !== undefined && operator !== '=') this.addAs(operator, match);
    } else if (type === 'A_Const' && fields.isnull === true) this.addAs('isnull', match);
  }

  private addAs(type: string, match: NodeMatch): void {
    const known = this.byType.get(type);
    if (known) known.push(match);
    else this.byType.set(type, [match]);
  }
}

function asMatch(value: ParseNode, parent: NodeMatch | undefined, key: string): NodeMatch | undefined {
  const wrapped = unwrap(value);
  if (wrapped) return { type: wrapped.type, fields: wrapped.fields, parent, key, from: undefined };
  const bare = parent && unwrappedType(parent.type, key);
  return bare === undefined ? undefined : { type: bare, fields: value, parent, key, from: undefined };
}

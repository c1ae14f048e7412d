import type { LocatedStatement, ParseNode } from '../sql/statement';
import { unwrap } from '../sql/walk';
import type { NodeFields } from './nodeIndex';

/** An index some statement of the file creates, as far as a rule needs it. */
export interface FileIndex {
  readonly schema?: string;
  readonly table: string;
  /** Plain key columns in order; an expression is `undefined`. */
  readonly keys: readonly (string | undefined)[];
  readonly partial: boolean;
}

/** What the other statements of the same file mean for this one. */
export interface FileContext {
  /** The statement runs after a BEGIN of this file that no COMMIT or ROLLBACK has ended. */
  readonly inTransaction: boolean;
  /** True if an earlier statement of the file creates the table, which is therefore new. */
  isCreatedBefore(table: string, schema?: string): boolean;
  /** All indexes the file creates on a table, before or after this statement. */
  indexesOn(table: string, schema?: string): readonly FileIndex[];
}

/** For a statement linted alone. */
export const EMPTY_FILE: FileContext = {
  inTransaction: false,
  isCreatedBefore: () => false,
  indexesOn: () => [],
};

const FACT_KINDS: ReadonlySet<string> = new Set(['CreateStmt', 'CreateTableAsStmt', 'IndexStmt', 'TransactionStmt']);

/** Indexes read from their statements, kept with the tree. */
const indexOfTree = new WeakMap<ParseNode, FileIndex>();

/**
 * Facts about a script, gathered in one pass over the kinds of its statements, cheap enough to run after each edit:
 * statements other than DDL and transaction control cost one property read.
 */
export class FileFacts {
  /** By bare table name, since a name without a schema may mean a table created with one. */
  private readonly created = new Map<string, { readonly schema: string | undefined; readonly number: number }[]>();
  private readonly indexes = new Map<string, FileIndex[]>();
  /** Statement numbers at which a transaction begins and ends, alternating. */
  private readonly transactionBounds: number[] = [];

  private constructor() {}

  static gather(statements: readonly LocatedStatement[]): FileFacts {
    const facts = new FileFacts();
    for (let number = 0; number < statements.length; number++) {
      const { kind, tree } = statements[number]!.statement;
      if (tree === undefined || kind === undefined || !FACT_KINDS.has(kind)) continue;
      const fields = unwrap(tree)?.fields;
      if (fields === undefined) continue;
      if (kind === 'CreateStmt') facts.addTable(fields.relation, number);
      else if (kind === 'CreateTableAsStmt') facts.addTable((fields.into as NodeFields | undefined)?.rel, number);
      else if (kind === 'IndexStmt') facts.addIndex(tree, fields);
      else facts.addBound(String(fields.kind), number);
    }
    return facts;
  }

  /** The context of the statement with this number. */
  contextOf(number: number): FileContext {
    return {
      inTransaction: countBelow(this.transactionBounds, number) % 2 === 1,
      isCreatedBefore: (table, schema) =>
        (this.created.get(table) ?? []).some(made => made.number < number && sameSchema(made.schema, schema)),
      indexesOn: (table, schema) => (this.indexes.get(table) ?? []).filter(index => sameSchema(index.schema, schema)),
    };
  }

  private addTable(relation: unknown, number: number): void {
    const range = relation as NodeFields | undefined;
    if (typeof range?.relname !== 'string') return;
    const schema = typeof range.schemaname === 'string' ? range.schemaname : undefined;
    append(this.created, range.relname, { schema, number });
  }

  private addIndex(tree: ParseNode, fields: NodeFields): void {
    const known = indexOfTree.get(tree) ?? readIndex(fields);
    if (known === undefined) return;
    indexOfTree.set(tree, known);
    append(this.indexes, known.table, known);
  }

  private addBound(kind: string, number: number): void {
    const open = this.transactionBounds.length % 2 === 1;
    const begins = kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START';
    const ends = kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_PREPARE';
    if ((begins && !open) || (ends && open)) this.transactionBounds.push(number);
  }
}

function readIndex(fields: NodeFields): FileIndex | undefined {
  const relation = fields.relation as NodeFields | undefined;
  if (typeof relation?.relname !== 'string') return undefined;
  const parameters = Array.isArray(fields.indexParams) ? fields.indexParams : [];
  return {
    schema: typeof relation.schemaname === 'string' ? relation.schemaname : undefined,
    table: relation.relname,
    keys: parameters.map(parameter => {
      const name = unwrap(parameter)?.fields.name;
      return typeof name === 'string' ? name : undefined;
    }),
    partial: fields.whereClause !== undefined,
  };
}

function sameSchema(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** How many of the ascending numbers are smaller than `limit`. */
function countBelow(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

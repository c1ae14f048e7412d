import type { SourceRange } from '../../base/sourceRange';
import type { Binder } from '../../catalog/binding/binder';
import { expressionType } from '../../catalog/binding/expressionType';
import type { Catalog, Column, Relation } from '../../catalog/catalog';
import { contains, functionName, list } from '../../rules/support/expressions';
import type { NodeFields } from '../../rules/nodeIndex';
import { quoteIdentifier } from '../../sql/identifiers';
import type { ParsedStatement } from '../../sql/statement';
import { childrenOf, unwrap, walk, type TypedNode } from '../../sql/walk';

/** A table in FROM. Two mentions of the same table are told apart by their place in the text. */
export interface Instance {
  /** `public.orders#0`. */
  readonly id: string;
  /** What qualifies its columns in the statement. */
  readonly alias: string;
  readonly relation: Relation;
  /** On the side of an outer join that may be filled up with NULLs. */
  readonly nullExtended: boolean;
}

export interface InstanceColumn {
  readonly instance: Instance;
  readonly column: Column;
}

/** An expression over the tables of FROM, comparable between statements. */
export interface Expression {
  /** Equal for two expressions that say the same of the same tables. */
  readonly key: string;
  readonly node: TypedNode;
  readonly columns: readonly InstanceColumn[];
  /** As `format_type` prints it; absent if it is not plain to see. */
  readonly type?: string;
  readonly statement: ParsedStatement;
}

/** What the names of one statement mean, and its expressions in a form that can be compared. */
export class Expressions {
  constructor(
    readonly statement: ParsedStatement,
    private readonly binder: Binder,
    readonly instances: readonly Instance[],
    /** The instances by the fields of their `RangeVar`. */
    private readonly byFields: ReadonlyMap<object, Instance>,
  ) {}

  /** Undefined if it names something that is no column of a table in FROM. */
  read(node: TypedNode): Expression | undefined {
    const columns: InstanceColumn[] = [];
    let isKnown = true;
    walk({ [node.type]: node.fields }, (type, fields) => {
      if (type !== 'ColumnRef' || this.isPlaceholder(type, fields)) return;
      const column = this.columnOf(fields);
      if (column) columns.push(column);
      else isKnown = false;
    });
    if (!isKnown) return undefined;
    const type = expressionType({ [node.type]: node.fields }, fields => this.columnOf(fields)?.column.type);
    return {
      key: this.keyOf(node),
      node,
      columns,
      ...(type !== undefined && { type }),
      statement: this.statement,
    };
  }

  /** The column of a table in FROM that a `ColumnRef` means. */
  columnOf(fields: object): InstanceColumn | undefined {
    const binding = this.binder.bindFields(fields);
    if (binding.kind !== 'column') return undefined;
    const { base, source } = binding.column;
    const instance = source && this.byFields.get(source.node.fields);
    return base && instance ? { instance, column: base.column } : undefined;
  }

  /** The select list's item that a bare name in GROUP BY or ORDER BY means. */
  outputOf(fields: object): string | undefined {
    const binding = this.binder.bindFields(fields);
    return binding.kind === 'output' ? binding.column.name : undefined;
  }

  /** The text of an expression, its columns written for the given aliases; bare without aliases. */
  textOf(node: TypedNode, aliases: ReadonlyMap<string, string>): string {
    const range = this.statement.rangeOf(node.type, node.fields);
    if (!range) return '';
    const edits: { range: SourceRange; text: string }[] = [];
    walk({ [node.type]: node.fields }, (type, fields) => {
      if (type !== 'ColumnRef' || this.isPlaceholder(type, fields)) return;
      const found = this.columnOf(fields);
      const at = this.statement.rangeOf(type, fields);
      if (!found || !at) return;
      const alias = aliases.get(found.instance.id);
      const name = quoteIdentifier(found.column.name);
      edits.push({ range: at, text: alias === undefined ? name : `${quoteIdentifier(alias)}.${name}` });
    });
    return applyEdits(this.statement.text, range, edits);
  }

  hasPlaceholder(node: TypedNode): boolean {
    const range = this.statement.rangeOf(node.type, node.fields);
    return !range || this.statement.placeholders.some(({ range: at }) => overlap(at, range));
  }

  private isPlaceholder(type: string, fields: object): boolean {
    if (this.statement.placeholders.length === 0) return false;
    const range = this.statement.rangeOf(type, fields);
    return !!range && this.statement.placeholders.some(({ range: at }) => overlap(at, range));
  }

  private keyOf({ type, fields }: TypedNode): string {
    if (type === 'ColumnRef') {
      const column = this.columnOf(fields);
      return column ? `${column.instance.id}.${column.column.name}` : JSON.stringify(withoutPlaces(fields));
    }
    // date(x) is what x::date means.
    if (type === 'FuncCall' && functionName(fields) === 'date' && list(fields.args).length === 1) {
      const argument = unwrap(list(fields.args)[0]);
      if (argument) return `date(${this.keyOf(argument)})`;
    }
    if (type === 'TypeCast' && isCastTo(fields, 'date')) {
      const argument = unwrap(fields.arg);
      if (argument) return `date(${this.keyOf(argument)})`;
    }
    const own = withoutPlaces(fields, () => '?');
    return `${type}${JSON.stringify(own)}(${childrenOf(type, fields)
      .map(child => this.keyOf(child))
      .join(',')})`;
  }
}

/** The edits applied to a part of the text; they must not overlap. */
export function applyEdits(
  text: string,
  { start, end }: SourceRange,
  edits: readonly { readonly range: SourceRange; readonly text: string }[],
): string {
  const parts: string[] = [];
  let at = start;
  for (const edit of [...edits].sort((a, b) => a.range.start - b.range.start)) {
    parts.push(text.slice(at, edit.range.start), edit.text);
    at = edit.range.end;
  }
  return parts.join('') + text.slice(at, end);
}

const PLACE = /location$|_start$|_end$/;

/** The scalar fields of a node; what is below it is the caller's. */
function withoutPlaces(fields: object, below: (value: object) => unknown = value => value): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (PLACE.test(key)) continue;
    own[key] = typeof value === 'object' && value !== null && !isLeaf(key) ? below(value as object) : value;
  }
  return own;
}

/** Constants and names are objects too, and say what the node is. */
function isLeaf(key: string): boolean {
  return ['ival', 'fval', 'sval', 'boolval', 'bsval'].includes(key);
}

export function isCastTo(fields: NodeFields, name: string): boolean {
  const names = list((fields.typeName as NodeFields | undefined)?.names);
  return unwrap(names.at(-1))?.fields.sval === name;
}

/** Their value is another at another moment or for another user, so that a stored result would be frozen. */
const MOVING: ReadonlySet<string> = new Set(
  `now clock_timestamp statement_timestamp transaction_timestamp timeofday random random_normal gen_random_uuid
  uuidv4 uuidv7 nextval currval lastval current_setting pg_backend_pid txid_current pg_current_xact_id setseed
  current_database current_schema inet_client_addr`.split(/\s+/),
);

/** True if the expression may give another value tomorrow with the same rows: `now()`, `random()`, `current_user`. */
export function isMoving({ type, fields }: TypedNode, catalog: Catalog): boolean {
  return contains({ [type]: fields }, (nodeType, nodeFields) => {
    if (nodeType === 'SQLValueFunction') return true;
    if (nodeType !== 'FuncCall') return false;
    const name = functionName(nodeFields);
    if (name === undefined) return true;
    if (MOVING.has(name) || (name === 'age' && list(nodeFields.args).length === 1)) return true;
    const own = catalog.functions?.filter(routine => routine.name === name) ?? [];
    return own.some(({ volatility, kind }) => kind === 'function' && volatility !== 'immutable');
  });
}

/** Give another value at each call. */
const VOLATILE: ReadonlySet<string> = new Set(
  `clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 nextval setval setseed pg_sleep`.split(
    /\s+/,
  ),
);

/** True if the expression may give another value for each row. */
export function isVolatile({ type, fields }: TypedNode, catalog: Catalog): boolean {
  return contains({ [type]: fields }, (nodeType, nodeFields) => {
    if (nodeType !== 'FuncCall') return false;
    const name = functionName(nodeFields);
    const own = catalog.functions?.filter(routine => routine.name === name) ?? [];
    return name === undefined || VOLATILE.has(name) || own.some(({ volatility }) => volatility === 'volatile');
  });
}

function overlap(a: SourceRange, b: SourceRange): boolean {
  return a.start < b.end && b.start < a.end;
}

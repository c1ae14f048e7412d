import type { ParsedStatement } from '../../sql/statement';
import { child, isNode, list, asNode, stringOf, type Node } from './parseTree';
import { columnOf, type TableAccess } from './tableAccess';

/** A name a FROM clause brings into scope: a table, or something without indexes of its own. */
export interface Scoped {
  readonly access?: TableAccess;
  readonly columns: ReadonlySet<string>;
  /** Of a view, subquery or CTE: those of its columns that are a table's, to which conditions on them are passed down. */
  readonly outputs?: ReadonlyMap<string, Resolved>;
}

export type Scope = Map<string, Scoped>;

/** A column of a table mentioned in the statement. */
export interface Resolved {
  readonly access: TableAccess;
  readonly column: string;
}

export interface Literal {
  readonly sql: string;
  /** Without quotes; booleans as `t` and `f`, as in `pg_stats`. */
  readonly value: string;
}

/** What the nodes of a place in a statement mean: the innermost scope comes first. */
export class Names {
  constructor(
    private readonly source: ParsedStatement,
    readonly scopes: readonly Scope[],
  ) {}

  within(scope: Scope): Names {
    return new Names(this.source, [scope, ...this.scopes]);
  }

  /** The table column a node is. A cast column cannot use an index on the column, and is none. */
  column(node: unknown): Resolved | undefined {
    const columnRef = child(node, 'ColumnRef');
    return columnRef && !this.isPlaceholder('ColumnRef', columnRef) ? this.resolve(columnRef) : undefined;
  }

  resolve(columnRef: Node): Resolved | undefined {
    const names = list(columnRef.fields).map(stringOf);
    const column = names.at(-1);
    if (column === undefined) return undefined;
    const owner = names.length > 1 ? names.at(-2) : undefined;
    for (const scope of this.scopes) {
      for (const [alias, scoped] of scope) {
        if (owner !== undefined ? alias !== owner : !scoped.columns.has(column)) continue;
        if (scoped.outputs) return scoped.outputs.get(column);
        return scoped.access && scoped.columns.has(column) ? { access: scoped.access, column } : undefined;
      }
    }
    return undefined;
  }

  /** True for what the executor knows before it reads the table: literals, parameters, now(). */
  isConstant(node: unknown): boolean {
    if (!isNode(node)) return false;
    if ('A_Const' in node || 'ParamRef' in node || 'SQLValueFunction' in node) return true;
    const columnRef = child(node, 'ColumnRef');
    if (columnRef) return this.isPlaceholder('ColumnRef', columnRef);
    const cast = child(node, 'TypeCast');
    if (cast) return this.isConstant(cast.arg);
    const expression = child(node, 'A_Expr');
    if (expression)
      return (!expression.lexpr || this.isConstant(expression.lexpr)) && this.isConstant(expression.rexpr);
    const parts = child(node, 'FuncCall')?.args ?? child(node, 'A_ArrayExpr')?.elements ?? child(node, 'RowExpr')?.args;
    if (child(node, 'FuncCall') && parts === undefined) return true;
    return parts !== undefined && list(parts).every(part => this.isConstant(part));
  }

  /** A literal of the statement's own text; placeholders are none. */
  literal(node: unknown): Literal | undefined {
    const constant = child(node, 'A_Const') ?? child(child(node, 'TypeCast')?.arg, 'A_Const');
    if (!constant || this.isPlaceholder('A_Const', constant)) return undefined;
    const text = asNode(constant.sval);
    if (text) {
      const value = String(text.sval ?? '');
      return value.includes('\\') ? undefined : { sql: `'${value.replace(/'/g, "''")}'`, value };
    }
    const bool = asNode(constant.boolval);
    if (bool) return { sql: bool.boolval ? 'true' : 'false', value: bool.boolval ? 't' : 'f' };
    const number = asNode(constant.ival) ? String(asNode(constant.ival)?.ival ?? 0) : asNode(constant.fval)?.fval;
    return number === undefined ? undefined : { sql: String(number), value: String(number) };
  }

  private isPlaceholder(type: string, fields: Node): boolean {
    if (this.source.placeholders.length === 0) return false;
    const range = this.source.rangeOf(type, fields);
    return !!range && this.source.placeholders.some(({ range: at }) => at.start < range.end && range.start < at.end);
  }
}

/** The type of a column as `format_type` prints it; empty if unknown. */
export function typeOf({ access, column }: Resolved): string {
  return columnOf(access.relation, column)?.type ?? '';
}

import type { Catalog, Relation } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { ParsedStatement } from '../../sql/statement';

type Node = Readonly<Record<string, unknown>>;

/** How a column is compared with a value known when the statement runs. */
export type EqualityKind = 'value' | 'in' | 'null' | 'boolean';

export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
  readonly nulls?: 'first' | 'last';
}

/** A condition that may become the predicate of a partial index: literals only, nothing that changes with time. */
export interface ConstantPredicate {
  readonly text: string;
  readonly column: string;
  /** The literal an equality compares with, without quotes; used to look up its frequency. */
  readonly value?: string;
  /** True for `column = value` and `column IS NULL`: the column is fixed and need not be a key. */
  readonly fixesColumn: boolean;
}

export interface ExpressionUse {
  /** As it stands in CREATE INDEX, parenthesised where needed. */
  readonly text: string;
  readonly column: string;
  readonly use: 'equality' | 'range' | 'order';
}

export type InvertedKind = 'jsonb contains' | 'jsonb key' | 'array' | 'text search' | 'substring';

/** What one mention of a table in a statement asks of its access paths. */
export interface TableAccess {
  readonly relation: Relation;
  readonly equality: Map<string, EqualityKind>;
  readonly range: Set<string>;
  /** Columns compared with a column of another table (or of an outer query). */
  readonly join: Set<string>;
  /** Columns compared inside an OR. */
  readonly either: Set<string>;
  /** Columns with LIKE 'prefix%'. */
  readonly prefix: Set<string>;
  order: readonly SortKey[];
  limited: boolean;
  group: readonly string[];
  /** Every column the statement reads of it. */
  readonly needed: Set<string>;
  readonly predicates: ConstantPredicate[];
  readonly expressions: ExpressionUse[];
  readonly inverted: { readonly column: string; readonly kind: InvertedKind }[];
}

/** Functions PostgreSQL marks IMMUTABLE, so that they may stand in an index. */
const INDEXABLE_FUNCTIONS = new Set([
  'lower',
  'upper',
  'left',
  'right',
  'substr',
  'md5',
  'btrim',
  'ltrim',
  'rtrim',
  'abs',
  'length',
]);
/** Casts that are IMMUTABLE from text, so that `(data->>'k')::int` may stand in an index. */
const INDEXABLE_CASTS = new Set(['int2', 'int4', 'int8', 'numeric', 'text', 'float8', 'uuid']);

/** A name a FROM clause brings into scope: a table, or something without indexes of its own. */
interface Scoped {
  readonly access?: TableAccess;
  readonly columns: ReadonlySet<string>;
}
type Scope = Map<string, Scoped>;
type Ctes = ReadonlyMap<string, ReadonlySet<string>>;
interface Resolved {
  readonly access: TableAccess;
  readonly column: string;
}

/** Reads a statement's tables and conditions. Relations the catalog does not know, views and CTEs have no entry. */
export function readAccessPaths(statement: ParsedStatement, catalog: Catalog): TableAccess[] {
  if (!statement.tree) return [];
  const reader = new Reader(statement, catalog);
  reader.statement(statement.tree, [], new Map());
  return reader.accesses;
}

class Reader {
  readonly accesses: TableAccess[] = [];

  constructor(
    private readonly source: ParsedStatement,
    private readonly catalog: Catalog,
  ) {}

  /** Any statement node; those without a query inside are passed over. */
  statement(node: unknown, scopes: readonly Scope[], ctes: Ctes): void {
    const select = child(node, 'SelectStmt');
    if (select) return this.select(select, scopes, ctes);
    const change = child(node, 'UpdateStmt') ?? child(node, 'DeleteStmt');
    if (change) return this.change(change, scopes, ctes);
    const insert = child(node, 'InsertStmt');
    if (insert) return this.statement(insert.selectStmt, scopes, this.withClause(insert, scopes, ctes));
    for (const wrapper of ['ExplainStmt', 'PrepareStmt', 'CreateTableAsStmt', 'DeclareCursorStmt']) {
      const inner = child(node, wrapper);
      if (inner) return this.statement(inner.query, scopes, ctes);
    }
  }

  private select(select: Node, scopes: readonly Scope[], outer: Ctes): void {
    const ctes = this.withClause(select, scopes, outer);
    if (select.larg || select.rarg) {
      // arms of a set operation come without the SelectStmt wrapper
      for (const arm of [select.larg, select.rarg])
        if (isNode(arm)) this.select(child(arm, 'SelectStmt') ?? arm, scopes, ctes);
      return;
    }
    const scope: Scope = new Map();
    const conditions: unknown[] = [];
    for (const item of list(select.fromClause)) this.from(item, scope, conditions, scopes, ctes);
    const inner = [scope, ...scopes];
    if (select.whereClause) conditions.push(select.whereClause);
    for (const condition of conditions) this.condition(condition, inner, false);
    for (const part of ['targetList', 'groupClause', 'havingClause', 'sortClause', 'distinctClause', 'windowClause'])
      this.references(select[part], inner, ctes);
    this.references(conditions, inner, ctes);
    this.ordering(select, inner);
  }

  private change(change: Node, scopes: readonly Scope[], outer: Ctes): void {
    const ctes = this.withClause(change, scopes, outer);
    const scope: Scope = new Map();
    const conditions: unknown[] = [];
    this.from({ RangeVar: change.relation }, scope, conditions, scopes, ctes);
    for (const item of [...list(change.fromClause), ...list(change.usingClause)])
      this.from(item, scope, conditions, scopes, ctes);
    const inner = [scope, ...scopes];
    if (change.whereClause) conditions.push(change.whereClause);
    for (const condition of conditions) this.condition(condition, inner, false);
    this.references([change.targetList, conditions, change.returningList], inner, ctes);
    // the row itself is fetched to be changed: an index-only scan is out of reach
    const target = [...scope.values()][0]?.access;
    for (const column of target?.relation.columns ?? []) target?.needed.add(column.name);
  }

  private withClause(node: Node, scopes: readonly Scope[], outer: Ctes): Ctes {
    const ctes = new Map(outer);
    for (const item of list(asNode(node.withClause)?.ctes)) {
      const cte = child(item, 'CommonTableExpr');
      if (!cte) continue;
      const query = child(cte.ctequery, 'SelectStmt');
      const named = strings(cte.aliascolnames);
      // known to itself too: WITH RECURSIVE
      ctes.set(String(cte.ctename), new Set(named.length ? named : query ? outputNames(query) : []));
      this.statement(cte.ctequery, scopes, ctes);
    }
    return ctes;
  }

  private from(item: unknown, scope: Scope, conditions: unknown[], scopes: readonly Scope[], ctes: Ctes): void {
    const table = child(item, 'RangeVar');
    if (table) {
      const name = String(table.relname);
      const schema = typeof table.schemaname === 'string' ? table.schemaname : undefined;
      const alias = aliasOf(table) ?? name;
      const cte = schema === undefined ? ctes.get(name) : undefined;
      const relation = cte ? undefined : findRelation(this.catalog, name, schema);
      scope.set(alias, cte ? { columns: cte } : relation ? this.table(relation) : { columns: new Set() });
      return;
    }
    const subquery = child(item, 'RangeSubselect');
    if (subquery) {
      const query = child(subquery.subquery, 'SelectStmt');
      // LATERAL sees its neighbours; without it no valid statement names them
      if (query) this.select(query, [scope, ...scopes], ctes);
      const alias = asNode(subquery.alias);
      const named = strings(alias?.colnames);
      scope.set(aliasOf(subquery) ?? `?${scope.size}`, {
        columns: new Set(named.length ? named : query ? outputNames(query) : []),
      });
      return;
    }
    const join = child(item, 'JoinExpr');
    if (join) {
      this.from(join.larg, scope, conditions, scopes, ctes);
      this.from(join.rarg, scope, conditions, scopes, ctes);
      if (join.quals) conditions.push(join.quals);
      for (const using of strings(join.usingClause)) {
        for (const { access } of scope.values()) {
          if (!access || !hasColumn(access.relation, using)) continue;
          access.join.add(using);
          access.needed.add(using);
        }
      }
      return;
    }
    const func = child(item, 'RangeFunction');
    if (func) scope.set(aliasOf(func) ?? `?${scope.size}`, { columns: new Set() });
  }

  private table(relation: Relation): Scoped {
    if (relation.kind === 'view' || relation.kind === 'foreign table')
      return { columns: new Set(relation.columns.map(c => c.name)) };
    const access: TableAccess = {
      relation,
      equality: new Map(),
      range: new Set(),
      join: new Set(),
      either: new Set(),
      prefix: new Set(),
      order: [],
      limited: false,
      group: [],
      needed: new Set(),
      predicates: [],
      expressions: [],
      inverted: [],
    };
    this.accesses.push(access);
    return { access, columns: new Set(relation.columns.map(column => column.name)) };
  }

  /** Notes what a WHERE or ON condition asks for; `inOr` once below an OR. */
  private condition(node: unknown, scopes: readonly Scope[], inOr: boolean): void {
    const bool = child(node, 'BoolExpr');
    if (bool) {
      const negated = bool.boolop === 'NOT_EXPR' ? this.column(list(bool.args)[0], scopes) : undefined;
      if (negated) this.booleanColumn(negated, false, inOr);
      if (bool.boolop === 'NOT_EXPR') return;
      for (const part of list(bool.args)) this.condition(part, scopes, inOr || bool.boolop === 'OR_EXPR');
      return;
    }
    if (child(node, 'ColumnRef')) {
      const found = this.column(node, scopes);
      if (found) this.booleanColumn(found, true, inOr);
      return;
    }
    const nullTest = child(node, 'NullTest');
    if (nullTest) {
      const found = this.column(nullTest.arg, scopes);
      if (!found || inOr) return;
      const isNull = nullTest.nulltesttype === 'IS_NULL';
      if (isNull) found.access.equality.set(found.column, 'null');
      const text = `${quoteIdentifier(found.column)} IS ${isNull ? '' : 'NOT '}NULL`;
      found.access.predicates.push({ text, column: found.column, fixesColumn: isNull });
      return;
    }
    const sublink = child(node, 'SubLink');
    if (sublink) {
      const found = sublink.subLinkType === 'ANY_SUBLINK' ? this.column(sublink.testexpr, scopes) : undefined;
      if (found) found.access.join.add(found.column);
      return;
    }
    const comparison = child(node, 'A_Expr');
    if (comparison) this.comparison(comparison, scopes, inOr);
  }

  private comparison(expression: Node, scopes: readonly Scope[], inOr: boolean): void {
    const operator = stringOf(list(expression.name).at(-1));
    const { lexpr: left, rexpr: right } = expression;
    const subject = this.column(left, scopes);
    switch (expression.kind) {
      case 'AEXPR_IN':
      case 'AEXPR_OP_ANY':
        if (operator !== '=') return;
        if (!subject) return this.expression(left, scopes, 'equality', inOr);
        if (inOr) subject.access.either.add(subject.column);
        else subject.access.equality.set(subject.column, 'in');
        return;
      case 'AEXPR_BETWEEN':
        if (!subject) return this.expression(left, scopes, 'range', inOr);
        (inOr ? subject.access.either : subject.access.range).add(subject.column);
        return;
      case 'AEXPR_LIKE':
      case 'AEXPR_ILIKE':
        if (subject && operator && !operator.startsWith('!')) this.like(subject, right, expression.kind, inOr);
        return;
      case 'AEXPR_OP':
        break;
      default:
        return;
    }
    if (child(left, 'RowExpr') && child(right, 'RowExpr')) {
      // keyset pagination: (a, b) > ($1, $2)
      for (const part of list(child(left, 'RowExpr')?.args)) {
        const found = this.column(part, scopes);
        if (found) found.access.range.add(found.column);
      }
      return;
    }
    const inverted = subject && INVERTED_OPERATORS[operator ?? '']?.(typeOf(subject));
    if (subject && inverted) {
      if (!inOr) subject.access.inverted.push({ column: subject.column, kind: inverted });
      return;
    }
    const other = this.column(right, scopes);
    if (subject && other) {
      if (operator !== '=' || subject.access === other.access) return;
      subject.access.join.add(subject.column);
      other.access.join.add(other.column);
      return;
    }
    const found = subject ?? other;
    const value = subject ? right : left;
    if (found) this.columnWithValue(found, operator ?? '', value, inOr);
    else if (this.isConstant(right)) this.expression(left, scopes, operator === '=' ? 'equality' : 'range', inOr);
  }

  private columnWithValue(found: Resolved, operator: string, value: unknown, inOr: boolean): void {
    const { access, column } = found;
    const literal = this.literal(value);
    if (operator === '=') {
      if (inOr) access.either.add(column);
      else if (!this.isConstant(value)) access.join.add(column);
      else {
        access.equality.set(column, 'value');
        if (literal)
          access.predicates.push({
            text: `${quoteIdentifier(column)} = ${literal.sql}`,
            column,
            value: literal.value,
            fixesColumn: true,
          });
      }
    } else if (['<', '>', '<=', '>='].includes(operator)) {
      (inOr ? access.either : access.range).add(column);
    } else if (['<>', '!='].includes(operator) && literal && !inOr) {
      access.predicates.push({ text: `${quoteIdentifier(column)} <> ${literal.sql}`, column, fixesColumn: false });
    }
  }

  private booleanColumn({ access, column }: Resolved, value: boolean, inOr: boolean): void {
    if (inOr) return;
    access.equality.set(column, 'boolean');
    const text = value ? quoteIdentifier(column) : `NOT ${quoteIdentifier(column)}`;
    access.predicates.push({ text, column, value: value ? 't' : 'f', fixesColumn: true });
  }

  private like({ access, column }: Resolved, pattern: unknown, kind: unknown, inOr: boolean): void {
    const text = this.literal(pattern)?.value;
    if (text === undefined || inOr) return;
    if (kind === 'AEXPR_LIKE' && /^[^%_\\]{2,}/.test(text)) access.prefix.add(column);
    else if (/[^%_]{3}/.test(text)) access.inverted.push({ column, kind: 'substring' });
  }

  private expression(node: unknown, scopes: readonly Scope[], use: ExpressionUse['use'], inOr: boolean): void {
    const found = inOr ? undefined : this.indexable(node, scopes);
    if (found) found.access.expressions.push({ text: found.text, column: found.column, use });
  }

  /** An expression over one column that may be an index key: a plain function, `->>`, or a cast of one. */
  private indexable(node: unknown, scopes: readonly Scope[]): (Resolved & { text: string }) | undefined {
    const call = child(node, 'FuncCall');
    if (call) {
      const name = stringOf(list(call.funcname).at(-1)) ?? '';
      const [first, ...rest] = list(call.args);
      const found = child(first, 'ColumnRef') ? this.column(first, scopes) : undefined;
      const literals = rest.map(argument => this.literal(argument)?.sql);
      if (!found || !INDEXABLE_FUNCTIONS.has(name) || literals.includes(undefined)) return undefined;
      return { ...found, text: `${quoteIdentifier(name)}(${[quoteIdentifier(found.column), ...literals].join(', ')})` };
    }
    const operation = child(node, 'A_Expr');
    const operator = stringOf(list(operation?.name)[0]);
    if (operation && (operator === '->>' || operator === '->')) {
      const found = child(operation.lexpr, 'ColumnRef') ? this.column(operation.lexpr, scopes) : undefined;
      const key = this.literal(operation.rexpr)?.sql;
      return found && key ? { ...found, text: `(${quoteIdentifier(found.column)} ${operator} ${key})` } : undefined;
    }
    const cast = child(node, 'TypeCast');
    if (cast) {
      const found = child(cast.arg, 'ColumnRef') ? undefined : this.indexable(cast.arg, scopes);
      const type = stringOf(list(asNode(cast.typeName)?.names).at(-1)) ?? '';
      return found && INDEXABLE_CASTS.has(type) ? { ...found, text: `((${found.text})::${type})` } : undefined;
    }
    return undefined;
  }

  private ordering(select: Node, scopes: readonly Scope[]): void {
    const targets = new Map<string, unknown>();
    list(select.targetList).forEach((item, position) => {
      const target = child(item, 'ResTarget');
      targets.set(String(position + 1), target?.val);
      if (typeof target?.name === 'string') targets.set(target.name, target.val);
    });
    const meant = (node: unknown): Resolved | undefined => {
      const position = asNode(child(node, 'A_Const')?.ival)?.ival;
      if (position !== undefined) return this.column(targets.get(String(position)), scopes);
      const fields = list(child(node, 'ColumnRef')?.fields);
      const alias = fields.length === 1 ? targets.get(stringOf(fields[0]) ?? '') : undefined;
      return child(alias, 'ColumnRef') || !alias ? this.column(alias ?? node, scopes) : undefined;
    };
    const limited = select.limitCount !== undefined;
    const sort = list(select.sortClause).map(item => ({
      by: child(item, 'SortBy'),
      found: meant(child(item, 'SortBy')?.node),
    }));
    const keys: SortKey[] = [];
    const sorted = sort[0]?.found?.access;
    for (const { by, found } of sort) {
      if (!found || found.access !== sorted) break;
      keys.push({
        column: found.column,
        descending: by?.sortby_dir === 'SORTBY_DESC',
        nulls: nullsOf(by?.sortby_nulls),
      });
    }
    if (sorted && (keys.length === sort.length || limited)) {
      sorted.order = keys;
      sorted.limited = limited;
    }
    const groups = list(select.groupClause).map(meant);
    const grouped = groups[0]?.access;
    if (grouped && groups.every(group => group?.access === grouped)) grouped.group = groups.map(group => group!.column);
    this.minOrMax(select, scopes);
  }

  /** `SELECT max(x)` reads one end of an index on x. */
  private minOrMax(select: Node, scopes: readonly Scope[]): void {
    const only = list(select.targetList).length === 1 && !select.groupClause;
    const call = child(child(list(select.targetList)[0], 'ResTarget')?.val, 'FuncCall');
    const name = stringOf(list(call?.funcname).at(-1));
    if (!only || (name !== 'min' && name !== 'max')) return;
    const found = this.column(list(call?.args)[0], scopes);
    if (!found) return;
    found.access.order = [{ column: found.column, descending: false }];
    found.access.limited = true;
  }

  /** Marks every column read, and walks into subqueries. */
  private references(node: unknown, scopes: readonly Scope[], ctes: Ctes): void {
    if (Array.isArray(node)) {
      for (const item of node) this.references(item, scopes, ctes);
      return;
    }
    if (!isNode(node)) return;
    if (child(node, 'ColumnRef')) return this.reference(child(node, 'ColumnRef')!, scopes);
    const select = child(node, 'SelectStmt');
    if (select) {
      const before = this.accesses.length;
      this.select(select, scopes, ctes);
      this.linkSublink(select, before);
      return;
    }
    for (const value of Object.values(node)) if (typeof value === 'object') this.references(value, scopes, ctes);
  }

  /** The output column of `IN (SELECT column ...)` is compared with the outer one. */
  private linkSublink(select: Node, firstAccess: number): void {
    const targets = list(select.targetList);
    const fields = list(child(child(targets[0], 'ResTarget')?.val, 'ColumnRef')?.fields);
    const name = targets.length === 1 ? stringOf(fields.at(-1)) : undefined;
    const owner = this.accesses
      .slice(firstAccess)
      .find(access => name !== undefined && hasColumn(access.relation, name));
    if (owner && name !== undefined) owner.join.add(name);
  }

  private reference(columnRef: Node, scopes: readonly Scope[]): void {
    const fields = list(columnRef.fields);
    if (isNode(fields.at(-1)) && 'A_Star' in (fields.at(-1) as Node)) {
      const owner = fields.length > 1 ? stringOf(fields.at(-2)) : undefined;
      for (const [alias, { access }] of scopes[0] ?? []) {
        if (!access || (owner !== undefined && owner !== alias)) continue;
        for (const column of access.relation.columns) access.needed.add(column.name);
      }
      return;
    }
    const found = this.resolve(columnRef, scopes);
    if (found) found.access.needed.add(found.column);
  }

  /** The table column a node is, through casts; undefined for anything else. */
  private column(node: unknown, scopes: readonly Scope[]): Resolved | undefined {
    const cast = child(node, 'TypeCast');
    if (cast) return undefined; // a cast column cannot use an index on the column
    const columnRef = child(node, 'ColumnRef');
    return columnRef && !this.isPlaceholder('ColumnRef', columnRef) ? this.resolve(columnRef, scopes) : undefined;
  }

  private resolve(columnRef: Node, scopes: readonly Scope[]): Resolved | undefined {
    const names = list(columnRef.fields).map(stringOf);
    const column = names.at(-1);
    if (column === undefined) return undefined;
    const owner = names.length > 1 ? names.at(-2) : undefined;
    for (const scope of scopes) {
      for (const [alias, scoped] of scope) {
        if (owner !== undefined ? alias !== owner : !scoped.columns.has(column)) continue;
        return scoped.access && scoped.columns.has(column) ? { access: scoped.access, column } : undefined;
      }
    }
    return undefined;
  }

  /** True for what the executor knows before it reads the table: literals, parameters, now(). */
  private isConstant(node: unknown): boolean {
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
  private literal(node: unknown): { sql: string; value: string } | undefined {
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

const INVERTED_OPERATORS: Readonly<Record<string, (type: string) => InvertedKind | undefined>> = {
  '@>': type => (type === 'jsonb' ? 'jsonb contains' : type.endsWith('[]') ? 'array' : undefined),
  '<@': type => (type.endsWith('[]') ? 'array' : undefined),
  '&&': type => (type.endsWith('[]') ? 'array' : undefined),
  '?': type => (type === 'jsonb' ? 'jsonb key' : undefined),
  '?|': type => (type === 'jsonb' ? 'jsonb key' : undefined),
  '?&': type => (type === 'jsonb' ? 'jsonb key' : undefined),
  '@@': type => (type === 'tsvector' ? 'text search' : undefined),
};

function typeOf({ access, column }: Resolved): string {
  return access.relation.columns.find(candidate => candidate.name === column)?.type ?? '';
}

function nullsOf(value: unknown): 'first' | 'last' | undefined {
  return value === 'SORTBY_NULLS_FIRST' ? 'first' : value === 'SORTBY_NULLS_LAST' ? 'last' : undefined;
}

function outputNames(select: Node): string[] {
  let first = select;
  while (isNode(first.larg)) first = child(first.larg, 'SelectStmt') ?? first.larg;
  return list(first.targetList).flatMap(item => {
    const target = child(item, 'ResTarget');
    const name = target?.name ?? stringOf(list(child(target?.val, 'ColumnRef')?.fields).at(-1));
    return typeof name === 'string' ? [name] : [];
  });
}

function hasColumn(relation: Relation, name: string): boolean {
  return relation.columns.some(column => column.name === name);
}

function aliasOf(node: Node): string | undefined {
  const name = asNode(node.alias)?.aliasname;
  return typeof name === 'string' ? name : undefined;
}

function stringOf(node: unknown): string | undefined {
  const value = child(node, 'String')?.sval;
  return typeof value === 'string' ? value : undefined;
}

function strings(value: unknown): string[] {
  return list(value).flatMap(item => stringOf(item) ?? []);
}

function child(node: unknown, type: string): Node | undefined {
  return isNode(node) ? asNode(node[type]) : undefined;
}

function asNode(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const items = child(value, 'List')?.items;
  return Array.isArray(items) ? items : [];
}

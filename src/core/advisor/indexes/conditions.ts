import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import { indexableExpression } from './indexableExpressions';
import { child, list, stringOf, type Node } from './parseTree';
import { typeOf, type Names, type Resolved } from './scopes';
import type { ConstantPredicate, ExpressionUse, InvertedKind } from './tableAccess';

/** Notes what a WHERE or ON condition asks of the access paths of its tables. */
export function readCondition(condition: unknown, names: Names, catalog: Catalog): void {
  new Condition(names, catalog).read(condition, false);
}

class Condition {
  constructor(
    private readonly names: Names,
    private readonly catalog: Catalog,
  ) {}

  /**
   * `inOr` once below an OR: nothing there fixes a column or holds for all rows, but each arm may be served by an
   * index of its own.
   */
  read(node: unknown, inOr: boolean): void {
    const bool = child(node, 'BoolExpr');
    if (bool) {
      const negated = bool.boolop === 'NOT_EXPR' ? this.names.column(list(bool.args)[0]) : undefined;
      if (negated) booleanColumn(negated, false, inOr);
      if (bool.boolop === 'NOT_EXPR') return;
      for (const part of list(bool.args)) this.read(part, inOr || bool.boolop === 'OR_EXPR');
      return;
    }
    const alone = child(node, 'ColumnRef') && this.names.column(node);
    if (alone) return booleanColumn(alone, true, inOr);
    const booleanTest = child(node, 'BooleanTest');
    const tested = booleanTest && this.names.column(booleanTest.arg);
    if (tested && booleanTest.booltesttype === 'IS_TRUE') return booleanColumn(tested, true, inOr);
    if (tested && booleanTest.booltesttype === 'IS_FALSE') return booleanColumn(tested, false, inOr);
    const nullTest = child(node, 'NullTest');
    if (nullTest) return this.nullTest(nullTest, inOr);
    const sublink = child(node, 'SubLink');
    if (sublink) {
      if (sublink.subLinkType !== 'ANY_SUBLINK') return;
      for (const part of partsOf(sublink.testexpr)) {
        const found = this.names.column(part);
        if (found) found.access.join.add(found.column);
      }
      return;
    }
    const comparison = child(node, 'A_Expr');
    if (comparison) this.comparison(comparison, inOr);
    const call = child(node, 'FuncCall');
    if (call) this.booleanCall(call);
    if (child(node, 'TypeCast')) this.expression(node, 'equality');
  }

  private nullTest(test: Node, inOr: boolean): void {
    const found = this.names.column(test.arg);
    if (!found) return;
    if (inOr) return void found.access.either.add(found.column);
    const isNull = test.nulltesttype === 'IS_NULL';
    if (isNull) found.access.equality.set(found.column, 'null');
    found.access.predicates.push({
      text: `${quoteIdentifier(found.column)} IS ${isNull ? '' : 'NOT '}NULL`,
      column: found.column,
      test: isNull ? 'null' : 'not null',
      values: [],
      fixesColumn: isNull,
    });
  }

  private comparison(expression: Node, inOr: boolean): void {
    const operator = stringOf(list(expression.name).at(-1)) ?? '';
    const { lexpr: left, rexpr: right } = expression;
    const subject = this.names.column(left);
    switch (expression.kind) {
      case 'AEXPR_IN':
      case 'AEXPR_OP_ANY':
        if (operator === '=') this.oneOf(subject, left, right, inOr);
        else if (operator === '~~*' && subject)
          subject.access.inverted.push({ column: subject.column, kind: 'substring' });
        return;
      case 'AEXPR_BETWEEN':
        this.between(subject, left, right, inOr);
        return;
      case 'AEXPR_LIKE':
      case 'AEXPR_ILIKE':
        if (!operator.startsWith('!')) this.like(subject, left, right, expression.kind);
        return;
      case 'AEXPR_OP':
        break;
      default:
        return;
    }
    if (child(left, 'RowExpr') && child(right, 'RowExpr')) return this.rowComparison(left, right, operator, inOr);
    if (this.insideValue(subject, left, right, operator)) return;
    const other = this.names.column(right);
    if (subject && other) {
      if (subject.access === other.access) return;
      if (operator === '=') for (const side of [subject, other]) side.access.join.add(side.column);
      // a value of the other table is known by the time this one is read: a range in a nested loop
      else if (/^[<>]=?$/.test(operator)) for (const side of [subject, other]) side.access.either.add(side.column);
      return;
    }
    const found = subject ?? other;
    if (found)
      return this.columnWithValue(found, subject ? operator : mirrored(operator), subject ? right : left, inOr);
    const use = operator === '=' ? 'equality' : 'range';
    if (this.names.isConstant(right) || (use === 'equality' && child(left, 'ColumnRef') === undefined))
      this.expression(left, use);
    if (this.names.isConstant(left) || use === 'equality') this.expression(right, use);
  }

  /** `column BETWEEN $1 AND $2`, and `$1 BETWEEN valid_from AND valid_to`. */
  private between(subject: Resolved | undefined, left: unknown, right: unknown, inOr: boolean): void {
    for (const bound of list(right)) {
      const found = this.names.column(bound);
      if (!found || found.access === subject?.access) continue;
      (inOr || !this.names.isConstant(left) ? found.access.either : found.access.range).add(found.column);
    }
    if (subject) (inOr ? subject.access.either : subject.access.range).add(subject.column);
    else this.expression(left, 'range');
  }

  private oneOf(subject: Resolved | undefined, left: unknown, right: unknown, inOr: boolean): void {
    if (child(left, 'RowExpr')) return this.rowOneOf(left, right, inOr);
    if (!subject) return this.expression(left, 'equality');
    const { access, column } = subject;
    if (inOr) return void access.either.add(column);
    if (!this.names.isConstant(right) && list(right).length === 0) return void access.join.add(column);
    access.equality.set(column, 'in');
    const literals = list(right).map(item => this.names.literal(item));
    if (literals.length === 0 || literals.length > MAX_IN_LIST || literals.includes(undefined)) return;
    access.predicates.push({
      text: `${quoteIdentifier(column)} IN (${literals.map(literal => literal!.sql).join(', ')})`,
      column,
      test: 'equal',
      values: literals.map(literal => literal!.value),
      fixesColumn: false,
    });
  }

  /** `(a, b) IN ((1, 2), (3, 4))` is planned as an OR of both for each row. */
  private rowOneOf(left: unknown, rows: unknown, inOr: boolean): void {
    partsOf(left).forEach((part, position) => {
      const found = this.names.column(part);
      if (!found) return;
      const areConstants = list(rows).every(row => this.names.isConstant(partsOf(row)[position]));
      if (inOr) found.access.either.add(found.column);
      else if (areConstants) found.access.equality.set(found.column, 'in');
      else found.access.join.add(found.column);
    });
  }

  /** Keyset pagination `(a, b) > ($1, $2)`, and `(a, b) = (x.a, x.b)`. */
  private rowComparison(left: unknown, right: unknown, operator: string, inOr: boolean): void {
    const values = partsOf(right);
    partsOf(left).forEach((part, position) => {
      const found = this.names.column(part);
      if (found && operator === '=') {
        const other = this.names.column(values[position]);
        if (other) for (const side of [found, other]) side.access.join.add(side.column);
        else this.columnWithValue(found, '=', values[position], inOr);
      } else if (found) (inOr ? found.access.either : found.access.range).add(found.column);
    });
  }

  /** Containment, overlap and search: what GIN and GiST serve. True if it was one of them. */
  private insideValue(subject: Resolved | undefined, left: unknown, right: unknown, operator: string): boolean {
    const kind = subject && INSIDE[operator]?.(typeOf(subject));
    if (kind) {
      subject.access.inverted.push({ column: subject.column, kind, operator });
      return true;
    }
    if (subject || !(operator in INSIDE)) return false;
    const found = indexableExpression(left, this.names, this.catalog);
    if (!found || this.names.column(right)) return false;
    const ofExpression: InvertedKind | undefined = found.text.includes('to_tsvector(')
      ? 'text search'
      : / -> [^>]*\)$/.test(found.text) && operator === '@>'
        ? 'jsonb contains'
        : undefined;
    if (!ofExpression) return false;
    found.access.inverted.push({ column: found.column, kind: ofExpression, expression: found.text, operator });
    return true;
  }

  private columnWithValue({ access, column }: Resolved, operator: string, value: unknown, inOr: boolean): void {
    const literal = this.names.literal(value);
    const name = quoteIdentifier(column);
    const predicate = (test: ConstantPredicate['test'], fixesColumn = false): void => {
      if (!literal || inOr) return;
      access.predicates.push({
        text: `${name} ${operator} ${literal.sql}`,
        column,
        test,
        values: [literal.value],
        fixesColumn,
      });
    };
    if (operator === '=') {
      if (inOr) access.either.add(column);
      else if (!this.names.isConstant(value)) access.join.add(column);
      else {
        access.equality.set(column, 'value');
        predicate('equal', true);
      }
    } else if (/^[<>]=?$/.test(operator)) {
      (inOr ? access.either : access.range).add(column);
      predicate(operator.startsWith('<') ? 'less' : 'greater');
    } else if (operator === '<>' || operator === '!=') predicate('not equal');
  }

  private like(subject: Resolved | undefined, left: unknown, pattern: unknown, kind: unknown): void {
    const text = this.names.literal(pattern)?.value;
    if (!subject) {
      if (text === undefined || !/^[^%_\\]{2,}/.test(text)) return;
      return this.expression(left, 'range');
    }
    const { access, column } = subject;
    if (text === undefined) return;
    if (kind === 'AEXPR_LIKE' && /^[^%_\\]{2,}/.test(text)) access.prefix.add(column);
    else if (/[^%_]{3}/.test(text)) access.inverted.push({ column, kind: 'substring' });
  }

  /** `starts_with(x, 'a')` of text, `ST_DWithin(geom, ...)` and its relatives of PostGIS. */
  private booleanCall(call: Node): void {
    const name = stringOf(list(call.funcname).at(-1)) ?? '';
    const [first, second] = list(call.args);
    const found = this.names.column(first) ?? this.names.column(second);
    if (!found) return;
    if (name === 'starts_with') found.access.prefix.add(found.column);
    else if (/^st_(dwithin|intersects|contains|within|covers|coveredby|touches|overlaps|crosses)$/.test(name))
      found.access.inverted.push({ column: found.column, kind: 'geometry' });
  }

  private expression(node: unknown, use: ExpressionUse['use']): void {
    const found = indexableExpression(node, this.names, this.catalog);
    if (found) found.access.expressions.push({ text: found.text, column: found.column, use });
  }
}

/** The parts of a row, or what is alone. */
function partsOf(node: unknown): readonly unknown[] {
  const row = child(node, 'RowExpr');
  return row ? list(row.args) : [node];
}

/** A longer list of values is data, not a design. */
const MAX_IN_LIST = 6;

function booleanColumn({ access, column }: Resolved, value: boolean, inOr: boolean): void {
  if (inOr) return void access.either.add(column);
  access.equality.set(column, 'boolean');
  const text = value ? quoteIdentifier(column) : `NOT ${quoteIdentifier(column)}`;
  access.predicates.push({ text, column, test: 'equal', values: [value ? 't' : 'f'], fixesColumn: true });
}

function mirrored(operator: string): string {
  return operator.replace(/[<>]/g, sign => (operator === '<>' ? sign : sign === '<' ? '>' : '<'));
}

const isArray = (type: string): boolean => type.endsWith('[]');
const isRange = (type: string): boolean => /range$/.test(type);
const isShape = (type: string): boolean =>
  /^(point|box|circle|polygon|(\w+\.)?geometry|(\w+\.)?geography)\b/.test(type);
const isNetwork = (type: string): boolean => type === 'inet' || type === 'cidr';
const shapeOrRange = (type: string): InvertedKind | undefined =>
  isRange(type) ? 'range' : isShape(type) ? 'geometry' : undefined;

/** Operators that look inside a value, with what they ask for by the type on their left. */
const INSIDE: Readonly<Record<string, (type: string) => InvertedKind | undefined>> = {
  '@>': type => (type === 'jsonb' ? 'jsonb contains' : isArray(type) ? 'array' : shapeOrRange(type)),
  '<@': type => (isArray(type) ? 'array' : shapeOrRange(type)),
  '&&': type => (isArray(type) ? 'array' : isNetwork(type) ? 'network' : shapeOrRange(type)),
  '?': type => (type === 'jsonb' ? 'jsonb key' : undefined),
  '?|': type => (type === 'jsonb' ? 'jsonb key' : undefined),
  '?&': type => (type === 'jsonb' ? 'jsonb key' : undefined),
  '@?': type => (type === 'jsonb' ? 'jsonb contains' : undefined),
  '@@': type => (type === 'tsvector' ? 'text search' : type === 'jsonb' ? 'jsonb contains' : undefined),
  '-|-': type => (isRange(type) ? 'range' : undefined),
  '<<=': type => (isNetwork(type) ? 'network' : undefined),
  '<<': type => (isNetwork(type) ? 'network' : shapeOrRange(type)),
  '>>=': type => (isNetwork(type) ? 'network' : undefined),
  '~': type => (/^(text|character varying)/.test(type) ? 'substring' : undefined),
  '~*': type => (/^(text|character varying)/.test(type) ? 'substring' : undefined),
  '%': type => (/^(text|character varying)/.test(type) ? 'substring' : undefined),
};

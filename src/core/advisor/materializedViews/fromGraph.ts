import { findRelation, type Catalog } from '../../catalog/catalog';
import { asTable, list, operatorOf } from '../../rules/support/expressions';
import { conjuncts } from '../../rules/support/trees';
import type { NodeFields } from '../../rules/nodeIndex';
import { unwrap } from '../../sql/walk';
import type { Expression, Expressions, Instance } from './expressions';

export interface From {
  readonly instances: readonly Instance[];
  readonly byFields: ReadonlyMap<object, Instance>;
}

/** The tables of FROM, joins opened. */
export function readFrom(select: NodeFields, catalog: Catalog): From | { readonly reason: string } {
  const instances: Instance[] = [];
  const byFields = new Map<object, Instance>();
  const mentions = new Map<string, number>();
  const visit = (item: unknown, nullExtended: boolean): string | undefined => {
    const node = unwrap(item);
    if (node?.type === 'RangeVar') {
      const { schema, name, alias } = asTable(node.fields);
      const relation = findRelation(catalog, name, schema);
      if (!relation) return `it reads ${name}, which is not known`;
      if (relation.kind === 'view') return `it reads the view ${name}`;
      const id = `${relation.schema}.${relation.name}`;
      const place = mentions.get(id) ?? 0;
      mentions.set(id, place + 1);
      const instance = { id: `${id}#${place}`, alias: alias ?? name, relation, nullExtended };
      instances.push(instance);
      byFields.set(node.fields, instance);
      return undefined;
    }
    if (node?.type !== 'JoinExpr') return 'it reads a subquery or function in FROM';
    const { fields } = node;
    if (fields.alias !== undefined || fields.isNatural === true || list(fields.usingClause).length > 0)
      return 'it joins with USING, NATURAL or an alias of the join';
    const kind = String(fields.jointype);
    return (
      visit(fields.larg, nullExtended || kind === 'JOIN_RIGHT' || kind === 'JOIN_FULL') ??
      visit(fields.rarg, nullExtended || kind === 'JOIN_LEFT' || kind === 'JOIN_FULL')
    );
  };
  for (const item of list(select.fromClause)) {
    const reason = visit(item, false);
    if (reason) return { reason };
  }
  if (instances.length === 0) return { reason: 'it reads no table' };
  return { instances, byFields };
}

/** `a.x = b.y`: an equality of columns of two tables. */
export function isJoin({ node, columns }: Expression): boolean {
  if (node.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || columns.length !== 2) return false;
  if (operatorOf(node.fields) !== '=') return false;
  const [left, right] = [unwrap(node.fields.lexpr), unwrap(node.fields.rexpr)];
  return (
    left?.type === 'ColumnRef' && right?.type === 'ColumnRef' && columns[0]!.instance.id !== columns[1]!.instance.id
  );
}

/** Inner joins may be written in any order; with outer joins the order counts. */
export function graphOf(
  select: NodeFields,
  expressions: Expressions,
  { instances, byFields }: From,
  joins: readonly Expression[],
): string | undefined {
  let hasOuter = false;
  const conditions: string[] = joins.map(equalityKey);
  const shape = (item: unknown): string | undefined => {
    const node = unwrap(item);
    if (node?.type === 'RangeVar') return byFields.get(node.fields)?.id;
    if (node?.type !== 'JoinExpr') return undefined;
    const [left, right] = [shape(node.fields.larg), shape(node.fields.rarg)];
    const quals: string[] = [];
    for (const part of conjuncts(node.fields.quals)) {
      const condition = unwrap(part);
      const expression = condition && expressions.read(condition);
      if (!expression || expressions.hasPlaceholder(condition)) return undefined;
      quals.push(equalityKey(expression));
    }
    const kind = String(node.fields.jointype ?? 'JOIN_INNER');
    if (kind !== 'JOIN_INNER') hasOuter = true;
    conditions.push(...quals);
    return left !== undefined && right !== undefined
      ? `(${left} ${kind} ${right} ${quals.sort().join(' ')})`
      : undefined;
  };
  const shapes = list(select.fromClause).map(shape);
  if (shapes.some(each => each === undefined)) return undefined;
  if (hasOuter) return `${shapes.join(', ')} ${joins.map(equalityKey).sort().join(' ')}`;
  return `${instances
    .map(({ id }) => id)
    .sort()
    .join(', ')} ${[...new Set(conditions)].sort().join(' ')}`;
}

/** `a = b` is `b = a`. */
function equalityKey(expression: Expression): string {
  if (!isJoin(expression)) return expression.key;
  const [a, b] = expression.columns.map(({ instance, column }) => `${instance.id}.${column.name}`).sort();
  return `${a} = ${b}`;
}

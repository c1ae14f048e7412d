import type { Relation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import type { RuleContext } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, fromTables, isConstantExpression, list, operatorOf } from './expressions';
import type { ColumnName } from './expressions';
import { conjuncts, matchBelow } from './trees';

/** `ORDER BY column ... LIMIT n` over one table. */
export interface SortedPage {
  readonly relation: Relation;
  /** The first sort key. */
  readonly column: ColumnName;
  readonly notNull: boolean;
  readonly sort: NodeMatch;
  /** Columns that WHERE fixes by `=` or IN. */
  readonly fixed: ReadonlySet<string>;
  /** Columns WHERE mentions in any way. */
  readonly conditions: number;
}

/** The queries that sort one table of the catalog and keep the first rows. */
export function sortedPages({
  find,
  resolve,
}: Pick<RuleContext<Readonly<Record<string, string>>, never>, 'find' | 'resolve'>): SortedPage[] {
  return find('SelectStmt').flatMap(query => {
    const { limitCount, sortClause, groupClause, distinctClause, larg, whereClause } = query.fields;
    if (limitCount === undefined || groupClause || distinctClause || larg) return [];
    const { tables, others } = fromTables(query);
    const sort = matchBelow(query, 'sortClause', list(sortClause)[0]);
    const column = asColumn(sort?.fields.node);
    if (!sort || !column || tables.length !== 1 || others > 0) return [];
    const match = matchBelow(sort, 'node', sort.fields.node);
    const known = match && resolve(match);
    // ORDER BY prefers a name of the output.
    const isOutput = list(query.fields.targetList).some(target => unwrap(target)?.fields.name === column.name);
    if (!known || isOutput) return [];
    const conditions = conjuncts(whereClause);
    const fixed = new Set(
      conditions.flatMap(condition => {
        const node = unwrap(condition);
        const isEqual = node?.type === 'A_Expr' && operatorOf(node.fields) === '=';
        const name = isEqual && isConstantExpression(node.fields.rexpr) ? asColumn(node.fields.lexpr)?.name : undefined;
        return name === undefined ? [] : [name];
      }),
    );
    return [
      {
        relation: known.relation,
        column,
        notNull: known.column.notNull,
        sort,
        fixed,
        conditions: conditions.length,
      },
    ];
  });
}

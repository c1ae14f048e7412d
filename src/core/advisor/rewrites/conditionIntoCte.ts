import type { NodeFields, NodeMatch } from '../../rules/nodeIndex';
import { comparableText } from '../../rules/support/comparableText';
import { cteReaders } from '../../rules/support/cteFences';
import { asColumn, contains, isConstantExpression, list, operatorOf } from '../../rules/support/expressions';
import { fromItems, isAggregated } from '../../rules/support/fromItems';
import { itemOf } from '../../rules/support/mentions';
import { conjuncts, isSameTree, isWithin, rangeOfTree, textOfTree } from '../../rules/support/trees';
import { outputName } from '../../sql/names/outputName';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless } from './rewrite';
import { addCondition, clausesOf } from './support/clauses';
import { orderDependence } from './support/orderDependence';
import { isSteady } from './support/steady';

/** A WITH query that is read once and not marked is merged, and PostgreSQL moves the condition by itself. */
export const conditionIntoCte = defineRewrite({
  id: 'condition-into-cte',
  title: 'Filter within the WITH query too',
  why: 'A WITH query that is read several times or is MATERIALIZED is computed whole, and filtered afterwards. With the condition inside, only the rows that are wanted are read and grouped.',
  nodes: ['CommonTableExpr'],
  find(context) {
    return context.find('CommonTableExpr').flatMap(cte => filtered(context, cte) ?? []);
  },
});

const BLOCKING = ['larg', 'valuesLists', 'limitCount', 'limitOffset', 'lockingClause', 'intoClause'];

function filtered(context: RewriteContext, cte: NodeMatch): FoundRewrite | undefined {
  const { statement, catalog } = context;
  const { ctename, ctematerialized, ctequery } = cte.fields;
  const query = unwrap(ctequery);
  const readers = cteReaders(context, ctename);
  const sameNamed = context.find('CommonTableExpr').filter(each => each.fields.ctename === ctename);
  if (sameNamed.length > 1 || readers.some(reader => isWithin(reader, cte))) return undefined;
  const isKept = ctematerialized === 'CTEMaterializeAlways' || readers.length > 1;
  if (query?.type !== 'SelectStmt' || !isKept || readers.length === 0) return undefined;
  if (BLOCKING.some(name => query.fields[name] !== undefined) || !isSteady(query.fields, catalog)) return undefined;
  if (cte.fields.aliascolnames || contains(query.fields, type => type === 'RangeTableSample')) return undefined;
  for (const target of list(query.fields.targetList)) {
    const output = unwrap(target)?.fields;
    const inside = output && textOfTree(statement, output.val);
    if (inside === undefined || !asColumn(output?.val) || !isKeyOfRows(query.fields, output!.val)) continue;
    const name = typeof output!.name === 'string' ? output!.name : outputName(output!.val);
    const conditions = readers.map(reader => conditionOn(context, reader, name));
    const found = conditions.every(condition => condition !== undefined)
      ? inserted(context, cte, query.fields, inside, conditions as ReaderCondition[])
      : undefined;
    if (found) return { ...found, title: `Filter within ${String(ctename)} too` };
  }
  return undefined;
}

/** Rows with other values of the column make no difference to those with one value. */
function isKeyOfRows(query: NodeFields, value: unknown): boolean {
  const groups = list(query.groupClause);
  if (contains(groups, type => type === 'GroupingSet')) return false;
  if (isAggregated(query) && !groups.some(group => isSameTree(group, value))) return false;
  const distinctOn = list(query.distinctClause).filter(item => unwrap(item) !== undefined);
  if (distinctOn.length > 0 && !distinctOn.some(item => isSameTree(item, value))) return false;
  const windows: NodeFields[] = [];
  contains([query.targetList, query.sortClause, query.distinctClause], (type, fields) => {
    if (type === 'FuncCall' && fields.over) windows.push(fields.over as NodeFields);
    return false;
  });
  // A window that is named in the WINDOW clause is defined there.
  return (
    query.windowClause === undefined &&
    windows.every(window => list(window.partitionClause).some(key => isSameTree(key, value)))
  );
}

interface ReaderCondition {
  readonly node: NodeFields;
  /** The comparison behind the column: ` = 5`. */
  readonly test: string;
}

/** A comparison of the column with a value in the WHERE of the query that reads it: never true for NULL. */
function conditionOn(context: RewriteContext, reader: NodeMatch, name: string): ReaderCondition | undefined {
  const { statement, catalog } = context;
  let query = reader.parent;
  while (query && query.type !== 'SelectStmt') query = query.parent;
  if (!query) return undefined;
  const items = fromItems(query, catalog);
  for (const condition of conjuncts(query.fields.whereClause)) {
    const node = unwrap(condition);
    const column = unwrap(node?.fields.lexpr);
    if (node?.type !== 'A_Expr' || !isComparison(node.fields) || column?.type !== 'ColumnRef') continue;
    const named = asColumn(node.fields.lexpr);
    // A bare name is its own if it has one of that name, whatever is around the query.
    const owner = items.length === 1 && !named?.qualifier ? items[0] : itemOf(column.fields, items);
    if (named?.name !== name || owner?.fields !== reader.fields) continue;
    const whole = rangeOfTree(statement, condition);
    const tested = rangeOfTree(statement, node.fields.lexpr);
    if (!whole || !tested || !isSteady(node.fields.rexpr, catalog)) continue;
    // A driver that goes by the order of parameters would need one more.
    const isByPlace = statement.placeholders.some(
      ({ style, range }) =>
        (style === 'question' || style === 'format') && range.start >= whole.start && range.end <= whole.end,
    );
    if (!isByPlace) return { node: node.fields, test: statement.text.slice(tested.end, whole.end) };
  }
  return undefined;
}

function isComparison(fields: NodeFields): boolean {
  const { kind } = fields;
  const operator = operatorOf(fields) ?? '';
  const isOrder = kind === 'AEXPR_OP' && ['=', '<', '>', '<=', '>='].includes(operator);
  return (
    (isOrder || kind === 'AEXPR_BETWEEN' || (kind === 'AEXPR_IN' && operator === '=')) &&
    isConstantExpression(fields.rexpr)
  );
}

function inserted(
  context: RewriteContext,
  cte: NodeMatch,
  query: NodeFields,
  inside: string,
  conditions: readonly ReaderCondition[],
): FoundRewrite | undefined {
  const { statement } = context;
  const texts = [...new Set(conditions.map(({ test }) => `${inside}${test}`))];
  const condition = texts.length === 1 ? texts[0]! : `(${texts.join(' OR ')})`;
  const present = conjuncts(query.whereClause).map(each => comparableText(textOfTree(statement, each) ?? ''));
  if (present.includes(comparableText(condition))) return undefined;
  const clauses = clausesOf(statement, query);
  const edits = clauses && addCondition(statement, query, clauses, condition);
  const range = statement.rangeOf('A_Expr', conditions[0]!.node);
  return edits && range
    ? {
        range,
        edits,
        equality: equalUnless(orderDependence(context, cte), [
          'all who read the WITH query leave the other rows out',
          `rows with another ${inside} are in groups, windows and duplicates of their own`,
        ]),
      }
    : undefined;
}

import type { Relation } from '../../catalog/catalog';
import type { Edit } from '../../rules/finding';
import type { NodeFields, NodeMatch } from '../../rules/nodeIndex';
import { asColumn, contains, integerConstant, list } from '../../rules/support/expressions';
import { fromItems, isAggregated } from '../../rules/support/fromItems';
import type { FromItem } from '../../rules/support/fromItems';
import { columnEquality, columnFixedBy } from '../../rules/support/columnEqualities';
import { hasInheritanceChildren, isUniqueBy } from '../../rules/support/uniqueness';
import { conjuncts, matchBelow, rangeOfTree } from '../../rules/support/trees';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, needsChecking } from './rewrite';
import { addCondition, clausesOf, insertion, removal } from './support/clauses';
import type { Clauses } from './support/clauses';
import { newParameters } from './support/newParameters';

export const offsetToKeyset = defineRewrite({
  id: 'offset-to-keyset',
  title: 'Continue after the last row shown instead of OFFSET',
  why: 'OFFSET reads and throws away all rows before the page. A condition on the sort columns begins right behind the last row shown, and with an index on them each page costs the same.',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['SelectStmt'],
  mentions: /offset/i,
  find(context) {
    return context.find('SelectStmt').flatMap(query => keysetOf(context, query) ?? []);
  },
});

/** A column the page is sorted by. */
interface Key {
  readonly item: FromItem;
  readonly column: string;
  readonly text: string;
  readonly descending: boolean;
}

/** With one of these a condition in WHERE would mean something else, or rows are not those of the tables. */
const BLOCKING = ['larg', 'distinctClause', 'windowClause', 'lockingClause', 'intoClause', 'valuesLists'];

function keysetOf(context: RewriteContext, query: NodeMatch): FoundRewrite | undefined {
  const { statement, catalog } = context;
  const { fields } = query;
  const { limitOffset, limitCount, limitOption } = fields;
  if (query.parent || !limitOffset || !limitCount || limitOption === 'LIMIT_OPTION_WITH_TIES') return undefined;
  if (integerConstant(limitOffset) === 0 || BLOCKING.some(name => fields[name] !== undefined)) return undefined;
  if (isAggregated(fields) || contains(fields.targetList, isWindowCall)) return undefined;
  const clauses = clausesOf(statement, fields);
  const keys = sortKeys(context, query);
  if (!clauses?.offset || !clauses.order || !keys) return undefined;
  const items = fromItems(query, catalog);
  const added = tieBreaker(context, items, keys, fields.whereClause);
  if (!added) return undefined;
  const all = [...keys, ...added];
  const sameWay = all.every(key => key.descending === all[0]!.descending);
  const range = rangeOfTree(statement, limitOffset);
  const parameters = newParameters(
    statement,
    all.map(key => `last_${key.column}`),
    range,
  );
  // Where parameters go by their place, each can be named only once.
  if (!range || !parameters || (!sameWay && parameters.byPlace)) return undefined;
  const condition = sameWay ? rowCondition(all, parameters.texts) : chainCondition(all, parameters.texts);
  const edits = addCondition(statement, fields, clauses, condition);
  if (!edits) return undefined;
  return {
    range: clauses.offset.range,
    edits: [...edits, ...sortEdits(clauses, added), removal(statement, clauses.offset.range)],
    equality: needsChecking(
      'a page begins after the row whose values are passed, and no longer after a number of rows: the program has to remember the last row, and cannot jump to a page',
      ...(added.length > 0
        ? [`rows with the same ${keys.map(key => key.column).join(', ')} now come in the order of ${names(added)}`]
        : []),
    ),
  };
}

function names(keys: readonly Key[]): string {
  return keys.map(key => key.column).join(', ');
}

function isWindowCall(type: string, fields: NodeFields): boolean {
  return type === 'FuncCall' && fields.over !== undefined;
}

/** The columns of ORDER BY, if all are columns of tables and never NULL: a comparison finds no row by a NULL. */
function sortKeys(context: RewriteContext, query: NodeMatch): Key[] | undefined {
  const items = fromItems(query, context.catalog);
  const sort = list(query.fields.sortClause).map(item => matchBelow(query, 'sortClause', item));
  const keys = sort.map((item): Key | undefined => {
    if (!item || item.fields.sortby_dir === 'SORTBY_USING') return undefined;
    const match = matchBelow(item, 'node', item.fields.node);
    const written = asColumn(item.fields.node);
    const known = match && context.resolve(match);
    if (!written || !known?.column.notNull) return undefined;
    const owners = items.filter(each => each.relation === known.relation);
    const owner = owners.find(each => each.name === written.qualifier) ?? (owners.length === 1 ? owners[0] : undefined);
    if (!owner?.name) return undefined;
    const descending = item.fields.sortby_dir === 'SORTBY_DESC';
    return { item: owner, column: known.column.name, text: textOf(owner, known.column.name, items), descending };
  });
  return keys.length > 0 && keys.every(key => key !== undefined) ? keys : undefined;
}

function textOf(item: FromItem, column: string, items: readonly FromItem[]): string {
  const name = quoteIdentifier(column);
  return items.length === 1 ? name : `${quoteIdentifier(item.name ?? '')}.${name}`;
}

/**
 * The columns to sort by in addition so that no two rows tie: those of a unique key that are not there yet. Undefined
 * if there is none, or if a join may repeat rows.
 */
function tieBreaker(
  { catalog }: RewriteContext,
  items: readonly FromItem[],
  keys: readonly Key[],
  where: unknown,
): Key[] | undefined {
  const [first] = items;
  if (!first?.relation || !isKeyed(first, catalog)) return undefined;
  if (!items.slice(1).every(item => joinsOneRow(item, items, catalog))) return undefined;
  const fixed = conjuncts(where).flatMap(condition => {
    const column = columnFixedBy(condition, items);
    return column?.item === first ? [column.name] : [];
  });
  const present = [...fixed, ...keys.filter(key => key.item === first).map(key => key.column)];
  if (isUniqueBy(first.relation, present)) return [];
  const key = keyColumns(first.relation, present);
  const descending = keys.at(-1)!.descending;
  return key
    ?.filter(column => !present.includes(column))
    .map(column => ({ item: first, column, text: textOf(first, column, items), descending }));
}

function isKeyed({ relation }: FromItem, catalog: RewriteContext['catalog']): boolean {
  return relation !== undefined && !hasInheritanceChildren(catalog, relation);
}

/** An inner or left join by a unique key gives each row at most one partner. */
function joinsOneRow(item: FromItem, items: readonly FromItem[], catalog: RewriteContext['catalog']): boolean {
  if ((item.combination !== 'left' && item.combination !== 'inner') || !item.relation) return false;
  if (unwrap(item.join?.rarg)?.fields !== item.fields || !isKeyed(item, catalog)) return false;
  const own = conjuncts(item.join?.quals)
    .flatMap(condition => columnEquality(condition, items) ?? [])
    .filter(side => side.item === item);
  return isUniqueBy(
    item.relation,
    own.map(side => side.name),
  );
}

/** The shortest unique key without NULLs, the primary key before others. */
function keyColumns(relation: Relation, present: readonly string[]): readonly string[] | undefined {
  const notNull = new Set(relation.columns.filter(column => column.notNull).map(column => column.name));
  const keys = [
    ...relation.constraints.filter(({ kind }) => kind === 'primary key').map(({ columns }) => columns),
    ...relation.constraints.filter(({ kind }) => kind === 'unique').map(({ columns }) => columns),
  ].filter(columns => columns.length > 0 && columns.every(column => notNull.has(column)));
  const missing = (columns: readonly string[]): number => columns.filter(column => !present.includes(column)).length;
  return [...keys].sort((a, b) => missing(a) - missing(b))[0];
}

function rowCondition(keys: readonly Key[], values: readonly string[]): string {
  const operator = keys[0]!.descending ? '<' : '>';
  if (keys.length === 1) return `${keys[0]!.text} ${operator} ${values[0]}`;
  return `(${keys.map(key => key.text).join(', ')}) ${operator} (${values.join(', ')})`;
}

/** For keys that do not sort the same way. The first comparison is implied, but an index can begin with it. */
function chainCondition(keys: readonly Key[], values: readonly string[]): string {
  const [first] = keys;
  const behind = (at: number): string => {
    const { text, descending } = keys[at]!;
    const here = `${text} ${descending ? '<' : '>'} ${values[at]}`;
    return at === keys.length - 1 ? here : `(${here} OR (${text} = ${values[at]} AND ${behind(at + 1)}))`;
  };
  return `${first!.text} ${first!.descending ? '<=' : '>='} ${values[0]} AND ${behind(0)}`;
}

function sortEdits({ order }: Clauses, added: readonly Key[]): Edit[] {
  if (added.length === 0) return [];
  return [
    insertion(order!.range.end, added.map(({ text, descending }) => `, ${text}${descending ? ' DESC' : ''}`).join('')),
  ];
}

import { functionName, integerConstant, list } from '../../rules/support/expressions';
import type { NodeMatch } from '../../rules/nodeIndex';
import { fromItems, isAggregated } from '../../rules/support/fromItems';
import type { FromItem } from '../../rules/support/fromItems';
import { typeFamily } from '../../rules/support/columnTypes';
import { rangeOfTree } from '../../rules/support/trees';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, needsChecking } from './rewrite';
import { addCondition, clausesOf, insertion } from './support/clauses';
import type { Clauses } from './support/clauses';

export const randomOrderToSample = defineRewrite({
  id: 'random-order-to-sample',
  title: 'Read a sample instead of sorting all rows by chance',
  why: 'ORDER BY random() numbers and sorts every row of the table to keep a few. TABLESAMPLE reads only some pages; a random key finds one row by an index.',
  nodes: ['SelectStmt'],
  mentions: /random/i,
  find(context) {
    return context.find('SelectStmt').flatMap(query => {
      const page = randomPage(context, query);
      return page ? [sampled(context, page), byRandomKey(context, page)].filter(found => found !== undefined) : [];
    });
  },
});

interface RandomPage {
  readonly query: NodeMatch;
  readonly clauses: Clauses;
  readonly item: FromItem;
  readonly limit: number;
}

const BLOCKING = [
  'larg',
  'distinctClause',
  'lockingClause',
  'limitOffset',
  'windowClause',
  'whereClause',
  'withClause',
];

/** `SELECT ... FROM table ORDER BY random() LIMIT n`, of a table whose size is known. */
function randomPage({ statement, catalog, thresholds }: RewriteContext, query: NodeMatch): RandomPage | undefined {
  const { fields } = query;
  const limit = integerConstant(fields.limitCount);
  const [sort, ...more] = list(fields.sortClause);
  if (!limit || !sort || more.length > 0 || !isRandom(unwrap(sort)?.fields.node)) return undefined;
  if (BLOCKING.some(name => fields[name] !== undefined) || isAggregated(fields)) return undefined;
  const [item, ...others] = fromItems(query, catalog);
  const clauses = clausesOf(statement, fields);
  if (!item || item.type !== 'RangeVar' || others.length > 0 || !clauses) return undefined;
  if (unwrap(list(fields.fromClause)[0])?.type !== 'RangeVar') return undefined;
  const rows = item.relation?.rowEstimate;
  return rows !== undefined && rows >= thresholds.smallTableRows ? { query, clauses, item, limit } : undefined;
}

function isRandom(node: unknown): boolean {
  const call = unwrap(node);
  return call?.type === 'FuncCall' && functionName(call.fields) === 'random' && list(call.fields.args).length === 0;
}

/** Ours: so many times the rows wanted are read, since pages are picked whole and chance gives fewer at times. */
const OVERSAMPLING = 20;
const LEAST_SAMPLE_ROWS = 1000;
const SAMPLED: ReadonlySet<string> = new Set(['table', 'materialized view', 'partitioned table']);

function sampled({ statement }: RewriteContext, { query, clauses, item, limit }: RandomPage): FoundRewrite | undefined {
  const { relation } = item;
  const place = rangeOfTree(statement, list(query.fields.fromClause)[0]);
  if (!relation?.rowEstimate || !SAMPLED.has(relation.kind) || !place) return undefined;
  const percent = (100 * Math.max(limit * OVERSAMPLING, LEAST_SAMPLE_ROWS)) / relation.rowEstimate;
  if (percent > 50) return undefined;
  const written = percent >= 1 ? String(Math.ceil(percent)) : String(Number(percent.toPrecision(1)));
  return {
    title: `Pick the rows from a sample of ${written} % of ${relation.name}`,
    range: clauses.order!.range,
    edits: [insertion(place.end, ` TABLESAMPLE SYSTEM (${written})`)],
    equality: needsChecking(
      'other rows come, as they do on each run; those that lie in one page come together',
      `fewer than ${limit} rows come if the pages of the sample have fewer`,
    ),
  };
}

/** One row at or behind a random place of the key. */
function byRandomKey(
  { statement }: RewriteContext,
  { query, clauses, item, limit }: RandomPage,
): FoundRewrite | undefined {
  const { relation } = item;
  const key = relation?.indexes.find(index => index.primary)?.keys ?? primaryKey(item);
  const column = relation?.columns.find(each => key?.length === 1 && each.name === key[0]!.replace(/"/g, ''));
  const table = item.table;
  if (limit !== 1 || !column || !table || typeFamily(column.type) !== 'integer') return undefined;
  const name = quoteIdentifier(column.name);
  const from = [table.schema, table.name].flatMap(part => (part === undefined ? [] : quoteIdentifier(part))).join('.');
  const value = `(SELECT min(${name}) + floor(random() * (max(${name}) - min(${name}) + 1))::bigint FROM ${from})`;
  const sort = rangeOfTree(statement, unwrap(list(query.fields.sortClause)[0])?.fields.node);
  const add = addCondition(statement, query.fields, clauses, `${name} >= ${value}`);
  if (!sort || !add) return undefined;
  return {
    title: `Pick the row at a random ${column.name}`,
    range: clauses.order!.range,
    edits: [...add, { range: sort, newText: name }],
    equality: needsChecking(`rows behind a gap in ${column.name} are picked more often than others`),
  };
}

function primaryKey({ relation }: FromItem): readonly string[] | undefined {
  return relation?.constraints.find(({ kind }) => kind === 'primary key')?.columns;
}

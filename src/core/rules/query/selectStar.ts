import { findRelation } from '../../catalog/catalog';
import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { contains, fromTables, isSystemTable, list, stringValue } from '../support/expressions';
import type { TableName } from '../support/expressions';
import type { Fix } from '../finding';
import type { NodeFields } from '../nodeIndex';

export const selectStar = defineRule({
  id: 'query/select-star',
  since: '0.1.0',
  severity: 'hint',
  kinds: ['SelectStmt'],
  nodes: ['A_Star'],
  title: 'SELECT * from a table',
  guideline: { guide: '000', section: 'Query Optimization Guidelines' },
  docs: {
    problem: '`SELECT *` reads and sends every column, also those nobody uses and those added later.',
    why: 'An index-only scan needs all selected columns in the index, so `*` rules it out. Wide values stored outside the row (TOAST: long text, jsonb, bytea) are fetched and decompressed one by one.',
    whenToIgnore: 'You look at a table by hand, or the application really uses all its columns.',
  },
  messages: {
    star: 'SELECT * reads every column, wide values too, and rules out an index-only scan; name the columns that are needed.',
  },
  examples: [
    {
      title: 'a list page that shows three columns',
      bad: 'SELECT * FROM orders WHERE customer_id = 7 ORDER BY created_at DESC LIMIT 20',
      flags: '*',
    },
    {
      title: 'the columns are known from the schema',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, "Note" text);',
      bad: 'SELECT * FROM orders WHERE total > 100',
      flags: '*',
      fixed: 'SELECT id, total, "Note" FROM orders WHERE total > 100',
    },
    {
      title: 'all columns of one side of a join',
      schema: 'CREATE TABLE orders (id bigint, customer_id bigint); CREATE TABLE customers (id bigint, name text);',
      bad: 'SELECT o.*, c.name FROM orders o JOIN customers c ON c.id = o.customer_id',
      flags: 'o.*',
      fixed: 'SELECT o.id, o.customer_id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id',
    },
    { title: 'named columns', good: 'SELECT id, total FROM orders WHERE customer_id = 7' },
    { title: 'counting rows', good: 'SELECT count(*) FROM orders' },
    { title: 'inside EXISTS, where the list is not evaluated', good: 'SELECT 1 WHERE EXISTS (SELECT * FROM orders)' },
    {
      title: 'from a query that names its columns',
      good: 'WITH recent AS (SELECT id, total FROM orders) SELECT * FROM recent',
    },
    { title: 'from a function', good: 'SELECT * FROM generate_series(1, 10)' },
    { title: "from a server's own view", good: "SELECT * FROM pg_stat_activity WHERE state = 'active'" },
    { title: 'a copy of a table', good: 'INSERT INTO orders_archive SELECT * FROM orders WHERE total = 0' },
  ],
  check({ statement, catalog, find, rangeOf, report }) {
    const query = find('SelectStmt')[0];
    if (!query || query.parent || query.fields.intoClause) return;
    const starred = find('ColumnRef').filter(
      column => column.parent?.type === 'ResTarget' && column.parent.parent === query && endsInStar(column.fields),
    );
    if (starred.length === 0) return;
    const { tables, others } = fromTables(query);
    for (const star of starred) {
      const qualifier = stringValue(list(star.fields.fields).at(-2));
      const meant = tables.filter(table => qualifier === undefined || qualifier === (table.alias ?? table.name));
      if (meant.length === 0 || meant.every(isSystemTable)) continue;
      const at = rangeOf(star);
      // A merged column (USING, NATURAL) appears once in the star's expansion: left to the author.
      const merges = contains(query.fields.fromClause, (type, fields) => type === 'JoinExpr' && isMerging(fields));
      const renames = contains(query.fields.fromClause, isRenaming);
      const complete = !renames && (qualifier !== undefined || (others === 0 && !merges));
      const columns = complete ? expand(meant, catalog, tables.length > 1 || qualifier !== undefined) : undefined;
      const fixes: Fix[] = columns
        ? [{ title: 'Name the columns', safe: true, edits: [{ range: at, newText: columns.join(', ') }] }]
        : [];
      if (statement.slice(at).endsWith('*')) report({ at, message: 'star', fixes });
    }
  },
});

function endsInStar(fields: NodeFields): boolean {
  return unwrap(list(fields.fields).at(-1))?.type === 'A_Star';
}

function isMerging(join: NodeFields): boolean {
  return join.isNatural === true || list(join.usingClause).length > 0;
}

/** An alias that names the columns anew, or hides the tables of a join behind it. */
function isRenaming(type: string, { alias }: NodeFields): boolean {
  const renamed = list((alias as NodeFields | undefined)?.colnames).length > 0;
  return renamed || (type === 'JoinExpr' && alias !== undefined);
}

function expand(tables: readonly TableName[], catalog: Catalog | undefined, qualify: boolean): string[] | undefined {
  if (!catalog) return undefined;
  const columns: string[] = [];
  for (const table of tables) {
    const relation = findRelation(catalog, table.name, table.schema);
    if (!relation || relation.columns.length === 0 || relation.columnsKnown === false) return undefined;
    const prefix = qualify ? `${quoteIdentifier(table.alias ?? table.name)}.` : '';
    columns.push(...relation.columns.map(column => prefix + quoteIdentifier(column.name)));
  }
  return columns;
}

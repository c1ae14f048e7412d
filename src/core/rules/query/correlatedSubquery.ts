import { isAggregateCall } from '../../sql/aggregates';
import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, contains, fromTables, integerConstant, operatorOf } from '../support/expressions';
import { leadingIndex } from '../support/indexKeys';
import { isSmallTable, sizeEvidence, warningIfBig } from '../support/tableSize';
import { conjuncts } from '../support/trees';

export const correlatedSubquery = defineRule({
  id: 'query/correlated-subquery',
  since: '0.2.0',
  severity: 'hint',
  title: 'Subquery in the select list that runs for each row',
  nodes: ['SubLink'],
  docs: {
    problem: 'A subquery in the select list refers to the row around it, so it runs once for each row of the result.',
    why: 'PostgreSQL does not turn it into a join. With an index on the compared column each run is a short lookup; without one each run reads the whole table. A join to the grouped table reads it once; several subqueries on one table can be one LATERAL join.',
    whenToIgnore: 'The result has few rows and the lookup has an index.',
  },
  messages: {
    lookup: 'This runs once for each row; a LEFT JOIN of {table} on {column} can read the rows of all at once.',
    row: 'This runs once for each row; a join to {table} grouped by {column} reads it once.',
    scan: 'This reads all of {table} for each row: no index begins with {column}.',
    repeated:
      '{count} subqueries read {table} for each row; one LATERAL join, or a join to the grouped table, reads it once.',
  },
  examples: [
    {
      title: 'a figure for each row',
      bad: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders FROM customers c',
      flags: '(SELECT count(*) FROM orders o WHERE o.customer_id = c.id)',
    },
    {
      title: 'no index to look it up',
      schema:
        'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);',
      bad: 'SELECT c.id, (SELECT max(o.id) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.id < 9',
      flags: '(SELECT max(o.id) FROM orders o WHERE o.customer_id = c.id)',
    },
    {
      title: 'one value of a related row',
      bad: 'SELECT p.id, (SELECT u.name FROM users u WHERE u.id = p.creator_id) AS creator FROM posts p',
      flags: '(SELECT u.name FROM users u WHERE u.id = p.creator_id)',
    },
    {
      title: 'several figures of one table',
      bad: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(total) FROM orders o WHERE o.customer_id = c.id) FROM customers c',
      flags: '(SELECT count(*) FROM orders o WHERE o.customer_id = c.id)',
    },
    {
      title: 'a join to the grouped table',
      good: 'SELECT c.id, o.n FROM customers c LEFT JOIN (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) AS o ON o.customer_id = c.id',
    },
    {
      title: 'the newest row of each, which an index finds',
      good: 'SELECT c.id, (SELECT o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.id DESC LIMIT 1) FROM customers c',
    },
    { title: 'a subquery that runs once', good: 'SELECT id, (SELECT max(total) FROM orders) AS top FROM customers' },
    {
      title: 'one row',
      good: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.id = $1 LIMIT 1',
    },
    {
      title: 'a page, looked up by index',
      schema:
        'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint); CREATE INDEX ON orders (customer_id);',
      good: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c ORDER BY c.id LIMIT 20',
    },
    {
      title: 'one customer by its key',
      schema:
        'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);',
      good: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.id = 7',
    },
    {
      title: "the server's own catalogs",
      good: 'SELECT c.relname, (SELECT nspname FROM pg_namespace n WHERE n.oid = c.relnamespace) FROM pg_class c',
    },
  ],
  check({ catalog, thresholds, find, rangeOf, report }) {
    const seen = new Map<NodeMatch, Map<string, Correlation[]>>();
    for (const link of find('SubLink')) {
      if (link.fields.subLinkType !== 'EXPR_SUBLINK') continue;
      const outer = selectListOwner(link);
      const correlation = outer && readCorrelation(link, outer);
      if (!outer || !correlation || returnsOneRow(outer, catalog)) continue;
      const byTable = seen.get(outer) ?? new Map<string, Correlation[]>();
      seen.set(outer, byTable);
      byTable.set(correlation.table, [...(byTable.get(correlation.table) ?? []), correlation]);
    }
    for (const byTable of seen.values()) {
      for (const [table, found] of byTable) {
        const { link, schema, column, outer } = found[0]!;
        const relation = catalog && findRelation(catalog, table, schema);
        if (isSmallTable(relation, thresholds)) continue;
        const at = rangeOf(link);
        const known = relation?.columns.some(one => one.name === column);
        if (
          relation &&
          known &&
          !leadingIndex(relation, column, index => index.method === 'btree' || index.method === 'hash')
        ) {
          const size = warningIfBig(relation, thresholds);
          report({
            at,
            message: 'scan',
            severity: 'info',
            values: { table, column },
            evidence: sizeEvidence(relation),
            ...size,
          });
        } else if (found.length > 1) {
          report({ at, message: 'repeated', values: { count: found.length, table } });
        } else if (outer.fields.limitCount === undefined && !found[0]!.isLimited) {
          report({ at, message: found[0]!.aggregates ? 'row' : 'lookup', values: { table, column } });
        }
      }
    }
  },
});

interface Correlation {
  readonly link: NodeMatch;
  readonly outer: NodeMatch;
  readonly table: string;
  readonly schema: string | undefined;
  readonly column: string;
  readonly aggregates: boolean;
  /** By LIMIT: the newest row of each, which an index finds best. */
  readonly isLimited: boolean;
}

/** The query in whose select list an expression stands. */
function selectListOwner(node: NodeMatch): NodeMatch | undefined {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) {
    if (at.type === 'ResTarget')
      return at.parent?.type === 'SelectStmt' && at.key === 'targetList' ? at.parent : undefined;
    if (at.type === 'SelectStmt' || at.key === 'whereClause') return undefined;
  }
  return undefined;
}

/** `table.column = outer.column` among the conditions of a subquery over one table. */
function readCorrelation(link: NodeMatch, outer: NodeMatch): Correlation | undefined {
  const inner = unwrap(link.fields.subselect);
  if (inner?.type !== 'SelectStmt') return undefined;
  const query: NodeMatch = { type: 'SelectStmt', fields: inner.fields, parent: link, key: 'subselect' };
  const { tables, others } = fromTables(query);
  const [table] = tables;
  if (!table || tables.length > 1 || others > 0 || table.schema === 'pg_catalog' || /^pg_/.test(table.name))
    return undefined;
  const outside = fromTables(outer).tables.map(one => one.alias ?? one.name);
  const own = table.alias ?? table.name;
  for (const condition of conjuncts(inner.fields.whereClause)) {
    const node = unwrap(condition);
    if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') continue;
    const sides = [asColumn(node.fields.lexpr), asColumn(node.fields.rexpr)];
    const mine = sides.find(side => side?.qualifier === own || side?.qualifier === undefined);
    const theirs = sides.find(
      side => side !== mine && side?.qualifier !== undefined && outside.includes(side.qualifier),
    );
    if (mine && theirs && theirs.qualifier !== own) {
      return {
        link,
        outer,
        table: table.name,
        schema: table.schema,
        column: mine.name,
        aggregates: contains(inner.fields.targetList, isAggregateCall),
        isLimited: inner.fields.limitCount !== undefined,
      };
    }
  }
  return undefined;
}

/** A query for one row runs its subqueries once: by LIMIT 1, or by a unique key. */
function returnsOneRow(query: NodeMatch, catalog: Parameters<typeof findRelation>[0] | undefined): boolean {
  if (integerConstant(query.fields.limitCount) === 1) return true;
  const { tables, others } = fromTables(query);
  const [table] = tables;
  if (!table || tables.length > 1 || others > 0) return false;
  const compared = conjuncts(query.fields.whereClause).flatMap(condition => {
    const node = unwrap(condition);
    const isEqual = node?.type === 'A_Expr' && node.fields.kind === 'AEXPR_OP' && operatorOf(node.fields) === '=';
    return isEqual ? [asColumn(node.fields.lexpr)?.name, asColumn(node.fields.rexpr)?.name] : [];
  });
  const relation = catalog && findRelation(catalog, table.name, table.schema);
  // Without a schema a column named id is taken for the key.
  if (!relation) return compared.includes('id');
  return relation.indexes.some(
    index => index.unique && index.keys.every(key => compared.includes(key.replace(/"/g, ''))),
  );
}

import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asColumn, fromTables, functionName, integerConstant, list, operatorOf } from '../support/expressions';
import { isBigTable, isSmallTable, sizeEvidence } from '../support/tableSize';
import { conjuncts, rangeOfTree } from '../support/trees';

export const firstRowByWindow = defineRule({
  id: 'query/first-row-by-window',
  since: '0.2.0',
  severity: 'hint',
  title: 'row_number() to keep one row of each group',
  nodes: ['FuncCall'],
  docs: {
    problem: 'Every row gets a number, and all but the first of each group are thrown away.',
    why: 'All rows are sorted and numbered. DISTINCT ON keeps the first row without numbers; and where the groups are a table of their own (cameras, customers), `LEFT JOIN LATERAL (... ORDER BY ... LIMIT 1)` reads one row for each from an index.',
    whenToIgnore: 'Most groups have few rows, or the query must run on other databases.',
  },
  messages: {
    number:
      'All rows are numbered to keep one of each group; DISTINCT ON keeps it directly, and LATERAL with LIMIT 1 can read it from an index.',
  },
  examples: [
    {
      title: 'the latest reading of each camera',
      bad: 'SELECT * FROM (SELECT camera_id, n, row_number() OVER (PARTITION BY camera_id ORDER BY at DESC) AS rn FROM readings) AS r WHERE rn = 1',
      flags: 'row_number() OVER (PARTITION BY camera_id ORDER BY at DESC)',
    },
    {
      title: 'in a WITH query',
      bad: 'WITH r AS (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY at DESC) AS pos FROM orders) SELECT id FROM r WHERE r.pos = 1',
      flags: 'row_number() OVER (PARTITION BY customer_id ORDER BY at DESC)',
    },
    {
      title: 'DISTINCT ON',
      good: 'SELECT DISTINCT ON (camera_id) camera_id, n FROM readings ORDER BY camera_id, at DESC',
    },
    {
      title: 'the first three of each group',
      good: 'SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY at) AS rn FROM orders) AS r WHERE rn <= 3',
    },
    {
      title: 'rows with equal rank',
      good: 'SELECT * FROM (SELECT id, rank() OVER (PARTITION BY customer_id ORDER BY at) AS rn FROM orders) AS r WHERE rn = 1',
    },
    {
      title: 'duplicates to delete',
      good: 'DELETE FROM orders WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY no ORDER BY id) AS rn FROM orders) AS r WHERE rn > 1)',
    },
    { title: 'a numbered list', good: 'SELECT id, row_number() OVER (ORDER BY at) AS rn FROM orders' },
    {
      title: 'a small table',
      schema: 'CREATE TABLE readings (camera_id int, n int, at timestamptz); -- readings: 200 rows',
      good: 'SELECT * FROM (SELECT n, row_number() OVER (PARTITION BY camera_id ORDER BY at DESC) AS rn FROM readings) AS r WHERE rn = 1',
    },
  ],
  check({ statement, catalog, thresholds, find, report }) {
    for (const call of find('FuncCall')) {
      const target = call.parent;
      const inner = target?.parent;
      const over = call.fields.over as NodeFields | undefined;
      if (functionName(call.fields) !== 'row_number' || target?.type !== 'ResTarget' || inner?.type !== 'SelectStmt')
        continue;
      if (list(over?.partitionClause).length === 0 && typeof over?.name !== 'string') continue;
      if (typeof target.fields.name !== 'string' || inner.fields.larg || inner.fields.groupClause) continue;
      if (!readersOf(inner, find).some(reader => keepsFirst(reader, String(target.fields.name)))) continue;
      const { tables } = fromTables(inner);
      const relations = tables.map(table => catalog && findRelation(catalog, table.name, table.schema));
      if (relations.some(relation => isSmallTable(relation, thresholds))) continue;
      const big = relations.find(relation => isBigTable(relation, thresholds));
      const at = rangeOfTree(statement, { FuncCall: call.fields });
      if (!at) continue;
      report({ at, message: 'number', ...(big && { severity: 'info' as const, evidence: sizeEvidence(big) }) });
    }
  },
});

/** The queries that read a subquery or WITH query. */
function readersOf(inner: NodeMatch, find: (type: string) => readonly NodeMatch[]): NodeMatch[] {
  const { parent } = inner;
  const items =
    parent?.type === 'RangeSubselect'
      ? [parent]
      : parent?.type === 'CommonTableExpr'
        ? find('RangeVar').filter(table => table.fields.relname === parent.fields.ctename)
        : [];
  return items.flatMap(item => {
    let at = item;
    while (at.parent?.type === 'JoinExpr') at = at.parent;
    return at.key === 'fromClause' && at.parent?.type === 'SelectStmt' ? [at.parent] : [];
  });
}

/** `name = 1` among the conditions of a query. */
function keepsFirst(reader: NodeMatch, name: string): boolean {
  return conjuncts(reader.fields.whereClause).some(condition => {
    const node = unwrap(condition);
    if (node?.type !== 'A_Expr' || operatorOf(node.fields) !== '=' || node.fields.kind !== 'AEXPR_OP') return false;
    return asColumn(node.fields.lexpr)?.name === name && integerConstant(node.fields.rexpr) === 1;
  });
}

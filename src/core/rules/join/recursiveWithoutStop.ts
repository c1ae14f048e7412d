import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { contains, list } from '../support/expressions';

export const recursiveWithoutStop = defineRule({
  id: 'join/recursive-without-stop',
  since: '0.2.0',
  severity: 'error',
  title: 'WITH RECURSIVE that never ends',
  nodes: ['CommonTableExpr'],
  docs: {
    problem: 'The recursive part makes a new row of every row it made, without a condition.',
    why: 'Recursion ends when a round yields no row. Here every round does, until the disk is full or a timeout strikes.',
    whenToIgnore: 'Never.',
  },
  messages: { endless: 'The recursive part of {name} has no condition, so each round yields rows and it never ends.' },
  examples: [
    {
      title: 'a counter without a limit',
      bad: 'WITH RECURSIVE days AS (SELECT current_date AS d UNION ALL SELECT d + 1 FROM days) SELECT d FROM days',
      flags: 'SELECT d + 1 FROM days',
    },
    {
      title: 'a limit that sorts first',
      bad: 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n ORDER BY i LIMIT 5',
      flags: 'SELECT i + 1 FROM n',
    },
    {
      title: 'a counter with a limit',
      good: 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n',
    },
    {
      title: 'a tree',
      good: 'WITH RECURSIVE t AS (SELECT id FROM categories WHERE parent_id IS NULL UNION ALL SELECT c.id FROM categories c JOIN t ON c.parent_id = t.id) SELECT id FROM t',
    },
    {
      title: 'a limit outside',
      good: 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 5',
    },
    {
      title: 'UNION stops when nothing is new',
      good: 'WITH RECURSIVE n AS (SELECT 1 AS i UNION SELECT i % 7 + 1 FROM n) SELECT i FROM n',
    },
    {
      title: 'a function that runs out of rows',
      good: 'WITH RECURSIVE e AS (SELECT $1::jsonb AS v UNION ALL SELECT x FROM e, jsonb_array_elements(e.v) x) SELECT v FROM e',
    },
    {
      title: 'a WITH that is not recursive after all',
      good: 'WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT 2) SELECT x FROM a',
    },
  ],
  check({ find, rangeOf, report }) {
    for (const cte of find('CommonTableExpr')) {
      const name = String(cte.fields.ctename);
      const union = unwrap(cte.fields.ctequery)?.fields;
      if (!union || union.op !== 'SETOP_UNION' || union.all !== true || union.limitCount || cte.fields.cycle_clause)
        continue;
      const recursive = union.rarg as NodeFields | undefined;
      if (!recursive || !isEndless(recursive, name)) continue;
      const reader = cte.parent?.parent;
      if (reader && isLimited(reader, name)) continue;
      // LIMIT further out, or in a query that reads it there, may stop it as well.
      if (find('SelectStmt').some(query => query !== reader && isLimited(query, name))) continue;
      const match = find('SelectStmt').find(query => query.fields === recursive);
      if (match) report({ at: rangeOf(match), message: 'endless', values: { name } });
    }
  },
});

/** `SELECT ... FROM itself`, nothing more. */
function isEndless(query: NodeFields, name: string): boolean {
  const from = list(query.fromClause);
  const clauses = ['whereClause', 'havingClause', 'limitCount', 'groupClause', 'distinctClause', 'larg', 'withClause'];
  if (from.length !== 1 || clauses.some(clause => query[clause] !== undefined)) return false;
  const only = unwrap(from[0]);
  // A set-returning function of the select list can yield no row.
  const callsSet = contains(query.targetList, type => type === 'FuncCall');
  return only?.type === 'RangeVar' && only.fields.relname === name && !only.fields.schemaname && !callsSet;
}

/** LIMIT ends the recursion when rows are handed on one by one. */
function isLimited(query: NodeMatch, name: string): boolean {
  const { limitCount, sortClause, groupClause, distinctClause } = query.fields;
  return limitCount !== undefined && !sortClause && !groupClause && !distinctClause && reads(query.fields, name);
}

function reads(query: NodeFields, name: string): boolean {
  return contains(query.fromClause, (type, fields) => type === 'RangeVar' && fields.relname === name);
}

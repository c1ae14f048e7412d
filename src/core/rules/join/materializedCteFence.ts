import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { isConstantExpression, list, operatorOf } from '../support/expressions';
import { fromItems, isAggregated, mayHaveEffects } from '../support/fromItems';
import { conjuncts } from '../support/trees';
import { itemOf } from '../support/mentions';

export const materializedCteFence = defineRule({
  id: 'join/materialized-cte-fence',
  since: '0.2.0',
  severity: 'hint',
  title: 'WITH query computed whole and filtered afterwards',
  nodes: ['CommonTableExpr'],
  docs: {
    problem: 'The WITH query is stored as a whole before the filter outside is applied.',
    why: 'PostgreSQL moves an outer filter into a WITH query only if it is read once and not marked MATERIALIZED. Otherwise an index on the filtered column cannot be used.',
    whenToIgnore: 'The WITH query is small, or expensive enough that computing it once matters more.',
  },
  messages: {
    materialized: 'MATERIALIZED keeps this filter out of {name}: all of it is computed first.',
    twice:
      '{name} is read {times} times, so it is computed whole before this filter; NOT MATERIALIZED lets the filter in.',
  },
  examples: [
    {
      title: 'MATERIALIZED and a filter outside',
      bad: 'WITH r AS MATERIALIZED (SELECT camera_id, total FROM counting_results) SELECT total FROM r WHERE r.camera_id = 5',
      flags: 'r.camera_id = 5',
    },
    {
      title: 'read twice, filtered both times',
      bad: 'WITH r AS (SELECT camera_id, total FROM counting_results) SELECT a.total - b.total FROM r a JOIN r b ON true WHERE a.camera_id = 5 AND b.camera_id = 6',
      flags: ['a.camera_id = 5'],
    },
    {
      title: 'read once',
      good: 'WITH r AS (SELECT camera_id, total FROM counting_results) SELECT total FROM r WHERE r.camera_id = 5',
    },
    {
      title: 'an aggregate computed once',
      good: 'WITH r AS MATERIALIZED (SELECT camera_id, sum(total) AS total FROM counting_results GROUP BY camera_id) SELECT total FROM r WHERE r.camera_id = 5',
    },
    {
      title: 'filtered inside',
      good: 'WITH r AS MATERIALIZED (SELECT total FROM counting_results WHERE camera_id = 5) SELECT total FROM r',
    },
    {
      title: 'rows to lock, once',
      good: 'WITH next AS MATERIALIZED (SELECT id, kind FROM jobs LIMIT 5 FOR UPDATE SKIP LOCKED) SELECT id FROM next WHERE next.kind = 1',
    },
  ],
  check({ catalog, find, rangeOf, report }) {
    for (const cte of find('CommonTableExpr')) {
      const { ctename, ctematerialized, ctequery } = cte.fields;
      if (typeof ctename !== 'string' || ctematerialized === 'CTEMaterializeNever') continue;
      const inner = unwrap(ctequery);
      if (inner?.type !== 'SelectStmt' || !isPlain(inner.fields)) continue;
      const readers = find('RangeVar').filter(each => each.fields.relname === ctename && !each.fields.schemaname);
      const isMarked = ctematerialized === 'CTEMaterializeAlways';
      if (!isMarked && readers.length < 2) continue;
      const filters = readers.map(reader => filterOn(reader, find, catalog));
      if (!filters.every(filter => filter !== undefined)) continue;
      const first = filters[0];
      if (!first) continue;
      const name = ctename;
      if (isMarked) report({ at: rangeOf(first), message: 'materialized', values: { name } });
      else report({ at: rangeOf(first), message: 'twice', values: { name, times: readers.length } });
    }
  },
});

const WHOLE = ['larg', 'limitCount', 'limitOffset', 'distinctClause', 'lockingClause', 'windowClause', 'valuesLists'];

/** A query into which an outer filter could move. */
function isPlain(query: NodeFields): boolean {
  return (
    WHOLE.every(clause => query[clause] === undefined) &&
    list(query.fromClause).length > 0 &&
    !isAggregated(query) &&
    !mayHaveEffects(query.targetList)
  );
}

/** A comparison of a column of the CTE with a constant in the WHERE of the query that reads it. */
function filterOn(
  reader: NodeMatch,
  find: (type: string) => readonly NodeMatch[],
  catalog: Parameters<typeof fromItems>[1],
): NodeMatch | undefined {
  let query = reader.parent;
  while (query && query.type !== 'SelectStmt') query = query.parent;
  if (!query) return undefined;
  const items = fromItems(query, catalog);
  for (const condition of conjuncts(query.fields.whereClause)) {
    const node = unwrap(condition);
    if (node?.type !== 'A_Expr' || operatorOf(node.fields) !== '=' || node.fields.kind !== 'AEXPR_OP') continue;
    if (!isConstantExpression(node.fields.rexpr)) continue;
    const column = unwrap(node.fields.lexpr);
    if (column?.type !== 'ColumnRef') continue;
    const owner = items.length === 1 ? items[0] : itemOf(column.fields, items);
    if (owner?.fields === reader.fields) return find('A_Expr').find(each => each.fields === node.fields);
  }
  return undefined;
}

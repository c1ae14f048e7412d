import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list } from '../support/expressions';
import type { NodeFields } from '../nodeIndex';

export const materializedViewOrderBy = defineRule({
  id: 'schema/materialized-view-order-by',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['CreateTableAsStmt'],
  title: 'ORDER BY in a materialized view',
  docs: {
    problem: 'The outer query of the materialized view has an ORDER BY.',
    why: 'Reading the view promises no order, so a query must sort or use an index anyway, and each refresh sorts in vain.',
    whenToIgnore:
      'The order of the rows on disk helps range scans or BRIN, and the view is not refreshed CONCURRENTLY.',
  },
  messages: {
    order: 'The rows of a materialized view have no order for its readers: create an index, and sort in the query.',
  },
  examples: [
    {
      title: 'totals by day',
      bad: 'CREATE MATERIALIZED VIEW daily AS SELECT day, sum(total) AS total FROM orders GROUP BY day ORDER BY day DESC',
      flags: 'ORDER BY day DESC',
      fixed: 'CREATE MATERIALIZED VIEW daily AS SELECT day, sum(total) AS total FROM orders GROUP BY day',
    },
    {
      title: 'the first rows',
      good: 'CREATE MATERIALIZED VIEW top AS SELECT id, total FROM orders ORDER BY total DESC LIMIT 100',
    },
    {
      title: 'DISTINCT ON',
      good: 'CREATE MATERIALIZED VIEW latest AS SELECT DISTINCT ON (camera_id) camera_id, at FROM readings ORDER BY camera_id, at DESC',
    },
    {
      title: 'a window',
      good: 'CREATE MATERIALIZED VIEW ranks AS SELECT id, rank() OVER (ORDER BY total) AS place FROM orders',
    },
    {
      title: 'no order',
      good: 'CREATE MATERIALIZED VIEW daily AS SELECT day, sum(total) AS total FROM orders GROUP BY day',
    },
    { title: 'an ordinary view', good: 'CREATE VIEW daily AS SELECT day FROM orders ORDER BY day' },
  ],
  check({ statement, report }) {
    const fields = unwrap(statement.tree)?.fields;
    const query = unwrap(fields?.query)?.fields;
    if (fields?.objtype !== 'OBJECT_MATVIEW' || !query) return;
    const sorts = list(query.sortClause);
    if (sorts.length === 0 || query.limitCount || query.limitOffset || query.distinctClause) return;
    const ranges = sorts.flatMap(sort => {
      const node = unwrap(sort);
      return (node && statement.rangeOf(node.type, node.fields as NodeFields)) ?? [];
    });
    const first = ranges[0];
    const last = ranges.at(-1);
    const words = first && /order\s+by\s*$/i.exec(statement.text.slice(0, first.start));
    if (!last || !words) return;
    const rest = /^(?:\s+(?:asc|desc)\b)?(?:\s+nulls\s+(?:first|last)\b)?/i.exec(statement.text.slice(last.end))![0];
    const at = { start: words.index, end: last.end + rest.length };
    const blank = statement.text.slice(0, at.start).trimEnd().length;
    report({
      at,
      message: 'order',
      fixes: [{ title: 'Remove it', safe: false, edits: [{ range: { start: blank, end: at.end }, newText: '' }] }],
    });
  },
});

import { defineRule } from '../defineRule';
import { loopAround, outerRange, plpgsqlBody, usesVariable } from '../support/routineBody';
import type { Loop } from '../support/routineBody';

export const queryPerRow = defineRule({
  id: 'function/query-per-row',
  since: '0.2.0',
  severity: 'hint',
  title: 'One query per row of a loop',
  guideline: { guide: '004', section: 'Best Practices Summary' },
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'A loop over the rows of a query asks another query for each of them.',
    why: 'A join in the query of the loop answers all of them in one plan.',
    whenToIgnore: 'The loop has few rows, or the second query is seldom asked.',
  },
  messages: {
    perRow: 'This query runs once for each row of the loop; a join in the query of the loop does it at once.',
  },
  examples: [
    {
      title: 'a lookup in a loop',
      bad: 'DO $$ DECLARE r record; n text; BEGIN FOR r IN SELECT customer_id FROM orders LOOP SELECT name INTO n FROM customers WHERE id = r.customer_id; END LOOP; END $$',
      flags: 'customers',
    },
    {
      title: 'a join',
      good: 'DO $$ DECLARE r record; BEGIN FOR r IN SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id LOOP RAISE NOTICE $m$%$m$, r.name; END LOOP; END $$',
    },
    {
      title: 'a query without the row',
      good: 'DO $$ DECLARE r record; n int; BEGIN FOR r IN SELECT id FROM orders LOOP SELECT count(*) INTO n FROM queue; END LOOP; END $$',
    },
    {
      title: 'a loop over numbers',
      good: 'DO $$ DECLARE n int; BEGIN FOR i IN 1..3 LOOP SELECT x INTO n FROM points WHERE id = i; END LOOP; END $$',
    },
    { title: 'outside of a loop', good: 'DO $$ DECLARE n int; BEGIN SELECT x INTO n FROM points WHERE id = 1; END $$' },
    {
      title: 'catalogs',
      good: 'DO $$ DECLARE r record; n int; BEGIN FOR r IN SELECT oid FROM pg_class LOOP SELECT count(*) INTO n FROM pg_index WHERE indrelid = r.oid; END LOOP; END $$',
    },
  ],
  check({ statement, report }) {
    const body = plpgsqlBody(statement);
    if (!body) return;
    const reported = new Set<Loop>();
    for (const inner of statement.inner) {
      const { kind, tree, tables } = inner.statement;
      if (kind !== 'SelectStmt' || inner.body.loopDepth === 0 || inner.body.use === 'dynamic') continue;
      const table = tables.find(each => each.use === 'read' && !each.name.startsWith('pg_'));
      const loop = table && loopAround(body, inner.range.start, each => each.overRows);
      // The query of the loop itself stands before its LOOP.
      const isHead = loop && !/\bloop\b/i.test(body.source.slice(loop.range.start, inner.range.start));
      if (!loop || isHead || reported.has(loop) || !usesVariable(tree, loop.variables)) continue;
      reported.add(loop);
      report({ at: outerRange(inner, table.range), message: 'perRow' });
    }
  },
});

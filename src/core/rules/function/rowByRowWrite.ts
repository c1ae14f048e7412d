import { defineRule } from '../defineRule';
import { firstWord, loopAround, plpgsqlBody, usesVariable } from '../support/routineBody';
import type { Loop } from '../support/routineBody';

export const rowByRowWrite = defineRule({
  id: 'function/row-by-row-write',
  since: '0.2.0',
  severity: 'info',
  title: 'One write per row of a loop',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'A loop over the rows of a query writes one row per round.',
    why: 'Each round starts a statement, looks up its row and fires statement triggers. One `INSERT ... SELECT`, `UPDATE ... FROM` or `DELETE ... USING` over the same query does it in a single plan.',
    whenToIgnore: 'Each row needs its own error handling or its own commit.',
  },
  messages: {
    perRow: 'This runs once for each row of the loop; one statement over the query of the loop does the same.',
  },
  examples: [
    {
      title: 'an UPDATE per row',
      bad: 'DO $$ DECLARE r record; BEGIN FOR r IN SELECT id, total FROM orders LOOP UPDATE customers SET spent = spent + r.total WHERE id = r.id; END LOOP; END $$',
      flags: 'UPDATE',
    },
    {
      title: 'an INSERT per row',
      bad: 'DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM orders LOOP IF r.id > 5 THEN INSERT INTO copies (id) VALUES (r.id); END IF; END LOOP; END $$',
      flags: 'INSERT',
    },
    { title: 'one statement', good: 'DO $$ BEGIN INSERT INTO copies (id) SELECT id FROM orders; END $$' },
    {
      title: 'batches until nothing is left',
      good: 'DO $$ BEGIN LOOP DELETE FROM logs WHERE ctid IN (SELECT ctid FROM logs LIMIT 1000); EXIT WHEN NOT FOUND; END LOOP; END $$',
    },
    {
      title: 'rows that may fail one by one',
      good: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM raw LOOP BEGIN INSERT INTO clean (id) VALUES (r.id); EXCEPTION WHEN check_violation THEN RAISE NOTICE 'row %', r.id; END; END LOOP; END $$",
    },
    {
      title: 'a loop over numbers',
      good: 'DO $$ BEGIN FOR i IN 1..12 LOOP INSERT INTO months (n) VALUES (i); END LOOP; END $$',
    },
    {
      title: 'a commit per row',
      good: 'DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM parts LOOP UPDATE rows SET done = true WHERE part = r.id; COMMIT; END LOOP; END $$',
    },
    {
      title: 'DDL per row',
      good: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT relname FROM pg_class LOOP EXECUTE format('ANALYZE %I', r.relname); END LOOP; END $$",
    },
  ],
  check({ statement, report }) {
    const body = plpgsqlBody(statement);
    if (!body) return;
    const reported = new Set<Loop>();
    for (const inner of statement.inner) {
      const { kind, tree } = inner.statement;
      if (inner.body.use !== 'statement' || inner.body.loopDepth === 0) continue;
      if (kind !== 'InsertStmt' && kind !== 'UpdateStmt' && kind !== 'DeleteStmt') continue;
      const loop = loopAround(body, inner.range.start, each => each.overRows);
      if (!loop || reported.has(loop) || !usesVariable(tree, loop.variables)) continue;
      const text = body.source.slice(loop.range.start, loop.range.end);
      if (/\b(?:exception\s+when|commit|rollback|pg_sleep)\b/i.test(text)) continue;
      reported.add(loop);
      report({ at: firstWord(inner), message: 'perRow' });
    }
  },
});

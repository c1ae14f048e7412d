import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { firstWord, plpgsqlBody } from '../support/routineBody';

export const discardedResult = defineRule({
  id: 'function/discarded-result',
  since: '0.2.0',
  severity: 'error',
  title: 'A query in PL/pgSQL whose result goes nowhere',
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'A statement in a PL/pgSQL body returns rows and nothing takes them.',
    why: 'The function is created, but stops there when it is called: `query has no destination for result data` (42601).',
    whenToIgnore: 'Never: use PERFORM, INTO or RETURN QUERY.',
  },
  messages: {
    select:
      'Nothing takes the result of this query, so the function fails here; use PERFORM, SELECT ... INTO or RETURN QUERY.',
    returning: 'Nothing takes what RETURNING yields, so the function fails here; add INTO.',
  },
  examples: [
    {
      title: 'a call for its effect',
      bad: "CREATE FUNCTION wake() RETURNS void LANGUAGE plpgsql AS $$ BEGIN SELECT pg_notify('jobs', ''); END $$",
      flags: 'SELECT',
      fixed: "CREATE FUNCTION wake() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('jobs', ''); END $$",
    },
    {
      title: 'RETURNING',
      bad: 'DO $$ DECLARE new_id int; BEGIN INSERT INTO jobs (kind) VALUES (1) RETURNING id; END $$',
      flags: 'INSERT',
    },
    { title: 'PERFORM', good: "DO $$ BEGIN PERFORM pg_notify('jobs', ''); END $$" },
    {
      title: 'INTO',
      good: 'DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM jobs; INSERT INTO jobs (kind) VALUES (1) RETURNING id INTO n; END $$',
    },
    {
      title: 'RETURN QUERY',
      good: 'CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT id FROM jobs; RETURN QUERY WITH x AS (SELECT 1) SELECT * FROM x; END $$',
    },
    {
      title: 'loops and cursors',
      good: 'DO $$ DECLARE c CURSOR FOR SELECT id FROM jobs; r record; q refcursor; BEGIN FOR r IN SELECT id FROM jobs LOOP NULL; END LOOP; OPEN q FOR SELECT 1; END $$',
    },
    {
      title: 'SQL functions return their last query',
      good: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    },
    {
      title: 'an expression',
      good: 'DO $$ DECLARE n int; BEGIN n := (SELECT count(*) FROM jobs); IF EXISTS (SELECT 1 FROM jobs) THEN NULL; END IF; END $$',
    },
  ],
  check({ statement, report }) {
    const body = plpgsqlBody(statement);
    if (!body) return;
    for (const inner of statement.inner) {
      const { kind, text, tree } = inner.statement;
      if (inner.body.use !== 'statement' || inner.body.language !== 'plpgsql') continue;
      // INTO is blanked and PERFORM replaced before parsing: then the text differs from what is written.
      if (body.source.slice(inner.range.start, inner.range.end) !== text) continue;
      if (
        inner.range.start < body.range.start ||
        !beginsStatement(body.source.slice(body.range.start, inner.range.start))
      )
        continue;
      const returning = unwrap(tree)?.fields;
      if (kind === 'SelectStmt' && !returning?.intoClause) {
        const at = firstWord(inner);
        const isSelect = /^select$/i.test(statement.text.slice(at.start, at.end));
        const fix = { title: 'Use PERFORM', safe: false, edits: [{ range: at, newText: 'PERFORM' }] };
        report({ at, message: 'select', fixes: isSelect ? [fix] : [] });
      } else if (kind !== undefined && WRITES.has(kind) && (returning?.returningList ?? returning?.returningClause)) {
        report({ at: firstWord(inner), message: 'returning' });
      }
    }
  },
});

const WRITES: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** True if what stands before it ends a statement or opens a block. */
function beginsStatement(before: string): boolean {
  const code = before.replace(/(?:\s|--[^\n]*(?:\n|$)|\/\*(?:(?!\*\/)[^])*\*\/)+$/, '');
  return /(?:;|\b(?:begin|then|else|loop))$/i.test(code);
}

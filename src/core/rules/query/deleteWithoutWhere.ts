import { defineRule } from '../defineRule';
import { reportUnfiltered } from '../support/unfiltered';

export const deleteWithoutWhere = defineRule({
  id: 'query/delete-without-where',
  since: '0.1.0',
  severity: 'warning',
  kinds: ['UpdateStmt', 'SelectStmt', 'InsertStmt', 'DeleteStmt'],
  nodes: ['DeleteStmt'],
  needs: ['file'],
  title: 'DELETE of a whole table',
  docs: {
    problem: 'Without WHERE every row is deleted.',
    why: 'Rows are marked one by one, indexes keep their entries and the space comes back only after VACUUM. If all rows are to go, `TRUNCATE` empties the table at once (it takes an ACCESS EXCLUSIVE lock and is refused while other tables refer to it).',
    whenToIgnore: 'You mean all rows and the table is small. `WHERE true` says so in the statement.',
  },
  messages: { all: 'DELETE without WHERE removes every row of {table}; TRUNCATE does that at once.' },
  examples: [
    { title: 'a forgotten condition', bad: 'DELETE FROM sessions', flags: 'DELETE FROM sessions' },
    { title: 'a qualified name', bad: 'DELETE FROM ONLY app.sessions AS s', flags: 'DELETE FROM ONLY app.sessions' },
    { title: 'a condition', good: "DELETE FROM sessions WHERE expires_at < now() - interval '1 day'" },
    { title: 'all rows on purpose', good: 'DELETE FROM sessions WHERE true' },
    { title: 'emptied at once', good: 'TRUNCATE sessions' },
    {
      title: 'rows moved to another table',
      good: 'WITH moved AS (DELETE FROM inbox RETURNING *) INSERT INTO archive SELECT * FROM moved',
    },
    { title: 'a cursor', good: 'DELETE FROM sessions WHERE CURRENT OF c' },
    {
      title: 'a table the function makes for itself',
      good: 'CREATE FUNCTION tally() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TEMP TABLE IF NOT EXISTS work (id bigint); DELETE FROM work; END $$',
    },
  ],
  check(context) {
    reportUnfiltered(context, 'DeleteStmt', (at, table) =>
      context.report({
        at,
        message: 'all',
        values: { table },
        // Routines keep tables of their own that are refreshed or emptied as a whole.
        ...(context.body && { severity: 'info' as const }),
      }),
    );
  },
});

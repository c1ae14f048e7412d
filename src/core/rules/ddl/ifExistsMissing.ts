import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { insertion } from '../support/existingTable';
import { TOPICS } from '../fileContext';

export const ifExistsMissing = defineRule({
  id: 'ddl/if-exists-missing',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  kinds: ['CreateStmt', 'IndexStmt', 'CreateSchemaStmt', 'CreateSeqStmt', 'CreateExtensionStmt', 'DropStmt'],
  needs: ['file'],
  title: 'Step that cannot be repeated',
  docs: {
    problem: 'If a later statement of the file fails, this one has happened, and the next try fails here.',
    why: 'Outside a transaction each statement is committed on its own. `IF NOT EXISTS` and `IF EXISTS` make the step repeatable.',
    whenToIgnore: 'The tool runs each file in one transaction.',
  },
  messages: { add: 'A second run of this file fails here; {words} makes the step repeatable.' },
  examples: [
    {
      title: 'a table',
      bad: 'CREATE TABLE visits (id bigint PRIMARY KEY);\nCREATE TABLE IF NOT EXISTS vets (id bigint PRIMARY KEY);',
      flags: 'CREATE TABLE',
      fixed:
        'CREATE TABLE IF NOT EXISTS visits (id bigint PRIMARY KEY);\nCREATE TABLE IF NOT EXISTS vets (id bigint PRIMARY KEY);',
    },
    {
      title: 'dropping an index',
      bad: 'DROP INDEX CONCURRENTLY visits_at_idx; DROP TABLE IF EXISTS vets;',
      flags: 'DROP INDEX CONCURRENTLY',
      fixed: 'DROP INDEX CONCURRENTLY IF EXISTS visits_at_idx; DROP TABLE IF EXISTS vets;',
    },
    { title: 'in a transaction', good: 'BEGIN; CREATE TABLE visits (id int); CREATE TABLE vets (id int); COMMIT;' },
    { title: 'the only change of the file', good: 'CREATE TABLE visits (id int)' },
    { title: 'the last one', good: 'CREATE TABLE IF NOT EXISTS visits (id int); CREATE TABLE vets (id int);' },
    {
      title: 'an index without a name, which cannot be looked for',
      good: 'CREATE INDEX ON visits (id); DROP TABLE IF EXISTS vets;',
    },
  ],
  check({ statement, file, body, report }) {
    const fields = unwrap(statement.tree)?.fields;
    if (!fields || body || file.inTransaction || fields.if_not_exists === true || fields.missing_ok === true) return;
    if (statement.kind === 'IndexStmt' && fields.idxname === undefined) return;
    // Only a later change can fail and bring a second run.
    if (file.later(TOPICS.change).length === 0) return;
    const found = WORDS.exec(statement.text);
    if (!found) return;
    const words = statement.kind === 'DropStmt' ? 'IF EXISTS' : 'IF NOT EXISTS';
    const at = { start: 0, end: found[0].length };
    report({
      at,
      message: 'add',
      values: { words },
      fixes: [
        {
          title: `Add ${words}`,
          // What is there may be something else.
          safe: false,
          edits: [insertion(at.end, ` ${words}`)],
        },
      ],
    });
  },
});

const WORDS =
  /^(?:create\s+(?:unlogged\s+|temp(?:orary)?\s+)?(?:table|schema|sequence|extension)|create\s+(?:unique\s+)?index(?:\s+concurrently)?|drop\s+(?:materialized\s+view|index(?:\s+concurrently)?|table|view|schema|sequence|type|extension))\b/i;

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { clauseRange, foreignKeyDefinitions } from '../support/foreignKeys';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const setNullOnNotNull = defineRule({
  id: 'schema/set-null-on-not-null',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'ON DELETE SET NULL on a NOT NULL column',
  docs: {
    problem: 'The foreign key sets a column to NULL that must not be NULL.',
    why: 'The table is created, but every DELETE of a referenced row that is in use fails with a not-null violation.',
    whenToIgnore: 'Never: say NO ACTION or CASCADE, or allow NULL.',
  },
  messages: { fails: '{column} is NOT NULL, so deleting a row of {referenced} that is in use fails.' },
  examples: [
    {
      title: 'in the column',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers ON DELETE SET NULL)',
      flags: 'ON DELETE SET NULL',
    },
    {
      title: 'added to a table of the file',
      bad: 'CREATE TABLE zones (id int PRIMARY KEY, camera_id int NOT NULL); ALTER TABLE zones ADD FOREIGN KEY (camera_id) REFERENCES cameras (id) ON UPDATE CASCADE ON DELETE SET NULL;',
      flags: 'ON DELETE SET NULL',
    },
    {
      title: 'a column that may be NULL',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers ON DELETE SET NULL)',
    },
    {
      title: 'another action',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE)',
    },
    {
      title: 'only the other column of the key',
      good: 'CREATE TABLE posts (tenant_id int NOT NULL, id int, author_id int, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, author_id) REFERENCES users ON DELETE SET NULL (author_id))',
    },
    {
      title: 'an unknown table',
      good: 'ALTER TABLE zones ADD FOREIGN KEY (camera_id) REFERENCES cameras (id) ON DELETE SET NULL',
    },
    {
      title: 'NOT NULL dropped in the same file',
      good: 'CREATE TABLE zones (id int PRIMARY KEY, camera_id int NOT NULL); ALTER TABLE zones ALTER camera_id DROP NOT NULL; ALTER TABLE zones ADD FOREIGN KEY (camera_id) REFERENCES cameras (id) ON DELETE SET NULL;',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const keys = foreignKeyDefinitions({ find }).filter(({ onDelete }) => onDelete === 'set null');
    if (!relation || keys.length === 0) return;
    const table = knownTable(asTable(relation), { file, catalog }, { statement, later: true });
    for (const key of keys) {
      const set = key.setColumns.length > 0 ? key.setColumns : key.columns;
      const column = set.find(name => table?.columns.get(name)?.notNull);
      if (column === undefined) continue;
      report({
        at: clauseRange(statement, rangeOf(key.match), /on\s+delete\s+set\s+null/i),
        message: 'fails',
        values: { column, referenced: key.references.name },
      });
    }
  },
});

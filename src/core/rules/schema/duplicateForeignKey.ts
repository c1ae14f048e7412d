import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { foreignKeyDefinitions } from '../support/foreignKeys';
import { isDropped, knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const duplicateForeignKey = defineRule({
  id: 'schema/duplicate-foreign-key',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Foreign key that exists already',
  docs: {
    problem: 'The table has a foreign key of the same columns to the same table already.',
    why: 'Every insert and every delete of a referenced row is checked twice, and if their actions differ the order of their names decides.',
    whenToIgnore: 'The new one replaces the old, which is dropped elsewhere.',
  },
  messages: { same: 'There is a foreign key from {columns} to {referenced} already: every write is checked twice.' },
  examples: [
    {
      title: 'in the column and at the end',
      bad: 'CREATE TABLE zones (id int PRIMARY KEY, camera_id int REFERENCES cameras, FOREIGN KEY (camera_id) REFERENCES cameras (id))',
      flags: 'FOREIGN KEY (camera_id) REFERENCES cameras',
    },
    {
      title: 'added again',
      bad: 'CREATE TABLE zones (id int PRIMARY KEY, camera_id int REFERENCES cameras (id)); ALTER TABLE zones ADD CONSTRAINT zones_camera FOREIGN KEY (camera_id) REFERENCES cameras (id) ON DELETE CASCADE;',
      flags: 'CONSTRAINT zones_camera FOREIGN KEY (camera_id) REFERENCES cameras',
    },
    {
      title: 'other columns',
      good: 'CREATE TABLE moves (id int PRIMARY KEY, from_id int REFERENCES places, to_id int REFERENCES places)',
    },
    {
      title: 'the old one is dropped in the same statement',
      good: 'CREATE TABLE zones (camera_id int CONSTRAINT z REFERENCES cameras); ALTER TABLE zones DROP CONSTRAINT z, ADD FOREIGN KEY (camera_id) REFERENCES cameras ON DELETE CASCADE;',
    },
    {
      title: 'dropped before',
      good: 'CREATE TABLE zones (camera_id int REFERENCES cameras); ALTER TABLE zones DROP CONSTRAINT zones_camera_id_fkey; ALTER TABLE zones ADD FOREIGN KEY (camera_id) REFERENCES cameras NOT VALID;',
    },
    {
      title: 'the migration has run on the server already',
      schema:
        'CREATE TABLE cameras (id int PRIMARY KEY); CREATE TABLE zones (camera_id int CONSTRAINT zones_camera REFERENCES cameras (id));',
      good: 'ALTER TABLE zones ADD CONSTRAINT zones_camera FOREIGN KEY (camera_id) REFERENCES cameras (id)',
    },
    { title: 'an unknown table', good: 'ALTER TABLE zones ADD FOREIGN KEY (camera_id) REFERENCES cameras (id)' },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const keys = foreignKeyDefinitions({ find });
    if (!relation || keys.length === 0) return;
    const name = asTable(relation);
    const statements = [...file.earlier(name.name), statement];
    const isAnyDropped = statements.some(({ text }) => /\bdrop\s+constraint\b/i.test(text));
    if (isAnyDropped || file.later(name.name).some(({ text }) => /\bdrop\s+constraint\b/i.test(text))) return;
    const seen = new Map<string, string>();
    for (const known of knownTable(name, { file, catalog })?.foreignKeys ?? []) {
      if (!isDropped(known.name, file)) seen.set(identity(known.columns, known.references.name), known.name ?? '');
    }
    for (const key of keys) {
      const id = identity(key.columns, key.references.name);
      const other = seen.get(id);
      const ownName = key.match.fields.conname;
      if (other !== undefined && (other === '' || other !== ownName)) {
        if (other !== '' && ownName === undefined && statement.kind === 'CreateStmt') continue;
        report({
          at: rangeOf(key.match),
          message: 'same',
          values: { columns: key.columns.join(', '), referenced: key.references.name },
        });
      }
      seen.set(id, typeof ownName === 'string' ? ownName : '');
    }
  },
});

function identity(columns: readonly string[], references: string): string {
  return `${columns.join()} ${references}`;
}

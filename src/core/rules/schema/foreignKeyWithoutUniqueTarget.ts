import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { foreignKeyDefinitions } from '../support/foreignKeys';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const foreignKeyWithoutUniqueTarget = defineRule({
  id: 'schema/foreign-key-without-unique-target',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Foreign key to columns that are not unique',
  docs: {
    problem: 'No primary key, unique constraint or unique index is on exactly the referenced columns.',
    why: 'PostgreSQL refuses the foreign key. A unique index with WHERE or over an expression does not count.',
    whenToIgnore: 'The key is added elsewhere before this runs.',
  },
  messages: {
    none: '{table} ({columns}) is not unique: PostgreSQL refuses the foreign key.',
    primary: '{table} has no primary key: PostgreSQL refuses a foreign key that names no columns.',
  },
  examples: [
    {
      title: 'no key',
      bad: 'CREATE TABLE cameras (id int, code text); CREATE TABLE zones (id int PRIMARY KEY, camera_code text REFERENCES cameras (code));',
      flags: 'REFERENCES cameras',
    },
    {
      title: 'part of the key of a partitioned table',
      bad: 'CREATE TABLE detections (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE reviews (id int PRIMARY KEY, detection_id bigint REFERENCES detections (id));',
      flags: 'REFERENCES detections',
    },
    {
      title: 'a primary key',
      good: 'CREATE TABLE cameras (id int PRIMARY KEY); CREATE TABLE zones (id int PRIMARY KEY, camera_id int REFERENCES cameras);',
    },
    {
      title: 'a key added before, as pg_dump does',
      good: 'CREATE TABLE public.cameras (id int); CREATE TABLE public.zones (camera_id int); ALTER TABLE ONLY public.cameras ADD CONSTRAINT c PRIMARY KEY (id); ALTER TABLE ONLY public.zones ADD CONSTRAINT f FOREIGN KEY (camera_id) REFERENCES public.cameras(id);',
    },
    {
      title: 'a unique index',
      good: 'CREATE TABLE cameras (id int, code text); CREATE UNIQUE INDEX ON cameras (code); CREATE TABLE zones (code text REFERENCES cameras (code));',
    },
    {
      title: 'columns in another order',
      good: 'CREATE TABLE a (x int, y int, UNIQUE (x, y)); CREATE TABLE b (x int, y int, FOREIGN KEY (y, x) REFERENCES a (y, x));',
    },
    {
      title: 'an unknown table',
      good: 'CREATE TABLE zones (id int PRIMARY KEY, camera_id int REFERENCES cameras (id))',
    },
    {
      title: 'the column was renamed',
      good: 'CREATE TABLE cameras (id int PRIMARY KEY); ALTER TABLE cameras RENAME COLUMN id TO number; CREATE TABLE zones (camera int REFERENCES cameras (number));',
    },
    { title: 'itself', good: 'CREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes)' },
    {
      title: 'keys of another table',
      good: 'CREATE TABLE cameras (LIKE old_cameras INCLUDING ALL); CREATE TABLE zones (id int REFERENCES cameras (id));',
    },
  ],
  check({ statement, file, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    if (!relation) return;
    const own = asTable(relation);
    for (const key of foreignKeyDefinitions({ find })) {
      const isOwn = key.references.name === own.name && key.references.schema === own.schema;
      // Only what the file creates is known whole; up to 20 statements about it are seen.
      const around = { file, catalog: undefined };
      const target = knownTable(key.references, around, isOwn ? { statement } : {});
      if (!target?.hasAllColumns || file.earlier(key.references.name).length >= SEEN) continue;
      if (file.earlier(key.references.name).some(usesIndex)) continue;
      const range = rangeOf(key.match);
      const words = /\breferences\s+(?:"(?:[^"]|"")*"|[\w$.])+/i.exec(statement.text.slice(range.start));
      const at = words ? { start: range.start + words.index, end: range.start + words.index + words[0].length } : range;
      if (key.referenced.length === 0) {
        if (!target.keys.some(({ primary }) => primary))
          report({ at, message: 'primary', values: { table: target.name.name } });
        continue;
      }
      const isUnique = target.keys.some(
        ({ unique, predicate, columns }) =>
          unique &&
          predicate === undefined &&
          columns.length === key.referenced.length &&
          key.referenced.every(column => columns.includes(column)),
      );
      if (isUnique) continue;
      report({ at, message: 'none', values: { table: target.name.name, columns: key.referenced.join(', ') } });
    }
  },
});

/** How many statements about a name a file tells. */
const SEEN = 20;

/** ADD CONSTRAINT ... USING INDEX names an index and no columns. */
function usesIndex({ text }: { readonly text: string }): boolean {
  return /\busing\s+index\b/i.test(text);
}

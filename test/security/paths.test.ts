import assert from 'node:assert/strict';
import path from 'node:path';
import { migrationFiles, MIGRATION_STYLES } from '../../src/extension/panels/migration';

const FOLDER = '/home/somebody/migrations';

/** Parts of names from which a path could be led elsewhere, or a file named that a system treats as another. */
const NAMES = [
  '../../etc/passwd',
  '..\\..\\x',
  '/etc/passwd',
  'C:\\x',
  'a\0b',
  'x; rm -rf ~',
  '~/.ssh/id',
  '.',
  '',
  'con',
];

describe('names of files that are made from names in a database', () => {
  for (const style of MIGRATION_STYLES) {
    it(`stay in their folder: ${style}`, () => {
      for (const name of NAMES) {
        const sql = [`CREATE INDEX CONCURRENTLY "${name}" ON "${name}" ("${name}")`];
        const change = { sql, inverse: [`DROP INDEX CONCURRENTLY "${name}"`], runsInTransaction: false };
        const migrated = { title: name, change, evidence: { how: 'estimated', text: name } } as unknown;
        const files = migrationFiles([migrated as Parameters<typeof migrationFiles>[0][number]], style, new Date());
        assert.ok(files.length > 0);
        for (const file of files) {
          assert.match(file.name, /^[A-Za-z0-9_]+(\.[a-z]+)+$/);
          assert.equal(path.posix.dirname(path.posix.join(FOLDER, file.name)), FOLDER);
        }
      }
    });
  }
});

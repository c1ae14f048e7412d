import assert from 'node:assert/strict';
import { matchesGlobs } from '../../../src/core/catalog/globs';
import { appliedVersions, upPartOf } from '../../../src/core/catalog/migrationText';
import {
  compareMigrations,
  migrationVersion,
  projectOf,
  schemaFileKind,
} from '../../../src/core/catalog/schemaFileNames';

describe('core/catalog/schemaFileNames', () => {
  it('knows schema files by their names', () => {
    const dumps = ['schema.sql', 'db/structure.sql', 'sql/app.ddl.sql', 'my_schema.sql'];
    const migrations = [
      'db/migrate/20240101_x.sql',
      'migrations/1.sql',
      'prisma/migrations/2024_init/migration.sql',
      'supabase/migrations/2024_x.sql',
      'a/V1_2__x.sql',
      'R__views.sql',
      'x/000001_init.up.sql',
      'drizzle/0000_x.sql',
    ];
    const none = [
      'x/000001_init.down.sql',
      'migrations/2024/down.sql',
      'U1__x.sql',
      'queries/find.sql',
      'schema.ts',
      'schema.prisma',
      'db/seeds.sql',
      'migrations/revert/1.sql',
      'prisma/migrations/migration_lock.toml',
    ];
    for (const path of dumps) assert.equal(schemaFileKind(path), 'dump', path);
    for (const path of migrations) assert.equal(schemaFileKind(path), 'migration', path);
    for (const path of none) assert.equal(schemaFileKind(path), undefined, path);
  });

  it('finds the project of a file', () => {
    const expected: Readonly<Record<string, string>> = {
      'schema.sql': '',
      'db/structure.sql': '',
      'app/db/migrate/1.sql': 'app',
      'services/a/prisma/migrations/1_x/migration.sql': 'services/a',
      'b/src/main/resources/db/migration/V1__x.sql': 'b',
    };
    for (const [path, project] of Object.entries(expected)) {
      assert.equal(projectOf(path, schemaFileKind(path)!), project, path);
    }
  });

  it('orders migrations as the tools do', () => {
    const names = ['V10__x.sql', 'V2__x.sql', 'V2.1__x.sql', 'R__a.sql', 'V1_9__x.sql'];
    assert.deepEqual([...names].sort(compareMigrations), [
      'V1_9__x.sql',
      'V2__x.sql',
      'V2.1__x.sql',
      'V10__x.sql',
      'R__a.sql',
    ]);
    assert.deepEqual(['10_b.sql', '9_a.sql', '010_c.sql'].sort(compareMigrations)[0], '9_a.sql');
    assert.equal(migrationVersion('db/migrate/20240101120000_x.sql'), '20240101120000');
    assert.equal(migrationVersion('prisma/migrations/20240101_init/migration.sql'), '20240101');
  });
});

describe('core/catalog/migrationText', () => {
  it('leaves out what takes a migration back, and moves nothing', () => {
    const text = '-- +goose Up\ncreate table a (id int);\n-- +goose Down\ndrop table a;\n-- +goose Up\nselect 1;';
    const up = upPartOf(text);
    assert.equal(up.length, text.length);
    assert.equal(up.indexOf('select 1'), text.indexOf('select 1'));
    assert.doesNotMatch(up, /drop/);
    assert.match(up, /create table a/);
  });

  it('knows the marks of many tools', () => {
    const marks = [
      '-- migrate:down',
      '-- +migrate Down',
      '-- Down Migration',
      '-- rollback',
      '# --- !Downs',
      '--//@UNDO',
    ];
    for (const mark of marks) assert.doesNotMatch(upPartOf(`create table a ();\n${mark}\ndrop table a;`), /drop/, mark);
    const innocent = ['-- scale down the table', '-- rollback is easy: drop it', '-- down to earth'];
    for (const mark of innocent) assert.match(upPartOf(`create table a ();\n${mark}\ndrop table a;`), /drop/, mark);
  });

  it('reads the versions a dump lists', () => {
    assert.equal(appliedVersions('create table a ();'), undefined);
    const dump = `INSERT INTO public.schema_migrations (version) VALUES\n ('1'),\n ('20240101');`;
    assert.deepEqual([...(appliedVersions(dump) ?? [])], ['1', '20240101']);
  });
});

describe('core/catalog/globs', () => {
  it('matches whole paths', () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['*.sql', 'a.sql', true],
      ['*.sql', 'b/a.sql', false],
      ['**/*.sql', 'a.sql', true],
      ['**/*.sql', 'b/c/a.sql', true],
      ['db/**', 'db/a/b.sql', true],
      ['{a,b*}/x?.sql', 'bcd/x1.sql', true],
      ['a+(b).sql', 'a+(b).sql', true],
      ['./a.sql', 'a.sql', true],
    ];
    for (const [glob, path, expected] of cases) assert.equal(matchesGlobs(path, [glob]), expected, `${glob} ${path}`);
    assert.equal(matchesGlobs('a/old.sql', ['**/*.sql', '!**/old.sql']), false);
  });
});

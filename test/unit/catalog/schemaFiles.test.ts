import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRelation, type Catalog } from '../../../src/core/catalog/catalog';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { SchemaFiles, type SchemaFilesOptions } from '../../../src/server/schemaFiles';

describe('server/schemaFiles', () => {
  let grammar: Grammar;
  let folder: string;
  let files: SchemaFiles;
  before(async () => {
    grammar = await loadGrammar();
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-schema-'));
  });
  afterEach(() => {
    files.dispose();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const write = (texts: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(texts)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
  };
  const start = async (more: Partial<SchemaFilesOptions> & { patterns?: readonly string[] } = {}): Promise<void> => {
    const { patterns, ...options } = more;
    files = new SchemaFiles({ grammar, delayMs: 5, failed: error => assert.fail(String(error)), ...options });
    files.setFolders([{ uri: pathToFileURL(folder).href, ...(patterns && { patterns }) }]);
    await files.settled();
  };
  const columnsOf = (catalog: Catalog | undefined, table: string): string[] | undefined =>
    catalog && findRelation(catalog, table)?.columns.map(({ name }) => name);

  it('runs migrations in order, without what takes them back', async () => {
    write({
      'db/migrate/10_add_note.up.sql': 'alter table cameras add column note text;',
      'db/migrate/10_add_note.down.sql': 'alter table cameras drop column note;',
      'db/migrate/2_rename.sql':
        '-- +goose Up\nalter table camera rename to cameras;\n-- +goose Down\ndrop table cameras;',
      'db/migrate/1_create.sql': '-- migrate:up\ncreate table camera (id int);\n-- migrate:down\ndrop table camera;',
      'node_modules/other/migrations/1.sql': 'create table not_ours (id int);',
      'queries/report.sql': 'create table not_a_schema (id int);',
    });
    await start();
    const catalog = files.catalogFor(uriOf('queries/report.sql'));
    assert.deepEqual(columnsOf(catalog, 'cameras'), ['id', 'note']);
    assert.deepEqual(
      catalog?.relations.map(({ name }) => name),
      ['cameras'],
    );
    assert.equal(findRelation(catalog!, 'cameras')?.definedAt?.uri, uriOf('db/migrate/1_create.sql'));
  });

  it('shows a migration the schema before it', async () => {
    write({
      'migrations/1.sql': 'create table cameras (id int);',
      'migrations/2.sql': 'alter table cameras add column note text;',
    });
    await start();
    assert.equal(files.catalogFor(uriOf('migrations/1.sql')), undefined);
    assert.deepEqual(columnsOf(files.catalogFor(uriOf('migrations/2.sql')), 'cameras'), ['id']);
    assert.deepEqual(columnsOf(files.catalogFor(uriOf('a.sql')), 'cameras'), ['id', 'note']);
  });

  it('takes a dump as it stands and adds the migrations that it does not list', async () => {
    write({
      'db/structure.sql': `create table orders (id int, total numeric);
        insert into "schema_migrations" (version) values ('20240101'), ('20240102');`,
      'db/migrate/20240101_first.sql': 'create table orders (id int); create table gone (id int);',
      'db/migrate/20240103_new.sql': 'alter table orders add column note text;',
    });
    await start();
    const catalog = files.catalogFor(uriOf('x.sql'));
    assert.deepEqual(columnsOf(catalog, 'orders'), ['id', 'total', 'note']);
    assert.equal(columnsOf(catalog, 'gone'), undefined);
    assert.equal(files.catalogFor(uriOf('db/migrate/20240101_first.sql')), undefined);
  });

  it('keeps the services of a workspace apart', async () => {
    write({
      'services/a/prisma/migrations/1_init/migration.sql': 'create table users (a int);',
      'services/b/src/main/resources/db/migration/V1__init.sql': 'create table users (b int);',
      'services/b/src/main/resources/db/migration/V1.1__more.sql': 'alter table users add column more int;',
      'services/b/src/main/resources/db/migration/U1__undo.sql': 'drop table users;',
    });
    await start();
    assert.deepEqual(columnsOf(files.catalogFor(uriOf('services/a/src/query.sql')), 'users'), ['a']);
    assert.deepEqual(columnsOf(files.catalogFor(uriOf('services/b/query.sql')), 'users'), ['b', 'more']);
    assert.equal(files.catalogFor(uriOf('elsewhere/query.sql')), undefined);
    assert.equal(files.catalogFor('untitled:1'), undefined);
  });

  it('reads exactly the files it is told to', async () => {
    write({
      'sql/tables/a.sql': 'create table a (id int);',
      'sql/tables/old/b.sql': 'create table b (id int);',
      'schema.sql': 'create table c (id int);',
    });
    await start({ patterns: ['sql/**/*.sql', '!**/old/**'] });
    const catalog = files.catalogFor(uriOf('x.sql'));
    assert.deepEqual(
      catalog?.relations.map(({ name }) => name),
      ['a'],
    );
  });

  it('reads the files of one pattern after those of another', async () => {
    write({
      'z/base.sql': 'create table orders (id int);',
      'a/10.sql': 'alter table orders rename note to remark;',
      'a/9.sql': 'alter table orders add column note text;',
    });
    await start({ patterns: ['z/*.sql', '**/*.sql'] });
    assert.deepEqual(columnsOf(files.catalogFor(uriOf('x.sql')), 'orders'), ['id', 'remark']);
  });

  it('follows files and open documents', async () => {
    write({ 'schema.sql': 'create table orders (id int);' });
    let text: string | undefined;
    let rebuilt = 0;
    const uri = uriOf('schema.sql');
    await start({ openDocuments: () => (text === undefined ? [] : [{ uri, text }]), rebuilt: () => rebuilt++ });
    const before = files.catalogFor(uriOf('x.sql'));
    assert.deepEqual(columnsOf(before, 'orders'), ['id']);

    files.documentChanged(uriOf('x.sql'));
    files.filesChanged([uriOf('x.sql'), uriOf('node_modules/schema.sql'), uriOf('src')]);
    await files.settled();
    assert.equal(files.catalogFor(uriOf('x.sql')), before);
    assert.equal(rebuilt, 1);

    text = 'create table orders (id int, note text);';
    files.documentChanged(uri);
    await files.settled();
    assert.deepEqual(columnsOf(files.catalogFor(uriOf('x.sql')), 'orders'), ['id', 'note']);

    text = undefined;
    fs.rmSync(path.join(folder, 'schema.sql'));
    files.filesChanged([uri]);
    await files.settled();
    assert.equal(files.catalogFor(uriOf('x.sql')), undefined);
    assert.equal(rebuilt, 3);
  });

  it('lets others work while it reads', async () => {
    const tables = Array.from({ length: 1500 }, (_, i) => `create table t${i} (id int primary key, b text);`);
    write({ 'schema.sql': tables.join('\n') });
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    await start();
    clearInterval(count);
    assert.equal(files.catalogFor(uriOf('x.sql'))?.relations.length, 1500);
    assert.ok(turns > 1, `${turns} turns`);
  });
});

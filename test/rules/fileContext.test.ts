import assert from 'node:assert/strict';
import { FileFacts, TOPICS } from '../../src/core/rules/fileContext';
import type { FileContext } from '../../src/core/rules/fileContext';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';

/** The context of each statement of a text. */
async function contextsOf(text: string): Promise<FileContext[]> {
  const { statements } = new Script(await loadGrammar(), text);
  const facts = FileFacts.gather(statements);
  return statements.map((_, number) => facts.contextOf(number));
}

/** The context of its last statement. */
async function lastContext(text: string): Promise<FileContext> {
  const context = (await contextsOf(text)).at(-1);
  assert.ok(context);
  return context;
}

const texts = (statements: readonly { readonly text: string }[]): string[] => statements.map(({ text }) => text);

describe('core/rules/fileContext', () => {
  describe('inTransaction', () => {
    const inside = async (text: string): Promise<boolean[]> =>
      (await contextsOf(text)).map(({ inTransaction }) => inTransaction);

    it('begins after BEGIN and ends after COMMIT', async () => {
      assert.deepEqual(await inside('SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3'), [false, false, true, true, false]);
    });

    it('knows the other words for it', async () => {
      assert.deepEqual(
        await inside('START TRANSACTION; END; BEGIN WORK; ABORT; BEGIN; PREPARE TRANSACTION $$a$$; SELECT 1'),
        [...[false, true, false, true, false, true, false]],
      );
    });

    it('goes on through savepoints and COMMIT AND CHAIN', async () => {
      assert.deepEqual(
        await inside('BEGIN; SAVEPOINT a; ROLLBACK TO a; RELEASE a; COMMIT AND CHAIN; SELECT 1; COMMIT; SELECT 2'),
        [...[false, true, true, true, true, true, true, false]],
      );
    });

    it('takes neither a second BEGIN nor a lone COMMIT for more than PostgreSQL does', async () => {
      assert.deepEqual(await inside('COMMIT; BEGIN; BEGIN; COMMIT; SELECT 1; COMMIT'), [
        ...[false, false, true, true, false, false],
      ]);
    });
  });

  describe('isCreatedBefore', () => {
    const isNew = async (text: string, table: string, schema?: string): Promise<boolean> =>
      (await lastContext(`${text}; SELECT 1`)).isCreatedBefore(table, schema);

    for (const sql of [
      'CREATE TABLE load (id int)',
      'CREATE TEMP TABLE load (id int)',
      'CREATE TABLE IF NOT EXISTS app.load (id int)',
      'CREATE TABLE load PARTITION OF counts DEFAULT',
      'CREATE TABLE load AS SELECT 1 AS id',
      'CREATE MATERIALIZED VIEW load AS SELECT 1 AS id',
      'CREATE FOREIGN TABLE load (id int) SERVER files',
      'SELECT 1 AS id INTO load',
      'CREATE SCHEMA app CREATE TABLE load (id int)',
      'CREATE TABLE draft (id int); ALTER TABLE draft RENAME TO load',
    ]) {
      it(sql, async () => assert.equal(await isNew(sql, 'load'), true));
    }

    for (const sql of [
      'SELECT 1',
      'CREATE TABLE other (id int)',
      'CREATE INDEX load ON other (id)',
      'ALTER TABLE draft RENAME TO load',
      'CREATE VIEW load AS SELECT 1 AS id',
    ]) {
      it(`not by ${sql}`, async () => assert.equal(await isNew(sql, 'load'), false));
    }

    it('tells schemas apart where both are named', async () => {
      assert.equal(await isNew('CREATE TABLE archive.load (id int)', 'load', 'app'), false);
      assert.equal(await isNew('CREATE TABLE archive.load (id int)', 'load', 'archive'), true);
      assert.equal(await isNew('CREATE TABLE archive.load (id int)', 'load'), true);
      assert.equal(await isNew('CREATE SCHEMA app CREATE TABLE load (id int)', 'load', 'other'), false);
    });

    it('is not said of the statement itself or of those before', async () => {
      const contexts = await contextsOf('SELECT 1; CREATE TABLE load (id int); SELECT 2');
      assert.deepEqual(
        contexts.map(context => context.isCreatedBefore('load')),
        [false, false, true],
      );
    });
  });

  describe('settingBefore', () => {
    const limit = async (text: string): Promise<string | undefined> =>
      (await lastContext(`${text}; SELECT 1`)).settingBefore('lock_timeout');

    it('is the nearest one', async () => {
      assert.equal(await limit("SET lock_timeout = '1s'; SET LOCK_TIMEOUT TO 2000; SET work_mem = 5"), '2000');
    });

    it('is undefined when nobody sets it, and empty after RESET', async () => {
      assert.equal(await limit('SELECT 1'), undefined);
      assert.equal(await limit("SET lock_timeout = '1s'; RESET lock_timeout"), '');
    });

    it('lasts for the transaction when it is local', async () => {
      assert.equal(await limit("BEGIN; SET LOCAL lock_timeout = '1s'"), '1s');
      assert.equal(await limit("BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT"), undefined);
      assert.equal(await limit("BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT; BEGIN"), undefined);
      assert.equal(await limit("SET LOCAL lock_timeout = '1s'"), undefined);
      assert.equal(await limit("SET lock_timeout = '2s'; BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT"), '2s');
    });

    it('reads set_config', async () => {
      assert.equal(await limit("SELECT set_config('lock_timeout', '1s', false)"), '1s');
      assert.equal(await limit("BEGIN; SELECT pg_catalog.set_config('lock_timeout', '1s', true); COMMIT"), undefined);
      assert.equal(await limit("SELECT set_config(name, '1s', false) FROM wanted"), undefined);
    });
  });

  describe('earlier and later', () => {
    it('list what is about an object, nearest last and nearest first', async () => {
      const contexts = await contextsOf(
        'CREATE TABLE orders (id int); CREATE INDEX idx ON orders (id); SELECT 1; ALTER TABLE orders ADD a int; DROP TABLE orders;',
      );
      assert.deepEqual(texts(contexts[2]!.earlier('orders')), [
        'CREATE TABLE orders (id int)',
        'CREATE INDEX idx ON orders (id)',
      ]);
      assert.deepEqual(texts(contexts[2]!.earlier('idx')), ['CREATE INDEX idx ON orders (id)']);
      assert.deepEqual(texts(contexts[2]!.later('orders')), ['ALTER TABLE orders ADD a int', 'DROP TABLE orders']);
    });

    it('know the new name of a rename, a partition, a domain and a schema', async () => {
      const context = await lastContext(
        'ALTER TABLE a RENAME TO b; ALTER TABLE counts DETACH PARTITION counts_1; CREATE DOMAIN email AS text; CREATE SCHEMA app; SELECT 1',
      );
      assert.deepEqual(
        ['a', 'b', 'counts', 'counts_1', 'email', 'app', 'other'].map(name => context.earlier(name).length),
        [1, 1, 1, 1, 1, 1, 0],
      );
    });

    it('list transactions, changes and unlimited waits as topics', async () => {
      const context = await lastContext(
        "BEGIN; ALTER TABLE orders ADD a int; COMMIT; SET lock_timeout = '1s'; ALTER TABLE orders ADD b int; UPDATE orders SET a = 1; SELECT 1",
      );
      assert.deepEqual(texts(context.earlier(TOPICS.transaction)), ['BEGIN', 'COMMIT']);
      assert.deepEqual(texts(context.earlier(TOPICS.unlimitedWait)), ['ALTER TABLE orders ADD a int']);
      assert.equal(context.earlier(TOPICS.change).length, 3);
    });

    it('do not count waiting for a table the file has made, or a weak lock', async () => {
      const context = await lastContext(
        'CREATE TABLE orders (id int); ALTER TABLE orders ADD a int; ALTER TABLE other VALIDATE CONSTRAINT c; SELECT 1',
      );
      assert.deepEqual(context.earlier(TOPICS.unlimitedWait), []);
    });
  });

  it('earlierInTransaction lists the changes since BEGIN', async () => {
    const context = await lastContext(
      'ALTER TABLE a ADD x int; BEGIN; ALTER TABLE b ADD x int; SELECT 1; INSERT INTO c VALUES (1); UPDATE d SET x = 1; SELECT 2',
    );
    assert.deepEqual(texts(context.earlierInTransaction()), ['ALTER TABLE b ADD x int', 'UPDATE d SET x = 1']);
    assert.deepEqual((await lastContext('BEGIN; DROP TABLE a; COMMIT; SELECT 1')).earlierInTransaction(), []);
    assert.deepEqual((await lastContext('BEGIN; DROP TABLE a; COMMIT AND CHAIN; SELECT 1')).earlierInTransaction(), []);
  });

  it('indexesOn lists the indexes of the file, before and after', async () => {
    const [first] = await contextsOf(
      'SELECT 1; CREATE UNIQUE INDEX u ON app.orders (id, lower(name)) WHERE paid; CREATE INDEX ON other (id)',
    );
    assert.deepEqual(first?.indexesOn('orders', 'app'), [
      { schema: 'app', table: 'orders', name: 'u', unique: true, keys: ['id', undefined], partial: true },
    ]);
    assert.deepEqual(first?.indexesOn('orders', 'other'), []);
  });

  it('insertRunBefore counts single rows into the same table', async () => {
    const row = 'INSERT INTO orders (id) VALUES (1)';
    const counts = (await contextsOf(`${row}; ${row}; ${row}; SELECT 1; ${row}`)).map(context =>
      context.insertRunBefore('orders'),
    );
    assert.deepEqual(counts, [0, 1, 2, 3, 0]);
    assert.equal((await lastContext(`INSERT INTO orders (id) VALUES (1), (2); SELECT 1`)).insertRunBefore('orders'), 0);
  });
});

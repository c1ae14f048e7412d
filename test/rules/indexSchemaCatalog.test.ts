import assert from 'node:assert/strict';
import type { Catalog, ColumnStatistics } from '../../src/core/catalog/catalog';
import { INDEX_RULES } from '../../src/core/rules/index/index';
import { loadGrammar } from '../../src/core/sql/grammar';
import { lintScript } from '../../src/core/rules/linter';
import { Script } from '../../src/core/sql/script';
import { catalogOf } from './lintText';

/** What only a server knows: statistics of columns, extensions. */
describe('core/rules/index: with the catalog of a server', () => {
  const lint = async (text: string, catalog: Catalog): Promise<string[]> =>
    lintScript(new Script(await loadGrammar(), text), { catalog, rules: INDEX_RULES })
      .filter(({ rule }) => rule !== 'index/small-table')
      .map(({ rule, severity, range }) => `${severity} ${rule}: ${text.slice(range.start, range.end)}`);

  const serverWith = async (ddl: string, statistics: Partial<ColumnStatistics> = {}): Promise<Catalog> => {
    const catalog = await catalogOf(ddl);
    const known = { nullFraction: 0, averageWidthBytes: 8, distinct: -1, ...statistics };
    return {
      ...catalog,
      source: 'server',
      relations: catalog.relations.map(relation => ({
        ...relation,
        columns: relation.columns.map(column => ({ ...column, statistics: known })),
      })),
    };
  };

  it('sees from statistics that a column has few values', async () => {
    const tasks = '-- tasks: 200000 rows\nCREATE TABLE tasks (id bigint, status text)';
    const index = 'CREATE INDEX CONCURRENTLY ON tasks (status)';
    assert.deepEqual(await lint(index, await serverWith(tasks, { distinct: 4 })), [
      'info index/low-cardinality: status',
    ]);
    assert.deepEqual(await lint(index, await serverWith(tasks, { distinct: 40 })), []);
    assert.deepEqual(await lint(index, await serverWith(tasks, { distinct: -0.2 })), []);
    const small = '-- tasks: 2000 rows\nCREATE TABLE tasks (id bigint, status text)';
    assert.deepEqual(await lint(index, await serverWith(small, { distinct: 4 })), []);
  });

  it('sees from statistics that a text is too wide for a btree, and that a document is not', async () => {
    const articles = 'CREATE TABLE articles (id bigint, body text, meta jsonb)';
    const onBody = 'CREATE INDEX CONCURRENTLY ON articles (body)';
    const onMeta = 'CREATE INDEX CONCURRENTLY ON articles (meta)';
    assert.deepEqual(await lint(onBody, await serverWith(articles, { averageWidthBytes: 1500 })), [
      'warning index/document-in-btree: body',
    ]);
    assert.deepEqual(await lint(onBody, await serverWith(articles, { averageWidthBytes: 40 })), []);
    assert.deepEqual(await lint(onMeta, await serverWith(articles, { averageWidthBytes: 40 })), []);
  });

  it('is certain that GIN refuses a number when btree_gin is not installed', async () => {
    const posts = await serverWith('CREATE TABLE posts (id bigint, tenant_id bigint, tags text[])');
    const index = 'CREATE INDEX CONCURRENTLY ON posts USING gin (tenant_id, tags)';
    assert.deepEqual(await lint(index, posts), ['error index/no-operator-class: tenant_id']);
    assert.deepEqual(await lint(index, { ...posts, extensions: [{ name: 'btree_gin', version: '1.3' }] }), []);
  });

  it('knows since which version date_trunc with a zone is immutable', async () => {
    const orders = await serverWith('CREATE TABLE orders (id bigint, at timestamptz)');
    const index = "CREATE UNIQUE INDEX CONCURRENTLY ON orders (id, date_trunc('day', at, 'UTC'))";
    assert.deepEqual(await lint(index, { ...orders, serverVersion: 150010 }), [
      "error index/not-immutable-expression: date_trunc('day', at, 'UTC')",
    ]);
    assert.deepEqual(await lint(index, { ...orders, serverVersion: 160004 }), []);
    assert.deepEqual(await lint(index, orders), []);
  });
});

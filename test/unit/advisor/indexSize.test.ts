import * as assert from 'node:assert/strict';
import { estimateIndexSize } from '../../../src/core/advisor/indexes/indexSize';
import type { IndexDefinition } from '../../../src/core/advisor/suggestion';
import { emptyCatalog, type Column, type ColumnStatistics, type Relation } from '../../../src/core/catalog/catalog';

function column(name: string, type: string, statistics: Partial<ColumnStatistics>): Column {
  return {
    name,
    type,
    notNull: true,
    statistics: { nullFraction: 0, averageWidthBytes: 8, distinct: -1, ...statistics },
  };
}

const TABLE: Relation = {
  schema: 'public',
  name: 't',
  kind: 'table',
  columns: [
    column('id', 'bigint', {}),
    column('few', 'integer', { averageWidthBytes: 4, distinct: 10 }),
    column('code', 'character(10)', { averageWidthBytes: 11, distinct: 10 }),
    column('price', 'numeric(12,2)', { averageWidthBytes: 5, distinct: 10 }),
    column('shop', 'integer', { averageWidthBytes: 4, distinct: 1_000 }),
    column('article', 'integer', { averageWidthBytes: 4, distinct: 2_000 }),
    column('gone', 'bigint', { nullFraction: 0.9, distinct: -0.1 }),
    column('data', 'jsonb', {
      averageWidthBytes: 60,
      histogramBounds: Array.from({ length: 100 }, (_, i) => `{"key": "value ${i}", "kind": "${i % 2}"}`),
    }),
    column('labels', 'text[]', {
      averageWidthBytes: 30,
      histogramBounds: Array.from({ length: 100 }, (_, i) => `{a${i % 5},b${i % 50}}`),
    }),
  ],
  indexes: [],
  constraints: [],
  rowEstimate: 100_000,
  pages: 2_000,
  isPartition: false,
};

const sizeOf = (keys: readonly string[], more: Partial<IndexDefinition> = {}, share?: number): number =>
  estimateIndexSize(
    TABLE,
    { schema: 'public', relation: 't', method: 'btree', keys, include: [], ...more },
    { selectivity: share },
  ).bytes;

describe('core/advisor/indexes/indexSize', () => {
  it('takes 20 bytes for each entry of eight at 90 % of a page', () => {
    // what PostgreSQL builds for 100,000 bigints: 2,260,992 bytes
    assert.ok(Math.abs(sizeOf(['id']) / 2_260_992 - 1) < 0.02, String(sizeOf(['id'])));
  });

  it('stores equal keys once, whatever the columns, but not of types whose equal values differ', () => {
    assert.ok(sizeOf(['few']) < 0.4 * sizeOf(['id']));
    assert.ok(sizeOf(['few', 'code']) < 0.4 * sizeOf(['id']));
    assert.ok(sizeOf(['price']) > 0.9 * sizeOf(['id']));
    assert.ok(sizeOf(['few'], { include: ['id'] }) > sizeOf(['id']));
  });

  it('takes columns that refer to a table together for as many keys as that has rows', () => {
    const references = { schema: 'public', relation: 'stock', columns: ['shop', 'article'] };
    const key = { name: 'fk', kind: 'foreign key', columns: ['shop', 'article'], references, validated: true } as const;
    const referring = { ...TABLE, constraints: [key] };
    const size = (rows: number, keys: readonly string[]): number => {
      const stock = { ...TABLE, name: 'stock', rowEstimate: rows };
      const index: IndexDefinition = { schema: 'public', relation: 't', method: 'btree', keys, include: [] };
      const catalog = { ...emptyCatalog('server'), relations: [referring, stock] };
      return estimateIndexSize(referring, index, { catalog }).bytes;
    };
    const independent = sizeOf(['shop', 'article']);
    assert.ok(size(2_000, ['shop', 'article']) < 0.5 * independent);
    assert.ok(size(2_000, ['shop', 'article', 'id']) > 0.9 * sizeOf(['shop', 'article', 'id']));
    assert.equal(size(2_000, ['shop']), sizeOf(['shop']));
    // as many as two independent columns could have
    assert.equal(size(2_000_000, ['shop', 'article']), independent);
  });

  it('stores the NULLs of a column as one key', () => {
    assert.ok(sizeOf(['gone']) < 0.5 * sizeOf(['id']));
  });

  it('counts the rows that a predicate keeps', () => {
    assert.ok(Math.abs(sizeOf(['id'], {}, 0.1) / sizeOf(['id']) - 0.1) < 0.02);
  });

  it('reads the width and the number of values of a JSON field from the samples', () => {
    assert.ok(sizeOf(["(data ->> 'key')"]) > 1.2 * sizeOf(['id']));
    assert.ok(sizeOf(["(data ->> 'kind')"]) < 0.4 * sizeOf(['id']));
  });

  it('tells rare keys of a GIN index from common ones', () => {
    const labels = sizeOf(['labels'], { method: 'gin' });
    const paths = sizeOf(['data jsonb_path_ops'], { method: 'gin' });
    assert.ok(labels < 1.2e6, String(labels));
    assert.ok(paths > 3 * labels, `${paths}, ${labels}`);
  });

  it('counts the lexemes that statistics leave out, until they fill the column', () => {
    const gin = (width: number) => {
      const words = Array.from({ length: 100 }, (_, i) => `word${i}`);
      const search = column('search', 'tsvector', {
        averageWidthBytes: width,
        mostCommonElements: words,
        mostCommonElementFrequencies: words.map((_, i) => 0.5 / (i + 1)),
      });
      const table = { ...TABLE, columns: [search] };
      const index = { schema: 'public', relation: 't', method: 'gin' as const, keys: ['search'], include: [] };
      return estimateIndexSize(table, index).gin!;
    };
    // half a row's share falls on each tenfold of ranks: 8 words a row reach farther than 4
    const [few, many] = [gin(70), gin(140)];
    assert.ok(few.entries > 200 && many.entries > 4 * few.entries, `${few.entries}, ${many.entries}`);
    assert.ok(many.entryPages > few.entryPages && few.dataPages >= 50, JSON.stringify([few, many]));
  });

  it('keeps a point as a box in GiST, and a text as its trigrams', () => {
    const table = {
      ...TABLE,
      columns: [
        column('place', 'point', { averageWidthBytes: 16 }),
        column('title', 'text', {
          averageWidthBytes: 21,
          histogramBounds: Array.from({ length: 100 }, (_, i) => `words to look for ${i}`),
        }),
      ],
    };
    const bytes = (keys: string, method: 'gist' | 'spgist'): number =>
      estimateIndexSize(table, { schema: 'public', relation: 't', method, keys: [keys], include: [] }).bytes;
    assert.ok(bytes('place', 'gist') > 1.15 * bytes('place', 'spgist'));
    assert.ok(bytes('title gist_trgm_ops', 'gist') > 1.8 * bytes('title', 'gist'));
  });

  it('makes BRIN a few pages, and hash four bytes of hash a row', () => {
    assert.ok(sizeOf(['id'], { method: 'brin' }) <= 4 * 8192);
    assert.ok(sizeOf(['data'], { method: 'hash' }) === sizeOf(['id'], { method: 'hash' }));
  });
});

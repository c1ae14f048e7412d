import assert from 'node:assert/strict';
import { reviewIndexes, type ExistingIndex, type IndexFacts } from '../../../src/core/advisor/existingIndexes';
import type { CounterFacts, ForeignKey, IndexKey } from '../../../src/core/advisor/existingIndexes/indexFacts';
import { emptyCatalog } from '../../../src/core/catalog/catalog';

const MB = 1024 * 1024;
const TABLE = { oid: 1, schema: 'public', name: 'orders', rows: 1_000_000, pages: 10_000 };
const SERVER: CounterFacts = {
  now: '2026-06-30T00:00:00Z',
  countedSince: '2026-01-01T00:00:00Z',
  startedAt: '2026-03-01T00:00:00Z',
  isStandby: false,
  replicas: 0,
  hiddenBuilds: 0,
};

let lastOid = 100;

function key(text: string, more: Partial<IndexKey> = {}): IndexKey {
  const isColumn = /^\w+$/.test(text);
  return {
    text,
    ...(isColumn && { column: text }),
    operatorClass: 'int4_ops',
    descending: false,
    nullsFirst: false,
    notNull: false,
    ...more,
  };
}

/** An index named after its keys, used unless told otherwise. */
function index(keys: string | readonly IndexKey[], more: Partial<ExistingIndex> = {}): ExistingIndex {
  const list = typeof keys === 'string' ? keys.split(' ').map(text => key(text)) : keys;
  const name = more.name ?? list.map(({ text }) => text).join('_');
  return {
    oid: ++lastOid,
    schema: 'public',
    name,
    table: TABLE,
    method: 'btree',
    keys: list,
    include: [],
    unique: false,
    immediate: true,
    nullsNotDistinct: false,
    options: [],
    valid: true,
    ready: true,
    referencedBy: 0,
    isReplicaIdentity: false,
    isClustered: false,
    isPartitioned: false,
    isAttached: false,
    maybeBuilding: false,
    definition: `CREATE INDEX ${name} ON public.orders USING btree (${list.map(({ text }) => text).join(', ')})`,
    sizeBytes: 20 * MB,
    tuples: 1_000_000,
    scans: 5,
    ...more,
  };
}

function findings(indexes: readonly ExistingIndex[], facts: Partial<IndexFacts> = {}): string[] {
  const review = reviewIndexes({
    facts: { server: SERVER, foreignKeys: [], ...facts, indexes },
    catalog: emptyCatalog('server'),
  });
  return review.findings.map(finding => `${finding.problem}: ${finding.index ?? finding.relation}`);
}

describe('core/advisor/existingIndexes', () => {
  describe('duplicates', () => {
    it('keeps the one that is used, or else the older one', () => {
      assert.deepEqual(findings([index('a', { name: 'old', scans: 0 }), index('a', { name: 'used' })]), [
        'duplicate: public.old',
      ]);
      assert.deepEqual(findings([index('a', { name: 'old' }), index('a', { name: 'new' })]), ['duplicate: public.new']);
    });

    it('tells of all but one of a group', () => {
      const group = ['x', 'y', 'z'].map(name => index('a', { name }));
      assert.deepEqual(findings(group).sort(), ['duplicate: public.y', 'duplicate: public.z']);
    });

    const keptBeside: readonly (readonly [string, Partial<ExistingIndex>, Partial<ExistingIndex>])[] = [
      ['two constraints', { unique: true, constraint: 'a' }, { unique: true, constraint: 'b' }],
      ['a unique index beside a plain one that a constraint needs', { unique: true }, { isReplicaIdentity: true }],
      ['the target of a foreign key', { unique: true, referencedBy: 1 }, { unique: true, constraint: 'b' }],
      ['a unique index beside a deferrable one', { unique: true }, { unique: true, constraint: 'b', immediate: false }],
      ['NULLS NOT DISTINCT', { unique: true, nullsNotDistinct: true }, { unique: true }],
      ['an index of an extension', { extension: 'x' }, { constraint: 'b', unique: true }],
      ['other rows', { predicate: 'a > 0' }, {}],
      ['another table', { table: { ...TABLE, oid: 2 } }, {}],
      ['another method', { method: 'hash' }, {}],
      ['other BRIN ranges', { method: 'brin', options: ['pages_per_range=8'] }, { method: 'brin' }],
      ['another included column', { include: ['c'] }, { include: ['d'] }],
      ['an INVALID one', { valid: false, maybeBuilding: true }, {}],
      ['parts of a partitioned index', { isAttached: true }, { isAttached: true }],
    ];
    for (const [what, first, second] of keptBeside) {
      it(`keeps ${what}`, () => {
        assert.deepEqual(findings([index('a', { name: 'x', ...first }), index('a', { name: 'y', ...second })]), []);
      });
    }

    const otherKeys: readonly (readonly [string, IndexKey])[] = [
      ['operator class', key('a', { operatorClass: 'text_pattern_ops' })],
      ['collation', key('a', { collation: '950' })],
      ['place of NULLs', key('a', { nullsFirst: true })],
    ];
    for (const [what, other] of otherKeys) {
      it(`keeps an index of another ${what}`, () => {
        assert.deepEqual(findings([index('a'), index([other], { name: 'other' })]), []);
      });
    }

    it('knows that a B-tree is read from both ends, and that NULLs have no place in a NOT NULL column', () => {
      const down = key('b', { descending: true, nullsFirst: true });
      const all = [key('a', { descending: true, nullsFirst: true }), key('b')];
      assert.deepEqual(findings([index([key('a'), down]), index(all, { name: 'z' })]), ['duplicate: public.z']);
      assert.deepEqual(findings([index([key('a'), down]), index('a b', { name: 'z' })]), []);
      const full = [key('a', { notNull: true, nullsFirst: true })];
      assert.deepEqual(findings([index([key('a', { notNull: true })]), index(full, { name: 'z' })]), [
        'duplicate: public.z',
      ]);
    });
  });

  describe('prefixes', () => {
    it('names the widest cover, and each index once', () => {
      assert.deepEqual(
        findings([index('a'), index('a b'), index('a b c')]),
        ['redundant prefix: public.a_b', 'redundant prefix: public.a'].sort(),
      );
    });

    it('keeps unique ones, and those whose included columns the other lacks', () => {
      assert.deepEqual(findings([index('a', { unique: true }), index('a b')]), []);
      assert.deepEqual(findings([index('a', { include: ['c'] }), index('a b')]), []);
      assert.deepEqual(findings([index('a', { include: ['b'] }), index('a b')]), ['redundant prefix: public.a']);
    });

    it('keeps keys in another order, and GIN, whose keys have none', () => {
      assert.deepEqual(findings([index('a b'), index('b a c')]), []);
      assert.deepEqual(findings([index('a', { method: 'gin' }), index('a b', { method: 'gin' })]), []);
    });

    it('does not call the cover unused', () => {
      assert.deepEqual(findings([index('a'), index('a b', { scans: 0 })]), ['redundant prefix: public.a']);
    });
  });

  describe('unused', () => {
    const unused = (more: Partial<ExistingIndex>, facts: Partial<IndexFacts> = {}): string[] =>
      findings([index('a', { scans: 0, ...more })], facts);

    it('tells of an index without a use since the reset', () => {
      assert.deepEqual(unused({}), ['unused: public.a']);
    });

    it('is quiet about what is used, small, unique or needed otherwise', () => {
      const cases: Partial<ExistingIndex>[] = [
        { scans: 1 },
        { sizeBytes: 8192 },
        { unique: true },
        { constraint: 'c' },
        { isReplicaIdentity: true },
        { isClustered: true },
        { extension: 'x' },
        { isAttached: true },
        { madeAt: '2026-06-20T00:00:00Z' },
        { scans: 9, lastScan: '2026-06-20T00:00:00Z' },
      ];
      for (const each of cases) assert.deepEqual(unused(each), [], JSON.stringify(each));
    });

    it('tells of one that was last used long ago', () => {
      assert.deepEqual(unused({ scans: 9, lastScan: '2026-02-01T00:00:00Z' }), ['unused: public.a']);
    });

    it('is quiet when the counters are young or of unknown age', () => {
      assert.deepEqual(unused({}, { server: { ...SERVER, countedSince: '2026-06-20T00:00:00Z' } }), []);
      const { now, startedAt } = SERVER;
      const server = { now, startedAt, isStandby: false, replicas: 0, hiddenBuilds: 0 };
      assert.deepEqual(unused({}, { server }), []);
    });

    const FOREIGN_KEY: ForeignKey = {
      name: 'orders_a_fkey',
      table: TABLE,
      columns: ['a'],
      referenced: { schema: 'public', name: 'customers' },
      onDelete: 'no action',
      isPartitioned: false,
    };

    it('keeps the last index that supports a foreign key', () => {
      assert.deepEqual(unused({}, { foreignKeys: [FOREIGN_KEY] }), []);
      const two = [index('a', { scans: 0, predicate: 'a IS NOT NULL' }), index('a c', { scans: 0 })];
      assert.deepEqual(findings(two, { foreignKeys: [FOREIGN_KEY] }), ['unused: public.a']);
    });

    it('speaks of replicas, and proposes no change on a standby', () => {
      const review = (server: CounterFacts) =>
        reviewIndexes({
          facts: { server, foreignKeys: [], indexes: [index('a', { scans: 0 })] },
          catalog: emptyCatalog('server'),
        }).findings[0]!;
      assert.equal(review(SERVER).severity, 'warning');
      assert.match(review({ ...SERVER, replicas: 2 }).cautions.join(), /2 replicas count uses of their own/);
      assert.equal(review({ ...SERVER, isStandby: true }).change, null);
    });
  });

  it('does not judge INVALID indexes while it cannot see what is being built', () => {
    const invalid = index('a', { valid: false });
    assert.deepEqual(findings([invalid]), ['invalid: public.a']);
    assert.deepEqual(findings([invalid], { server: { ...SERVER, hiddenBuilds: 1 } }), []);
  });
});

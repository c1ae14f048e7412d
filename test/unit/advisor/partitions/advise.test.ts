import * as assert from 'node:assert/strict';
import type { PartitionAdvice, PartitionIt } from '../../../../src/core/advisor/partitions/partitionAdvice';
import { table, column } from '../advisorFixtures';
import { adviceFor, DAY, EVENTS, evenKey, factsOf, GB, NOW, primaryKey } from './partitionFixtures';

const RECENT = [`SELECT count(*) FROM events WHERE created_at > now() - interval '1 day'`, 90] as const;
const BY_ID = ['SELECT * FROM events WHERE id = $1', 10] as const;

function advised(advice: PartitionAdvice): PartitionIt {
  assert.equal(advice.verdict, 'partition', advice.reasons.join('\n'));
  return advice as PartitionIt;
}

function refused(advice: PartitionAdvice): string {
  assert.equal(advice.verdict, 'do not partition', advice.reasons.join('\n'));
  return advice.reasons.join('\n');
}

describe('core/advisor/partitions/advise', () => {
  describe('partitions', () => {
    it('a table larger than memory by the time that most of its workload asks for', async () => {
      const advice = advised(await adviceFor(factsOf(EVENTS, {}), [RECENT, BY_ID]));
      assert.deepEqual(advice.scheme, {
        method: 'range',
        column: 'created_at',
        keyKind: 'timestamptz',
        period: 'quarter',
        timeZone: 'UTC',
      });
      assert.equal(advice.prunedShare, 0.9);
      assert.match(
        advice.reasons.join('\n'),
        /80 GB in 500,000,000 rows, more than the 32 GB of memory \(effective_cache_size\)/,
      );
      assert.match(
        advice.reasons.join('\n'),
        /684,932 rows a day .* a quarter holds about 62,541,524 rows or 10 GB, and there are 9/,
      );
      assert.match(advice.losses.join('\n'), /the primary key \(id\) becomes \(id, created_at\)/);
      assert.match(
        advice.losses.join('\n'),
        /statement 2 \(10 %\) would look into every partition: no condition on created_at/,
      );
    });

    it('by days, weeks, months or quarters, whichever comes closest to the wanted size', async () => {
      const periods = [];
      for (const bytes of [8 * GB * 200, 8 * GB * 60, 8 * GB * 20, 8 * GB * 2]) {
        const facts = factsOf(EVENTS, { tableBytes: bytes, indexBytes: 0, keys: [evenKey('created_at', 200)] }, 8 * GB);
        periods.push(
          `${advised(await adviceFor(facts, [RECENT])).scheme.method} ${(advised(await adviceFor(facts, [RECENT])).scheme as { period: string }).period}`,
        );
      }
      assert.deepEqual(periods, ['range day', 'range week', 'range week', 'range quarter']);
    });

    it('not by days if that makes more partitions than wanted, and says that they are large', async () => {
      const facts = factsOf(EVENTS, { tableBytes: 100_000 * GB, keys: [evenKey('created_at', 3650)] });
      const advice = advised(await adviceFor(facts, [RECENT]));
      assert.equal((advice.scheme as { period: string }).period, 'month');
      assert.match(
        advice.losses.join('\n'),
        /a month holds 834 GB, more than the 50 GB wanted; shorter periods would be more than 300/,
      );
    });

    it('a smaller table whose old rows are deleted, and takes how long they are kept from the DELETE', async () => {
      const facts = factsOf(EVENTS, { tableBytes: 4 * GB, indexBytes: 2 * GB, keys: [evenKey('created_at', 90)] });
      const workload = [[`DELETE FROM events WHERE created_at < now() - interval '90 days'`, 1], BY_ID] as const;
      const advice = advised(await adviceFor(facts, workload));
      assert.equal(advice.keep, '90 days');
      assert.match(advice.reasons.join('\n'), /rows are deleted by age \(statement 1\)/);
    });

    it('by what a statement costs rather than how often it runs, where that is known', async () => {
      const costly = [...RECENT.slice(0, 1), 1, 10_000] as unknown as readonly [string, number, number];
      const advice = advised(
        await adviceFor(factsOf(EVENTS, {}), [costly, ['SELECT * FROM events WHERE id = $1', 100, 8]]),
      );
      assert.equal(advice.weighedBy, 'cost');
      assert.match(advice.reasons.join('\n'), /93 % of the cost filters on created_at/);
    });

    it('sizes partitions by what came lately, where a table grows faster than before', async () => {
      const days = 730;
      // nine tenths of the rows came in the last 30 days
      const bounds = [
        ...Array.from({ length: 10 }, (_, i) => NOW - days * DAY + i * 70 * DAY),
        ...Array.from({ length: 91 }, (_, i) => NOW - 30 * DAY + (i / 90) * 30 * DAY),
      ];
      const advice = advised(
        await adviceFor(factsOf(EVENTS, { keys: [evenKey('created_at', days, { bounds })] }), [RECENT]),
      );
      assert.match(
        advice.reasons.join('\n'),
        /15,000,000 rows a day of created_at in the last 30 days, 684,932 over its whole span/,
      );
      assert.equal((advice.scheme as { period: string }).period, 'week');
    });

    it('by a list where few values hold all rows and the workload names one', async () => {
      const facts = factsOf(EVENTS, { keys: [] });
      const advice = advised(
        await adviceFor(facts, [[`SELECT * FROM events WHERE kind = $1 AND camera_id = 7`, 80], BY_ID]),
      );
      assert.deepEqual(advice.scheme, { method: 'list', column: 'kind', values: ['motion', 'person', 'car', 'fault'] });
    });

    it('by a hash where neither fits, with a modulus from the size, and says what a hash does not prune', async () => {
      const facts = factsOf(EVENTS, { keys: [], updates: 200_000_000 });
      const advice = advised(await adviceFor(facts, [['SELECT * FROM events WHERE camera_id = $1', 90], BY_ID]));
      assert.deepEqual(advice.scheme, { method: 'hash', column: 'camera_id', modulus: 16 });
      assert.match(advice.losses.join('\n'), /prunes no range of time .* reads all 16 partitions/);
    });

    it('and tells of foreign keys, rows without a key, business keys and updates that move rows', async () => {
      const relation = table('events', EVENTS.columns, {
        indexes: [
          primaryKey('events', 'id'),
          { ...primaryKey('events', 'camera_id', 'kind'), name: 'one_a_kind', primary: false },
        ],
      });
      const facts = factsOf(relation, {
        keys: [evenKey('created_at', 730, { nullFraction: 0.02 })],
        referencedBy: [{ table: 'clips', constraint: 'clips_event_fkey', columns: ['id'] }],
      });
      const advice = advised(
        await adviceFor(facts, [RECENT, [`UPDATE events SET created_at = now() WHERE created_at = $1`, 1]]),
      );
      assert.deepEqual(
        advice.losses.map(line => line.split(':')[0]),
        [
          'the primary key (id) becomes (id, created_at)',
          'one_a_kind no longer keeps (camera_id, kind) unique in the whole table',
          'a foreign key refers to the table without created_at and cannot be kept as they are',
          'statement 2 updates created_at',
          '2 % of the rows have no created_at',
        ],
      );
    });
  });

  describe('does not partition', () => {
    it('a table that fits in memory', async () => {
      const reason = refused(
        await adviceFor(factsOf(EVENTS, { rows: 9_000_000, tableBytes: GB, indexBytes: GB }), [RECENT]),
      );
      assert.equal(
        reason,
        'it has 2 GB (9,000,000 rows), less than the 32 GB of memory (effective_cache_size) that it should exceed',
      );
    });

    it('a table that is not large yet, and says when it will be', async () => {
      const facts = factsOf(EVENTS, {
        rows: 100_000_000,
        tableBytes: 20 * GB,
        indexBytes: 4 * GB,
        keys: [evenKey('created_at', 240)],
      });
      assert.match(
        refused(await adviceFor(facts, [RECENT])),
        /grows by about 102 MB a day, so that it gets there in about 80 days/,
      );
    });

    it('a tiny table, also one whose old rows are deleted', async () => {
      const facts = factsOf(EVENTS, { rows: 20_000, tableBytes: 3_000_000, indexBytes: 0 });
      const reason = refused(await adviceFor(facts, [[`DELETE FROM events WHERE created_at < $1`, 1]]));
      assert.match(reason, /2\.86 MB \(20,000 rows\), less than the 2 GB from which dropping old partitions pays/);
    });

    it('by a time that hardly any statement asks for', async () => {
      const reason = refused(
        await adviceFor(
          factsOf(EVENTS, {}),
          [
            [RECENT[0], 10],
            ['SELECT * FROM events WHERE id = $1', 90],
          ],
          { mostHashPartitions: 0 },
        ),
      );
      assert.match(reason, /only 10 % of the calls filters on created_at, and 50 % are wanted/);
      assert.match(reason, /statement 2 \(90 %\) would look into every partition/);
    });

    it('by a time that UPDATEs set, as long as there is another one', async () => {
      const both = { keys: [evenKey('created_at', 730), evenKey('updated_at', 730)] };
      const relation = table('events', [...EVENTS.columns, column('updated_at', 'timestamp with time zone', -0.9)]);
      const workload = [
        [`SELECT * FROM events WHERE updated_at > $1`, 60],
        [`SELECT * FROM events WHERE created_at > $1`, 60],
        [`UPDATE events SET updated_at = now() WHERE id = $1`, 20],
      ] as const;
      const thresholds = { leastPrunedShare: 0.4 };
      const advice = advised(await adviceFor(factsOf(relation, both), workload, thresholds));
      assert.equal(advice.scheme.column, 'created_at');
      const only = factsOf(relation, { keys: [evenKey('updated_at', 730)] });
      assert.match(refused(await adviceFor(only, workload, thresholds)), /14 % of the calls updates updated_at/);
    });

    it('by a time that statements hide in an expression', async () => {
      const hidden = [`SELECT * FROM events WHERE date_trunc('day', created_at AT TIME ZONE 'UTC') = $1`, 90] as const;
      const reason = refused(await adviceFor(factsOf(EVENTS, { keys: [evenKey('created_at', 730)] }), [hidden]));
      assert.match(reason, /only 0 % of the calls filters on created_at/);
    });

    it('what is partitioned already, or nobody reads', async () => {
      const parent = { ...EVENTS, kind: 'partitioned table' as const, partitionKey: 'RANGE (created_at)' };
      assert.equal(
        refused(await adviceFor(factsOf(parent, {}), [RECENT])),
        'it is partitioned already, by RANGE (created_at)',
      );
      assert.match(
        refused(await adviceFor(factsOf(EVENTS, {}), [['SELECT 1', 1]])),
        /no statement of the workload reads it/,
      );
    });

    it('where a DELETE of old rows leaves some of them, it does not count as retention', async () => {
      const facts = factsOf(EVENTS, { tableBytes: 4 * GB, indexBytes: 0 });
      const partial = [
        `DELETE FROM events WHERE created_at < now() - interval '90 days' AND kind = 'motion'`,
        1,
      ] as const;
      assert.match(refused(await adviceFor(facts, [partial])), /less than the 32 GB of memory/);
    });

    it('data of a few days, of which no period makes several partitions', async () => {
      const facts = factsOf(
        table(
          'events',
          EVENTS.columns.filter(({ name }) => name !== 'camera_id' && name !== 'kind'),
          {},
        ),
        {
          keys: [evenKey('created_at', 1)],
        },
      );
      assert.match(
        refused(await adviceFor(facts, [RECENT])),
        /span 1 days: no period makes between 3 and 300 partitions/,
      );
    });

    it('from the size on that was set', async () => {
      const facts = factsOf(EVENTS, { tableBytes: 4 * GB, indexBytes: 0 });
      assert.match(
        refused(await adviceFor(facts, [RECENT], { leastBytes: 8 * GB })),
        /less than the 8 GB that was set as the least size/,
      );
      assert.equal((await adviceFor(facts, [RECENT], { leastBytes: 2 * GB })).verdict, 'partition');
    });

    it('by a hash where hardly a row changes and VACUUM has nothing to spread', async () => {
      const facts = factsOf(EVENTS, { keys: [], updates: 1_000 });
      assert.match(
        refused(await adviceFor(facts, [['SELECT * FROM events WHERE camera_id = $1', 1]])),
        /no column tells a time/,
      );
    });

    it('by a hash of a column that is unevenly spread', async () => {
      const uneven = column('camera_id', 'integer', 1_000, {
        statistics: {
          nullFraction: 0,
          averageWidthBytes: 4,
          distinct: 1_000,
          mostCommonValues: ['1'],
          mostCommonFrequencies: [0.6],
        },
      });
      const facts = factsOf(table('events', [column('id', 'bigint', -1), uneven]), { keys: [], updates: 500_000_000 });
      assert.match(
        refused(await adviceFor(facts, [['SELECT * FROM events WHERE camera_id = $1', 1]])),
        /no column tells a time/,
      );
    });
  });
});

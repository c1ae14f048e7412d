import assert from 'node:assert/strict';
import type { TableDefinition } from '../../../src/core/advisor/partitions/tableDefinition';
import type { RangeScheme } from '../../../src/core/advisor/partitions/scheme';
import { memoryStore } from '../../../src/database/migration/migrationRecord';
import { runMigration, undoMigration } from '../../../src/database/migration/runMigration';
import { readTableDefinition } from '../../../src/database/partitions/readTableDefinition';
import { onEachServer } from '../servers';
import { hostileTable, ROWS, TABLE } from './hostileTable';
import { assertFinished, checksum, planFor, value } from './support';

const SCHEME: RangeScheme = {
  method: 'range',
  column: 'Placed At',
  keyKind: 'timestamptz',
  period: 'quarter',
  timeZone: 'Europe/Berlin',
};

/** A definition without what must differ, and with what a partitioned table has on its partitions. */
function comparable(table: TableDefinition): object {
  const { oid, kind, rowEstimate, sizeBytes, fingerprint, takenNames, inheritance, ...rest } = table;
  assert.ok(oid > 0 && kind && sizeBytes >= 0 && fingerprint && takenNames && inheritance && rowEstimate !== 0);
  return {
    ...rest,
    options: [],
    replicaIdentity: 'default',
    constraints: table.constraints.map(each => ({
      ...each,
      noInherit: false,
      definition: each.definition.replace('PRIMARY KEY ("Id")', 'PRIMARY KEY ("Id", "Placed At")'),
      columns: each.kind === 'p' ? ['Id', 'Placed At'] : each.columns,
      index: each.index && { ...each.index, clustered: false, replicaIdentity: false },
    })),
    indexes: table.indexes.map(each => ({
      ...each,
      clustered: false,
      replicaIdentity: false,
      statisticsTargets: [],
    })),
  };
}

/** What partitions have, the partitioned table itself does not: as read from all of them at once. */
const OF_PARTITIONS = (column: string): string => `
  select json_agg(distinct x.of::text) from (select ${column} as of
    from pg_inherits h join pg_class c on c.oid = h.inhrelid where h.inhparent = '${TABLE}'::regclass) x`;

describe('database/partitions/carriedOver', function () {
  this.timeout(240_000);
  onEachServer('', server => {
    let before: TableDefinition;
    let rows: string;
    const store = memoryStore();
    const ofPartitions = (column: string): Promise<unknown> => value(server().db, OF_PARTITIONS(column));

    it('carries over everything that a table consists of', async () => {
      const { db } = server();
      await server().run(hostileTable(server().major));
      rows = await checksum(db, TABLE);
      assert.match(rows, new RegExp(`^${ROWS} rows`));
      const { table, plan } = await planFor(db, TABLE, SCHEME);
      before = table;
      assertFinished(await runMigration(db, plan, { store }));
      const after = await readTableDefinition(db, TABLE);
      assert.equal(after.kind, 'p');
      const ownTriggers = after.triggers.filter(each => each.name.startsWith('query_tuner'));
      assert.deepEqual(
        ownTriggers.map(each => [each.name, each.enabled]),
        [
          ['query_tuner_records_changes', 'A'],
          ['query_tuner_records_truncate', 'A'],
        ],
      );
      const triggers = after.triggers.filter(each => !ownTriggers.includes(each));
      assert.deepEqual(comparable({ ...after, triggers }), comparable(before));
      assert.equal(await checksum(db, TABLE), rows);
    });

    it('gives its partitions what only they can have', async () => {
      assert.deepEqual(await ofPartitions('c.reloptions'), ['{fillfactor=90,autovacuum_vacuum_scale_factor=0.05}']);
      assert.deepEqual(await ofPartitions('(select t.reloptions from pg_class t where t.oid = c.reltoastrelid)'), [
        '{autovacuum_enabled=off}',
      ]);
      assert.deepEqual(await ofPartitions('pg_get_userbyid(c.relowner)'), ['own er']);
      assert.deepEqual(await ofPartitions('c.relreplident'), ['i']);
      const marked = (flag: string): string =>
        `(select split_part(pg_get_indexdef(indexrelid), ' USING ', 2) from pg_index where indrelid = c.oid and ${flag})`;
      assert.deepEqual(await ofPartitions(marked('indisclustered')), ['gist (span)']);
      assert.deepEqual(await ofPartitions(marked('indisreplident')), ['btree ("Id", "Placed At")']);
      const attribute = (field: string, name: string): string =>
        `(select ${field} from pg_attribute where attrelid = c.oid and attname = '${name}')`;
      assert.deepEqual(await ofPartitions(attribute('attstattarget', 'code')), ['77']);
      assert.deepEqual(await ofPartitions(attribute('attoptions', 'customer_id')), ['{n_distinct=-0.3}']);
      assert.deepEqual(await ofPartitions(attribute('attstorage', 'note')), ['e']);
      assert.deepEqual(await ofPartitions(attribute('attcompression', 'note')), ['p']);
      const target = `(select a.attstattarget from pg_index i join pg_attribute a on a.attrelid = i.indexrelid
        where i.indrelid = c.oid and pg_get_indexdef(i.indexrelid) like '%lower(%text_pattern_ops%')`;
      assert.deepEqual(await ofPartitions(target), ['250']);
    });

    it('lets views, functions and materialized views read the new table', async () => {
      const { db } = server();
      await server().run(
        `insert into ${TABLE} ("Placed At", amount, note) values ('2024-09-01', 7, 'newest'), ('2040-01-01', 7, 'far off')`,
      );
      assert.equal(
        await value(db, `select count(*)::int from "Sales Data".recent_notes where note in ('newest', 'far off')`),
        2,
      );
      assert.equal(await value(db, `select "Sales Data".line_count()::int`), ROWS + 2);
      await server().run(`refresh materialized view concurrently "Sales Data".per_day`);
      assert.equal(await value(db, `select sum(lines)::int from "Sales Data".per_day`), ROWS + 2);
      assert.equal(
        await value(db, `select tableoid::regclass::text from ${TABLE} where note = 'far off'`),
        '"Sales Data"."Order ""Lines""_default"',
      );
    });

    it('goes on with the identity and the serial where they were, and fires triggers once', async () => {
      const { db } = server();
      const [row] = await db.query<{ id: string; number: number; touched: number }>(
        `select "Id"::text as id, number, touched from ${TABLE} where note = 'newest'`,
      );
      assert.deepEqual(row, { id: String(5 * (ROWS + 1)), number: ROWS + 1, touched: 1 });
    });

    it('keeps foreign keys, checks and row security', async () => {
      const { run, db } = server();
      await assert.rejects(run(`insert into ${TABLE} (customer_id, amount) values (-7, 1)`), /customer of line/);
      await assert.rejects(run(`insert into ${TABLE} (code) values ('123456789012')`), /code is short/);
      await assert.rejects(run(`insert into ${TABLE} (customer_id) values (500)`), /late rule/);
      await run(`update "Sales Data".customers set id = -499 where id = 499`);
      assert.equal(await value(db, `select count(*)::int from ${TABLE} where customer_id = -499`), ROWS / 500);
      await run(`delete from ${TABLE} where note = 'far off'`);
      await assert.rejects(
        run(`set role "Clerk's"; insert into ${TABLE} (amount, number) values (0, 1)`),
        /row-level security/,
      );
    });

    it('goes back with everything written since, and leaves nothing behind', async () => {
      const { db } = server();
      const written = await checksum(db, TABLE);
      assert.notEqual(written, rows);
      assertFinished(await undoMigration(db, { store }));
      const back = await readTableDefinition(db, TABLE);
      assert.equal(await checksum(db, TABLE), written);
      const measured = { sizeBytes: 0, rowEstimate: 0 };
      assert.deepEqual({ ...back, ...measured }, { ...before, ...measured });
      assert.equal(await value(db, `select sum(lines)::int from "Sales Data".per_day`), ROWS + 1);
    });
  });
});

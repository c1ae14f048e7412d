import * as assert from 'node:assert/strict';
import type { KeyKind } from '../../../src/core/advisor/partitions/scheme';
import { readPartitionFacts } from '../../../src/database/partitions/readPartitionFacts';
import { planPartitioned } from '../../../src/database/whatIf/partitionWhatIf';
import { onEachServer } from '../servers';
import { buildTestWorker, WORKER_FILE } from '../whatIfWorker';

const SETUP = `
create table "Odd Clicks" ("Day" date not null, local timestamp not null, ms bigint not null, seven uuid not null, n int);
insert into "Odd Clicks" select at::date, at, (extract(epoch from at) * 1000)::bigint,
  (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(at::text), 14))::uuid, 1
from generate_series(timestamp '2024-01-01', '2024-12-31 23:00', interval '10 minutes') at;
create index on "Odd Clicks" ("Day") where n = 1;
create index on "Odd Clicks" (lower(n::text), "Day") include (ms)`;

describe('database/whatIf: partitions by keys of other types', function () {
  this.timeout(120_000);

  onEachServer(SETUP, (server, major) => {
    before(async function () {
      this.timeout(120_000);
      await buildTestWorker();
      await server().run('vacuum analyze "Odd Clicks"');
    });

    const KEYS: readonly (readonly [string, KeyKind, string])[] = [
      ['Day', 'date', `"Day" >= '2024-03-01' and "Day" < '2024-05-01'`],
      ['local', 'timestamp', `local >= '2024-03-01' and local < '2024-05-01'`],
      ['ms', 'epoch milliseconds', 'ms >= 1709251200000 and ms < 1714521600000'],
      [
        'seven',
        'uuid v7',
        `seven >= '018df74f-8400-7000-8000-000000000000' and seven < '018f3173-7000-0000-0000-000000000000'`,
      ],
    ];
    // bounds are the same for every version; one key shows that they are read from an older server, too
    for (const [column, keyKind, condition] of KEYS.filter(([, kind]) => major >= 18 || kind === 'date'))
      it(`${keyKind}: two months of twelve`, async function () {
        const catalog = await server().db.readCatalog();
        const facts = await readPartitionFacts(server().db, catalog, {
          tables: [{ schema: 'public', name: 'Odd Clicks' }],
        });
        const { plans, notes, layout } = await planPartitioned(
          server().db,
          catalog,
          {
            facts,
            table: facts.tables[0]!,
            scheme: { method: 'range', column, keyKind, period: 'month', timeZone: 'UTC' },
            statements: [`select count(*) from "Odd Clicks" where ${condition}`, 'select sum(n) from "Odd Clicks"'],
          },
          { workerFile: WORKER_FILE },
        );
        assert.deepEqual(notes, []);
        const [some, all] = plans;
        assert.ok(some && 'plan' in some && all && 'plan' in all, JSON.stringify(plans));
        assert.deepEqual(some.scanned, ['Odd Clicks_p2', 'Odd Clicks_p3']);
        assert.equal(all.scanned.length, layout.partitions.length);
        assert.ok(some.costAfter < some.costBefore, `${some.costAfter} for ${some.costBefore}`);
      });
  });
});

import * as assert from 'node:assert/strict';
import { findMisestimates, type Misestimates } from '../../src/core/advisor/statistics/misestimates';
import { parsePlan } from '../../src/core/plan/parsePlan';
import { DatabaseError } from '../../src/core/ports';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { tryStatistics, type StatisticsTrial } from '../../src/database/statistics/tryStatistics';
import { onEachServer, type TestServer } from './servers';

/** Cities lie in one country each; a zip in one city; a few values are far more frequent than the rest. */
const SETUP = `
create table address (id int primary key, city text not null, country text not null, zip int not null, email text, kind int, price int);
insert into address select i, 'city ' || i % 500, 'country ' || i % 500 / 10, i % 4000,
  'User' || i % 20 || '@EXAMPLE.com', i % 2, i % 50 from generate_series(1, 60000) i;
create table skewed (id int primary key, tag text not null);
insert into skewed
select row_number() over (), tag from (
  select 'top ' || i % 100 as tag from generate_series(1, 120000) i
  union all select 'middle ' || i % 30 from generate_series(1, 9000) i
  union all select 'rare ' || i from generate_series(1, 60000) i) t;
create table old (id int, state text);
insert into old select i, 'new' from generate_series(1, 20000) i;
create table person (id int primary key, address_id int);
insert into person select i, 1 + i % 20 from generate_series(1, 20000) i;
create role nobody login;
grant select on all tables in schema public to nobody;
analyze;
update old set state = 'done';
`;

describe('statistics that are tried', function () {
  this.timeout(120_000);
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  async function misestimates({ db }: TestServer, sql: string): Promise<Misestimates> {
    const explained = await db.explain({ sql, analyze: true, parameters: [], writes: false });
    return findMisestimates(grammar, parsePlan(explained.plan)[0]!, await db.readCatalog());
  }

  onEachServer(SETUP, server => {
    async function trial(sql: string): Promise<StatisticsTrial> {
      const { found, refusals } = await misestimates(server(), sql);
      assert.equal(found.length, 1, JSON.stringify({ found, refusals }));
      return tryStatistics(server().db, found[0]!);
    }

    const helped: readonly (readonly [what: string, sql: string, change: RegExp])[] = [
      [
        'correlated columns',
        "select * from address where city = 'city 77' and country = 'country 7' and id > 0",
        /^CREATE STATISTICS \w+ (?:\(dependencies\) )?ON (?:id, )?city, country(?:, id)? FROM address$/,
      ],
      [
        'a column that follows from another, of too many values to list',
        "select * from address where city = 'city 77' and country = 'country 7'",
        /^CREATE STATISTICS \w+ \(dependencies\) ON city, country FROM address$/,
      ],
      [
        'combinations that a group has',
        'select city, price, count(*) from address group by city, price',
        /^CREATE STATISTICS \w+ ON city, price FROM address$/,
      ],
      ['an expression', "select * from address where lower(email) = 'user7@example.com'", /ON \(lower\(email\)\) FROM/],
      ['arithmetic', 'select * from address a where a.kind + a.kind = 2', /ON \(\(?kind \+ kind\)?\) FROM/],
      [
        'a value of a skewed column',
        "select * from skewed where tag = 'middle 7'",
        /^ALTER TABLE skewed ALTER COLUMN tag SET STATISTICS 1000$/,
      ],
      [
        'groups by an expression',
        "select date_trunc('month', timestamp '2025-01-01' + id * interval '1 minute'), count(*) from address group by 1",
        /^CREATE STATISTICS \w+ ON \(date_trunc/,
      ],
    ];
    for (const [what, sql, change] of helped) {
      it(`brings the estimate of ${what} nearer, and leaves nothing behind`, async () => {
        const before = await left();
        const result = await trial(sql);
        assert.ok(result.suggestion, result.verdict);
        assert.match(result.suggestion.change.sql[0]!, change);
        assert.match(result.verdict, /rows estimated, .* with it, .* measured; error .* -> /);
        assert.deepEqual(await left(), before);
        const { run } = server();
        for (const text of result.suggestion.change.sql) await run(text);
        const again = await misestimates(server(), sql);
        assert.deepEqual(again.found, []);
        for (const text of result.suggestion.change.inverse) await run(text);
        assert.deepEqual(await left(), before);
      });
    }

    it('says that ANALYZE alone does it where the statistics are stale', async () => {
      const result = await trial("select * from old where state = 'done'");
      assert.equal(result.suggestion, undefined);
      assert.match(result.verdict, /stale\. ANALYZE public\.old alone/);
      assert.deepEqual(result.tried, []);
    });

    it('says that the error comes from elsewhere where nothing helps', async () => {
      const { found } = await misestimates(
        server(),
        "select * from address where city = 'city 77' and country = 'country 7'",
      );
      const [correlated] = found;
      // Measured while there were a thousand times as many.
      const result = await tryStatistics(server().db, { ...correlated!, actual: 120_000_000 });
      assert.equal(result.suggestion, undefined);
      assert.match(result.verdict, /no statistics help/);
      assert.equal(result.tried.length, 2);
    });

    it('refuses a wrong estimate of a join', async () => {
      const { found, refusals } = await misestimates(
        server(),
        'select * from person p join address a on a.zip = p.address_id and a.price = p.address_id',
      );
      assert.deepEqual(found, []);
      assert.match(refusals.map(({ reason }) => reason).join(), /in a join/);
    });

    it('says why not without the rights', async () => {
      const { found } = await misestimates(server(), "select * from address where lower(email) = 'user7@example.com'");
      const url = server().url.replace(/\/\/[^@/]*@/, '//nobody@');
      const other = await openDatabase(await resolveConnection({ url, env: {}, cwd: '/' }));
      try {
        await assert.rejects(
          tryStatistics(other, found[0]!),
          (error: unknown) =>
            error instanceof DatabaseError && error.kind === 'permission' && /owner/.test(error.message),
        );
      } finally {
        await other.dispose();
      }
    });

    it('gives up soon if the table is locked', async () => {
      const { found } = await misestimates(server(), "select * from address where lower(email) = 'user7@example.com'");
      await server().db.withSession(async session => {
        await session.execute('begin; lock table address in share update exclusive mode');
        await assert.rejects(
          tryStatistics(server().db, found[0]!, { lockTimeoutMs: 50 }),
          (error: unknown) => error instanceof DatabaseError && error.sqlState === '55P03',
        );
        await session.execute('rollback');
      });
    });

    /** What a trial may not leave: statistics, targets, rows of pg_stats. */
    async function left(): Promise<unknown> {
      return server().db.query(
        `select (select count(*) from pg_statistic_ext)::int as extended,
           (select count(*) from pg_attribute where attstattarget > 0)::int as targets`,
      );
    }
  });
});

import * as assert from 'node:assert/strict';
import { adviseWorkload } from '../../src/core/advisor/indexes/adviseWorkload';
import { readAccessPaths } from '../../src/core/advisor/indexes/accessPaths';
import { candidateIndexes } from '../../src/core/advisor/indexes/candidates';
import { createIndexSql } from '../../src/core/advisor/indexes/createIndexSql';
import { indexChange, indexInWords } from '../../src/core/advisor/indexes/describeIndex';
import { estimateIndexSize } from '../../src/core/advisor/indexes/indexSize';
import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { CostEstimator } from '../../src/core/ports';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { TrialEstimator } from '../../src/database/whatIf/trial';
import { onEachServer } from './servers';

const ROWS = 30_000;
const SETUP = `
create extension pg_trgm;
create extension btree_gist;
create function code_of(text) returns int language sql immutable as 'select length($1)';
create table thing (
  id int primary key, owner int not null, state text not null, kind char(8) not null, made timestamp not null,
  seen timestamptz, gone timestamptz, price numeric(10,2) not null, score float8, flag boolean not null,
  email text not null, title text not null, span int4range not null, spot point not null, host inet not null,
  data jsonb not null, tags text[] not null, words tsvector not null);
insert into thing select i, i * 7919 % 3000, (array['done', 'done', 'done', 'done', 'open', 'lost'])[1 + i % 6],
  'kind' || i % 9, timestamp '2024-01-01' + i * interval '7 minutes',
  timestamptz '2024-01-01 00:00+00' + (i * 31 % 100000) * interval '1 minute',
  case when i % 4 = 0 then timestamptz '2025-01-01 00:00+00' + i * interval '1 second' end, (i * 37 % 90000) / 100.0,
  random(), i % 40 = 0, 'User' || i || '@example.com', 'Title ' || md5(i::text), int4range(i, i + i % 50),
  point(i % 300, i * 7 % 300), ('10.0.' || i % 200 || '.' || i % 250)::inet,
  jsonb_build_object('key', 'k' || i % 100, 'unique', md5(i::text), 'n', i % 50),
  array['t' || i % 20, 'u' || i * 13 % 700], to_tsvector('simple', 'word' || i % 500 || ' other' || i % 9)
from generate_series(1, ${ROWS}) i;
create table log (id bigint, happened timestamptz not null, kind int not null) partition by range (happened);
create table log_a partition of log for values from ('2025-01-01') to ('2025-02-01');
create table log_b partition of log for values from ('2025-02-01') to ('2025-03-01') partition by list (kind);
create table log_b1 partition of log_b for values in (1, 2);
create table log_b2 partition of log_b default;
insert into log select i, timestamptz '2025-01-01 00:00+00' + i * interval '160 seconds', i % 30 from generate_series(1, 30000) i;
analyze;
`;

/** Statements with an index that has to be among the candidates, and that PostgreSQL then really uses. */
const SERVED: readonly (readonly [sql: string, index: string])[] = [
  [
    "select id from thing where owner = 5 and made > '2024-06-01' order by made limit 5",
    'thing (owner, made) INCLUDE (id)',
  ],
  [
    "select title from thing where state in ('open', 'lost') and owner = 7",
    "thing (owner) WHERE state IN ('open', 'lost')",
  ],
  ["select title from thing where state <> 'done' and owner = 7", "thing (owner) WHERE state <> 'done'"],
  ['select title from thing where gone is null and owner = 7', 'thing (owner) WHERE gone IS NULL'],
  ['select title from thing where flag and owner = 7', 'thing (owner) WHERE flag'],
  [
    'select title from thing where seen is not null order by seen desc nulls last limit 5',
    'thing (seen DESC NULLS LAST)',
  ],
  ["select title from thing where lower(email) = 'user7@example.com'", 'thing (lower(email))'],
  ["select title from thing where data ->> 'unique' = 'x'", "thing ((data ->> 'unique'))"],
  ["select title from thing where (data ->> 'n')::int = 77", "thing ((((data ->> 'n'))::int4))"],
  ["select title from thing where date_trunc('day', made) = '2024-02-02'", "thing (date_trunc('day', made))"],
  [
    "select title from thing where (seen at time zone 'UTC')::date = '2024-02-02'",
    "thing ((((seen AT TIME ZONE 'UTC'))::date))",
  ],
  ['select title from thing where extract(year from made) = 2031', 'thing (EXTRACT(year FROM made))'],
  ['select title from thing where price * 2 > 1799.9', 'thing ((price * 2))'],
  ["select title from thing where email || title = 'x'", 'thing ((email || title))'],
  ["select title from thing where coalesce(title, 'none') = 'x'", "thing (COALESCE(title, 'none'))"],
  ['select title from thing where code_of(email) = 3', 'thing (code_of(email))'],
  ["select title from thing where email like 'User77%'", 'thing (email text_pattern_ops)'],
  ["select id from thing where title ilike '%abcdef0%'", 'thing using gin (title gin_trgm_ops)'],
  [`select id from thing where data @> '{"key": "k77"}'`, 'thing using gin (data jsonb_path_ops)'],
  ["select id from thing where tags @> array['u77']", 'thing using gin (tags)'],
  ["select id from thing where words @@ 'word77'::tsquery", 'thing using gin (words)'],
  [
    "select id from thing where to_tsvector('simple', title) @@ 'abc'::tsquery",
    "thing using gin (to_tsvector('simple', title))",
  ],
  ['select id from thing where span @> 777', 'thing using gist (span)'],
  ["select id from thing where spot <@ box '(1,1),(2,2)'", 'thing using spgist (spot)'],
  ["select id from thing order by spot <-> point '(3,3)' limit 5", 'thing using gist (spot)'],
  ['select id from thing order by owner <-> 77 limit 5', 'thing using gist (owner)'],
  ["select id from thing where host << '10.0.7.0/24'", 'thing using gist (host inet_ops)'],
  ["select id from thing where title = 'Title 5'", 'thing using hash (title)'],
  ["select count(*) from thing where made between '2024-03-01' and '2024-03-02'", 'thing using brin (made)'],
  ['select max(price) from thing where owner = 3', 'thing (owner, price)'],
  ['select owner, row_number() over (partition by owner order by made desc) from thing', 'thing (owner, made DESC)'],
  ['select distinct owner from thing', 'thing (owner)'],
  ['select distinct on (owner) owner, made from thing order by owner, made desc', 'thing (owner, made DESC)'],
];

/** Keys PostgreSQL would refuse, or that would not give the same tomorrow. */
const NO_KEYS: readonly string[] = [
  "select 1 from thing where date_trunc('day', seen) = now()",
  'select 1 from thing where extract(year from seen) = 2024',
  "select 1 from thing where to_char(made, 'YYYY') = '2024'",
  'select 1 from thing where seen::date = current_date',
  'select 1 from thing where age(seen) > interval $$1 day$$',
  'select 1 from thing where random() * price > 3',
  "select 1 from thing where to_tsvector(title) @@ 'x'::tsquery",
];

describe('database/advise', function () {
  this.timeout(120_000);
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  onEachServer(SETUP, server => {
    let catalog: Catalog;
    before(async () => {
      catalog = await server().db.readCatalog();
    });

    const candidates = (sql: string): IndexDefinition[] =>
      readAccessPaths(parseStatement(grammar, sql), catalog)
        .flatMap(access => candidateIndexes(access, catalog, { maxWidth: 3 }))
        .map(({ index }) => index);

    /** Plans with the index alone, and without the scans that a small table makes cheap. */
    const planWith = async (sql: string, create: string): Promise<string> =>
      server().db.withSession(async session => {
        await session.execute('begin; set local enable_seqscan = off; set local enable_sort = off');
        try {
          await session.execute(create);
          return JSON.stringify(await session.query(`explain (format json) ${sql}`));
        } finally {
          await session.execute('rollback');
        }
      });

    for (const [sql, wanted] of SERVED) {
      it(`has ${wanted} used for ${sql}`, async () => {
        const found = candidates(sql);
        const index = found.find(candidate => indexInWords(candidate) === wanted);
        assert.ok(index, found.map(indexInWords).join('\n'));
        const { sql: create } = createIndexSql(index, { concurrently: false, name: 'tried_idx' });
        assert.match(await planWith(sql, create), /tried_idx/);
      });
    }

    it('makes up only indexes that PostgreSQL builds', async () => {
      const made = new Set<string>();
      for (const [sql] of SERVED)
        for (const index of candidates(sql)) made.add(createIndexSql(index, { concurrently: false, name: 'x' }).sql);
      await server().db.withSession(async session => {
        for (const create of made) {
          await session.execute('begin');
          try {
            // an empty copy: what is refused is refused for its definition
            await session.execute('create temp table thing (like public.thing including defaults)');
            await session.execute(create.replace(/ public\.thing /, ' pg_temp.thing '));
          } finally {
            await session.execute('rollback');
          }
        }
      });
      assert.ok(made.size > 60, String(made.size));
    });

    for (const sql of NO_KEYS) {
      it(`takes nothing for immutable that is not: ${sql}`, () => {
        assert.deepEqual(
          candidates(sql)
            .map(indexInWords)
            .filter(words => /\w\(|::/.test(words)),
          [],
        );
      });
    }

    it('says why a statement gets no index: what is not immutable, how much is read, what was never analysed', async () => {
      await server().run(
        `create function shout(text) returns text language plpgsql stable as 'begin return upper($1); end'; create table fresh (id int, n int)`,
      );
      const now = await server().db.readCatalog();
      const cases: readonly (readonly [string, RegExp])[] = [
        [
          "select 1 from thing where date_trunc('day', seen) = now()",
          /^no index on date_trunc\('day'::text, seen\): .* TimeZone; .*\(seen AT TIME ZONE 'UTC'\)/,
        ],
        ['select 1 from thing where seen::date = current_date', /^no index on \(seen\)::date: .* TimeZone/],
        [
          'select 1 from thing where extract(year from seen) = 2024',
          /^no index on EXTRACT\(year FROM seen\): .* TimeZone/,
        ],
        ["select 1 from thing where to_char(made, 'YYYY') = '2024'", /^no index on to_char\(.*: to_char is STABLE/],
        [
          "select 1 from thing where to_tsvector(title) @@ 'x'::tsquery",
          /^no index on to_tsvector\(title\): to_tsvector is STABLE/,
        ],
        [
          "select 1 from thing where shout(title) = 'X'",
          /^no index on shout\(title\): shout is STABLE, and an index needs IMMUTABLE/,
        ],
        ['select * from thing tablesample system (1) where owner = 5', /^no index: no condition/],
        ["insert into log select 1, '2025-01-05', 2", /^no index: no condition/],
        ["select title from thing where state = 'done'", /reads [\d,]+ of the 30,000 rows of thing \(\d\d %\)$/],
      ];
      const statements = [...cases.map(([sql]) => sql), 'select 1 from fresh where n = 1'];
      const advice = await adviseWorkload({
        statements: statements.map((sql, i) => ({
          id: i + 1,
          sql,
          statement: parseStatement(grammar, sql),
          weight: 1,
        })),
        catalog: now,
        estimator: new TrialEstimator(server().db, now),
      });
      for (const [i, [, reason]] of cases.entries()) assert.match(advice.workload.queries[i]?.reason ?? '', reason);
      assert.deepEqual(advice.notes, [
        "never analysed: public.fresh; costs and sizes there are PostgreSQL's guesses: run ANALYZE and ask again",
      ]);
    });

    it('estimates sizes within 15 % of the built indexes, those of GIN within 30 %', async () => {
      const definitions: [IndexDefinition['method'], string[], string[]][] = [
        ['btree', ['id'], []],
        ['btree', ['owner'], []],
        ['btree', ['owner', 'made'], []],
        ['btree', ['kind', 'state'], []],
        ['btree', ['gone'], []],
        ['btree', ['gone', 'owner'], []],
        ['btree', ['price'], []],
        ['btree', ['email'], []],
        ['btree', ['owner'], ['price', 'state']],
        ['btree', ['lower(email)'], []],
        ['btree', ["(data ->> 'unique')"], []],
        ['btree', ["((data ->> 'n')::int)"], []],
        ['hash', ['email'], []],
        ['gin', ['title gin_trgm_ops'], []],
        ['gin', ['data jsonb_path_ops'], []],
        ['brin', ['made'], []],
      ];
      const thing = catalog.relations.find(({ name }) => name === 'thing')!;
      const wrong: string[] = [];
      for (const [method, keys, include] of definitions) {
        const index: IndexDefinition = { schema: 'public', relation: 'thing', method, keys, include };
        await server().run(createIndexSql(index, { concurrently: false, name: 'sized_idx' }).sql);
        const [row] = await server().db.query<{ bytes: number }>(
          "select pg_relation_size('sized_idx')::float8 as bytes",
        );
        await server().run('drop index sized_idx');
        const estimated = estimateIndexSize(thing, index).bytes;
        // GIN's from the hundred values that statistics show
        if (Math.abs(estimated / row!.bytes - 1) > (method === 'gin' ? 0.3 : 0.15))
          wrong.push(`${indexInWords(index)}: estimated ${estimated}, is ${row!.bytes}`);
      }
      assert.deepEqual(wrong, []);
    });

    it('indexes a partitioned table partition by partition, and takes it back', async () => {
      const log = catalog.relations.find(({ name }) => name === 'log')!;
      const index: IndexDefinition = {
        schema: 'public',
        relation: 'log',
        method: 'btree',
        keys: ['kind', 'happened'],
        include: [],
      };
      const change = indexChange(index, log, catalog);
      const indexes = async () =>
        server().db.query<{ name: string; valid: boolean }>(
          `select c.relname::text as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
           where c.relname like 'log%' order by 1`,
        );
      assert.equal(change.sql.filter(sql => / CONCURRENTLY /.test(sql)).length, 3);
      for (const sql of change.sql) await server().run(sql);
      const built = await indexes();
      assert.equal(built.length, 5);
      assert.ok(
        built.every(({ valid }) => valid),
        JSON.stringify(built),
      );
      for (const sql of change.inverse) await server().run(sql);
      assert.deepEqual(await indexes(), []);
    });

    it('advises for real indexes too, with each statement at least as cheap as before', async () => {
      const texts = [
        "select id from thing where owner = 5 and made > '2024-06-01' order by made limit 5",
        'select sum(price) from thing where owner = 77',
        'select t.title from thing t join thing o on o.id = t.owner where o.owner = 3',
      ];
      const estimator: CostEstimator = new TrialEstimator(server().db, catalog);
      const advice = await adviseWorkload({
        statements: texts.map((sql, i) => ({ id: i + 1, sql, statement: parseStatement(grammar, sql), weight: 1 })),
        catalog,
        estimator,
        maxWidth: 2,
      });
      assert.ok(advice.indexes.length >= 1 && advice.indexes.length <= 3, JSON.stringify(advice.indexes));
      for (const { costBefore, costAfter } of advice.workload.queries) assert.ok(costAfter <= costBefore);
      assert.ok(advice.workload.costAfter < 0.2 * advice.workload.costBefore, JSON.stringify(advice.workload));
    });
  });
});

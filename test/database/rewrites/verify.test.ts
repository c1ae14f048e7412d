import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/base/cancelSignal';
import { describeVerification } from '../../../src/core/advisor/rewrites/describeVerification';
import type { Difference, ParameterSet } from '../../../src/core/advisor/rewrites/verification';
import { DatabaseError } from '../../../src/core/ports';
import { openDatabase } from '../../../src/database/connect';
import { resolveConnection } from '../../../src/database/connectionSettings';
import { openSession } from '../../../src/database/session';
import { proposeParameterSets } from '../../../src/database/rewrites/parameterSets';
import {
  verifyRewrite,
  type VerificationOptions,
  type VerifiedRewrite,
} from '../../../src/database/rewrites/verifyRewrite';
import { onEachServer, type TestServer } from '../servers';

const SETUP = `
  CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, nick text, born date, data json, spot point, score numeric);
  INSERT INTO people SELECT n, 'name ' || n % 50, CASE WHEN n % 4 > 0 THEN 'nick ' || n % 20 END,
    date '2000-01-01' + n % 30, json_build_object('n', n % 3), point(n % 2, 0), n % 5 FROM generate_series(1, 200) n;
  CREATE TABLE bans (person_id int, reason text);
  INSERT INTO bans SELECT CASE WHEN n % 9 > 0 THEN n END, 'because' FROM generate_series(1, 40) n;
  INSERT INTO bans SELECT 7, 'again';
  CREATE TABLE prices (amount numeric);
  INSERT INTO prices VALUES (1.0), (1.00), (2), (NULL), (NULL);
  CREATE VIEW dice AS SELECT id, random() AS roll FROM people;
  CREATE FUNCTION peek() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE TABLE secrets (id int);
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
  CREATE TABLE diary (day date, mood mood, words text[], tags json[], at xid, cost money);
  INSERT INTO diary SELECT date '2024-01-01' + n / 2, (enum_range(NULL::mood))[1 + n % 3], array['a', NULL], NULL, '3', n
    FROM generate_series(1, 20) n;
  CREATE ROLE reader LOGIN;
  GRANT SELECT ON people TO reader;
  ANALYZE;`;

const QUICK: VerificationOptions = { runs: 0 };

/** Slow in all versions: nothing of it can be computed ahead. */
const SLOW = 'SELECT count(*) FROM people a, people b, people c, people d WHERE a.id + b.id + c.id + d.id > 0';

const never = new AbortController().signal;

describe('database/rewrites/verifyRewrite', function () {
  this.timeout(60_000);

  onEachServer(SETUP, server => {
    const verify = (
      original: string,
      rewritten: string,
      parameters: readonly ParameterSet[] = [],
      options = QUICK,
    ): Promise<VerifiedRewrite> => verifyRewrite(server().db, { original, rewritten, parameters }, options, never);

    const verdictOf = async (original: string, rewritten: string): Promise<string> =>
      (await verify(original, rewritten)).verdict;

    const differences = async (original: string, rewritten: string): Promise<readonly Difference[]> => {
      const { comparisons, verdict } = await verify(original, rewritten);
      assert.equal(verdict, 'different');
      return comparisons.flatMap(({ outcome }) => (outcome.kind === 'different' ? outcome.differences : []));
    };

    const kindsOf = async (original: string, rewritten: string): Promise<string[]> =>
      (await differences(original, rewritten)).map(({ kind }) => kind);

    describe('right rewrites', () => {
      const RIGHT: readonly (readonly [title: string, original: string, rewritten: string])[] = [
        [
          'an anti-join where the column cannot be NULL',
          'SELECT * FROM people WHERE id NOT IN (SELECT person_id FROM bans WHERE person_id IS NOT NULL)',
          'SELECT * FROM people p WHERE NOT EXISTS (SELECT FROM bans b WHERE b.person_id = p.id)',
        ],
        [
          'a range instead of a cast',
          `SELECT id FROM people WHERE extract(year FROM born) = 2000 -- this year`,
          `SELECT id FROM people WHERE born >= '2000-01-01' AND born < '2001-01-01' -- this year`,
        ],
        ['no rows', 'SELECT * FROM people WHERE id < 0', 'SELECT * FROM people WHERE false'],
        ['no columns', 'SELECT FROM people WHERE id < 9', 'SELECT FROM people WHERE id <= 8'],
        ['columns that have the same name', 'SELECT id, id FROM people', 'SELECT p.id, p.id FROM people p'],
        [
          'a hidden sort key',
          'SELECT name FROM people ORDER BY id',
          'SELECT p.name FROM people AS p ORDER BY p.id + 0',
        ],
        ['ties in another order', 'SELECT * FROM people ORDER BY name', 'SELECT * FROM people ORDER BY name, id DESC'],
        [
          'positions to sort by',
          'SELECT name, id FROM people ORDER BY 1, 2 DESC',
          'SELECT name, id FROM people ORDER BY name, id DESC',
        ],
        [
          'a sorted UNION',
          'SELECT id FROM people UNION SELECT person_id FROM bans ORDER BY id NULLS FIRST',
          'SELECT id FROM people UNION SELECT person_id FROM bans ORDER BY 1 NULLS FIRST',
        ],
        [
          'DISTINCT with a sort key',
          'SELECT DISTINCT lower(name) AS n, nick FROM people ORDER BY lower(name), nick',
          'SELECT lower(name) AS n, nick FROM people GROUP BY 1, 2 ORDER BY 1, 2',
        ],
        ['its own WITH', 'WITH x AS (SELECT 1 AS a) SELECT a FROM x', 'SELECT 1 AS a'],
        ['VALUES', 'VALUES (1, NULL), (2, $$b$$)', `SELECT * FROM (VALUES (1, NULL), (2, 'b')) AS v`],
        [
          'a page with a full order',
          'SELECT * FROM people ORDER BY id LIMIT 5 OFFSET 5',
          'SELECT * FROM people WHERE id > 5 ORDER BY id FETCH FIRST 5 ROWS ONLY',
        ],
        [
          'types without an order',
          'SELECT spot, data, at FROM people, diary',
          'SELECT spot, data, at FROM diary, people',
        ],
        [
          'arrays, enums and money',
          'SELECT mood, words, cost FROM diary',
          'SELECT mood, words, cost FROM diary ORDER BY day',
        ],
        [
          'whole rows',
          'SELECT p, b FROM people p JOIN bans b ON b.person_id = p.id',
          'SELECT p, b FROM bans b JOIN people p ON p.id = b.person_id',
        ],
        ['a name nobody gave', 'SELECT 1 + 1', 'SELECT 2 AS two'],
      ];
      for (const [title, original, rewritten] of RIGHT) {
        it(`are equal: ${title}`, async () => {
          const verification = await verify(original, rewritten);
          assert.equal(verification.verdict, 'equal', describeVerification(verification).join('\n'));
        });
      }

      it('say how many rows, and what of the order was compared', async () => {
        const { comparisons } = await verify(
          'SELECT * FROM people ORDER BY name',
          'SELECT * FROM people ORDER BY name, id',
        );
        assert.deepEqual(comparisons, [{ outcome: { kind: 'equal', rows: 200, order: 'sort keys' } }]);
      });

      it('say which columns are compared as text', async () => {
        const { remarks } = await verify('SELECT id, data, spot FROM people', 'SELECT id, data, spot FROM people');
        assert.deepEqual(remarks, [
          'data (json), spot (point): compared as text, since PostgreSQL has no order for the type.',
        ]);
      });

      it('say when equal values are written otherwise', async () => {
        const { verdict, remarks } = await verify(
          'SELECT amount FROM prices',
          'SELECT trim_scale(amount) AS amount FROM prices',
        );
        assert.equal(verdict, 'equal');
        assert.deepEqual(remarks, ['Some values are equal and written otherwise, as 1.0 and 1.00 are.']);
      });
    });

    describe('wrong rewrites', () => {
      it('differ by what NOT IN does with NULL', async () => {
        const [rows] = await differences(
          'SELECT id FROM people WHERE id NOT IN (SELECT person_id FROM bans)',
          'SELECT id FROM people p WHERE NOT EXISTS (SELECT FROM bans b WHERE b.person_id = p.id)',
        );
        assert.ok(rows?.kind === 'rows' && rows.original === 0 && rows.missing === 0 && rows.added > 100);
        assert.equal(rows.addedRows.length, 5);
      });

      it('differ by lost duplicates', async () => {
        const [rows] = await differences('SELECT nick FROM people', 'SELECT DISTINCT nick FROM people');
        assert.ok(rows?.kind === 'rows' && rows.onlyRepeats && rows.original === 200 && rows.rewritten === 16);
        assert.equal(rows.missing, 184);
      });

      it('differ by duplicates that a join makes', async () => {
        const [rows] = await differences(
          'SELECT p.id FROM people p WHERE EXISTS (SELECT FROM bans b WHERE b.person_id = p.id)',
          'SELECT p.id FROM people p JOIN bans b ON b.person_id = p.id',
        );
        assert.ok(rows?.kind === 'rows' && rows.added === 1 && rows.missing === 0);
        assert.deepEqual(rows.addedRows, [['7']]);
      });

      it('differ by the order', async () => {
        const [order] = await differences('SELECT * FROM people ORDER BY id', 'SELECT * FROM people ORDER BY id DESC');
        assert.deepEqual(order, { kind: 'order', places: 200, first: 1 });
        assert.deepEqual(
          await kindsOf('SELECT id FROM people ORDER BY name', 'SELECT id FROM people ORDER BY lower(nick)'),
          ['rows', 'order'],
        );
        assert.deepEqual(await kindsOf('SELECT name FROM people ORDER BY id', 'SELECT name FROM people'), [
          'order lost',
        ]);
        assert.deepEqual(
          await kindsOf('SELECT nick FROM people ORDER BY nick', 'SELECT nick FROM people ORDER BY nick NULLS FIRST'),
          ['order'],
        );
      });

      it('differ by types, names and numbers of columns', async () => {
        assert.deepEqual(await differences('SELECT id FROM people', 'SELECT id::bigint FROM people'), [
          { kind: 'column type', position: 1, original: 'integer', rewritten: 'bigint' },
        ]);
        assert.deepEqual(await differences('SELECT id FROM people', 'SELECT id AS number FROM people'), [
          { kind: 'column name', position: 1, original: 'id', rewritten: 'number' },
        ]);
        assert.deepEqual(await differences('SELECT id FROM people', 'SELECT id, name FROM people'), [
          { kind: 'column count', original: 1, rewritten: 2 },
        ]);
        assert.deepEqual(await kindsOf('SELECT id, name FROM people', 'SELECT name, id FROM people'), [
          'column name',
          'column type',
          'column name',
          'column type',
          'rows',
        ]);
      });

      const WRONG: readonly (readonly [title: string, original: string, rewritten: string])[] = [
        [
          'NULL in a list',
          `SELECT id FROM people WHERE nick NOT IN ('nick 1', NULL)`,
          `SELECT id FROM people WHERE nick <> 'nick 1'`,
        ],
        [
          'NULL that a comparison drops',
          `SELECT id FROM people WHERE nick IS DISTINCT FROM 'nick 1'`,
          `SELECT id FROM people WHERE nick <> 'nick 1'`,
        ],
        [
          'an outer join made inner',
          'SELECT p.id, b.reason FROM people p LEFT JOIN bans b ON b.person_id = p.id',
          'SELECT p.id, b.reason FROM people p JOIN bans b ON b.person_id = p.id',
        ],
        [
          'UNION ALL in place of UNION',
          'SELECT person_id FROM bans UNION SELECT 1',
          'SELECT person_id FROM bans UNION ALL SELECT 1',
        ],
        [
          'a day too much',
          `SELECT id FROM people WHERE born < '2000-01-15'`,
          `SELECT id FROM people WHERE born <= '2000-01-15'`,
        ],
        ['count of a column', 'SELECT count(*) FROM people', 'SELECT count(nick) FROM people'],
        ['NULL and an empty text', 'SELECT nick FROM people', `SELECT coalesce(nick, '') AS nick FROM people`],
        ['upper and lower case', 'SELECT name FROM people', 'SELECT upper(name) AS name FROM people'],
        ['another page', 'SELECT id FROM people ORDER BY id LIMIT 5', 'SELECT id FROM people ORDER BY id LIMIT 6'],
        ['json that differs', 'SELECT data FROM people', `SELECT json_build_object('n', 0) AS data FROM people`],
        [
          'a page of other rows',
          'SELECT id FROM people ORDER BY id LIMIT 5',
          'SELECT id FROM people WHERE id > 1 ORDER BY id LIMIT 5',
        ],
        [
          'FETCH WITH TIES',
          'SELECT name FROM people ORDER BY name FETCH FIRST 1 ROW WITH TIES',
          'SELECT name FROM people ORDER BY name LIMIT 1',
        ],
      ];
      for (const [title, original, rewritten] of WRONG) {
        it(`are different: ${title}`, async () => {
          assert.equal(await verdictOf(original, rewritten), 'different');
        });
      }

      it('differ if only one of them fails', async () => {
        const fails = 'SELECT 10 / (id - 7) AS x FROM people';
        const [difference] = await differences(fails, 'SELECT 10 / nullif(id - 7, 0) AS x FROM people');
        assert.deepEqual(difference, { kind: 'only one fails', form: 'original', message: 'division by zero' });
        const { verdict, comparisons } = await verify(fails, `${fails} WHERE true`);
        assert.deepEqual([verdict, comparisons[0]?.outcome.kind], ['not compared', 'both fail']);
      });

      it('differ if the rewritten form does not even run', async () => {
        const [difference] = await differences('SELECT id FROM people', 'SELECT ident FROM people');
        assert.ok(difference?.kind === 'only one fails' && difference.form === 'rewritten');
      });
    });

    describe('what the query leaves open', () => {
      it('is no difference: LIMIT without ORDER BY', async () => {
        const other = await verify(
          'SELECT id FROM people LIMIT 3',
          'SELECT * FROM (SELECT id FROM people ORDER BY id DESC) AS p LIMIT 3',
        );
        assert.equal(other.verdict, 'undetermined');
        assert.match(
          describeVerification(other).join(' '),
          /the query itself does not say which rows LIMIT keeps; without LIMIT both give the same 200 rows/,
        );
      });

      it('is told even if both happen to keep the same rows', async () => {
        const { verdict, remarks } = await verify('SELECT id FROM people LIMIT 3', 'SELECT p.id FROM people p LIMIT 3');
        assert.equal(verdict, 'equal');
        assert.match(remarks[0] ?? '', /does not say which rows it keeps/);
      });

      it('is no difference: ties at the end of a page', async () => {
        const { verdict, comparisons } = await verify(
          'SELECT id, name FROM people ORDER BY name LIMIT 2',
          'SELECT id, name FROM people ORDER BY name, id DESC LIMIT 2',
        );
        const [first] = comparisons;
        assert.equal(verdict, first?.outcome.kind);
        assert.ok(first?.outcome.kind === 'undetermined');
        assert.match(first.outcome.reason, /its ORDER BY leaves ties/);
      });

      it('does not hide that the whole differs', async () => {
        assert.equal(
          await verdictOf('SELECT id FROM people LIMIT 3', 'SELECT id FROM people WHERE id > 100 LIMIT 3'),
          'different',
        );
        assert.equal(
          await verdictOf(
            'SELECT id FROM people ORDER BY name LIMIT 3',
            'SELECT id FROM people WHERE id <> 50 ORDER BY name LIMIT 3',
          ),
          'different',
        );
      });
    });

    describe('refuses', () => {
      const REFUSED: readonly (readonly [reason: RegExp, sql: string])[] = [
        [/random\(\) is volatile/, 'SELECT id FROM people WHERE random() < 0.5'],
        [/random\(\) is volatile/, 'SELECT * FROM dice'],
        [/public\.peek\(\) is volatile.*declare a function that only reads STABLE/, 'SELECT peek()'],
        [/clock_timestamp\(\)/, 'SELECT clock_timestamp()'],
        [/TABLESAMPLE/, 'SELECT * FROM people TABLESAMPLE bernoulli (10)'],
        [/changes or locks something/, 'SELECT * FROM people FOR UPDATE'],
        [/changes or locks something/, 'SELECT * INTO copied FROM people'],
        [/changes or locks something/, 'WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone'],
        [/changes or locks something/, `SELECT nextval('s')`],
        [/changes or locks something/, 'SELECT pg_advisory_lock(1)'],
        [/is no query/, 'DELETE FROM people'],
        [/is no query/, 'TRUNCATE people'],
        [/does not parse/, 'SELECT FROM WHERE'],
        [/does not parse/, 'SELECT 1; DELETE FROM people'],
        [/does not parse/, 'SELECT 1) AS x; DELETE FROM people; SELECT (1'],
      ];
      for (const [reason, sql] of REFUSED) {
        it(`${sql}`, async () => {
          const verification = await verify(sql, sql);
          assert.equal(verification.verdict, 'not compared');
          assert.match(verification.refusal ?? '', reason);
          const other = await verify('SELECT 1', sql);
          assert.match(other.refusal ?? '', reason);
          const [row] = await server().db.query<{ count: number }>('SELECT count(*)::int FROM people');
          assert.equal(row?.count, 200);
        });
      }

      it('takes a sample that is the same each time, and now()', async () => {
        const sample = 'SELECT id FROM people TABLESAMPLE bernoulli (10) REPEATABLE (1)';
        assert.equal(await verdictOf(sample, sample), 'equal');
        assert.equal(await verdictOf('SELECT now(), current_timestamp', 'SELECT now(), current_timestamp'), 'equal');
      });

      it('cannot be left by a comment or a parenthesis in the text', async () => {
        assert.equal(await verdictOf('SELECT 1 AS x -- )', 'SELECT 1 AS x /* ( */ -- ('), 'equal');
      });

      it('what a user may not read, and says so', async () => {
        const settings = await resolveConnection({ url: server().url, env: {}, cwd: '/' });
        const reader = await openDatabase({ ...settings, user: 'reader' });
        try {
          const rewrite = { original: 'SELECT id FROM secrets', rewritten: 'SELECT id FROM secrets s', parameters: [] };
          const verification = await verifyRewrite(reader, rewrite, QUICK, never);
          assert.equal(verification.verdict, 'not compared');
          assert.match(describeVerification(verification).join(' '), /permission denied for table secrets/i);
        } finally {
          await reader.dispose();
        }
      });
    });

    describe('parameters', () => {
      const set = (label: string, values: Record<string, string | null>): ParameterSet => ({ label, values });

      it('are tried one set after another', async () => {
        const verification = await verify(
          'SELECT id FROM people WHERE nick = $1 OR $1 IS NULL',
          'SELECT id FROM people WHERE nick = $1',
          [set('common values', { 1: 'nick 1' }), set('NULL', { 1: null })],
        );
        assert.deepEqual(
          verification.comparisons.map(({ outcome }) => outcome.kind),
          ['equal', 'different'],
        );
        assert.equal(verification.verdict, 'different');
        assert.match(
          describeVerification(verification)[2] ?? '',
          /^With NULL \(1 = NULL\): 200 rows become 0: 200 missing/,
        );
      });

      it('may be named, repeated, and have other types in both forms', async () => {
        const { verdict } = await verify(
          `SELECT id FROM people WHERE id = (:id)::int AND born > :day AND name LIKE :pattern`,
          `SELECT id FROM people WHERE id = :id AND id = :id AND name LIKE :pattern AND born > :day`,
          [set('some', { id: '7', day: '1999-01-01', pattern: 'n%' })],
        );
        assert.equal(verdict, 'equal');
      });

      it('of LIMIT may be left out with it', async () => {
        const { verdict } = await verify(
          'SELECT id FROM people WHERE id > $1 ORDER BY name LIMIT $2',
          'SELECT id FROM people WHERE id > $1 ORDER BY name, id DESC LIMIT $2',
          [set('a page', { 1: '3', 2: '2' })],
        );
        assert.equal(verdict, 'undetermined');
      });

      it('that the original does not have are refused, as are missing values', async () => {
        assert.match(
          (await verify('SELECT 1', 'SELECT 1 WHERE $1')).refusal ?? '',
          /takes 1, which the original does not/,
        );
        assert.match((await verify('SELECT $1::int', 'SELECT $1::int')).refusal ?? '', /values for 1 are needed/);
        assert.match(
          (await verify('SELECT $1::int', 'SELECT $1::int', [set('none', {})])).refusal ?? '',
          /a value for 1 is needed/,
        );
      });

      it('are proposed from the statistics: common, rare, NULL', async () => {
        const catalog = await server().db.readCatalog();
        const sql = 'SELECT * FROM people WHERE nick = $1 AND born BETWEEN $2 AND $3 AND id = ANY ($4) LIMIT $5';
        const sets = await proposeParameterSets(server().db, sql, catalog);
        assert.deepEqual(sets.map(({ label }) => label).slice(0, 2), ['common values', 'rare values']);
        assert.equal(sets.at(-1)?.label, 'all NULL');
        const values = sets[0]?.values ?? {};
        assert.match(values['1'] ?? '', /^nick \d+$/);
        assert.match(values['4'] ?? '', /^\{"\d+"\}$/);
        assert.equal(values['5'], '10');
        const { comparisons } = await verify(sql, sql, sets);
        assert.deepEqual([...new Set(comparisons.map(({ outcome }) => outcome.kind))], ['equal']);
      });
    });

    describe('limits', () => {
      it('says that there are too many rows', async () => {
        const { verdict, comparisons } = await verify('SELECT id FROM people', 'SELECT id FROM people', [], {
          ...QUICK,
          maxRows: 199,
        });
        const [first] = comparisons;
        assert.equal(verdict, 'not compared');
        assert.match(first?.outcome.kind === 'not compared' ? first.outcome.reason : '', /more than 199 rows/);
        assert.equal(
          (await verify('SELECT id FROM people', 'SELECT id FROM people', [], { ...QUICK, maxRows: 200 })).verdict,
          'equal',
        );
      });

      it('says that it took too long, and does not try the next values', async () => {
        const sets = [
          { label: 'a', values: { 1: '1' } },
          { label: 'b', values: { 1: '2' } },
        ];
        const slow = `${SLOW} AND $1::int > 0`;
        const verification = await verify(slow, slow, sets, { ...QUICK, timeoutMs: 200 });
        assert.equal(verification.verdict, 'not compared');
        assert.equal(verification.comparisons.length, 1);
        assert.match(
          describeVerification(verification).join(' '),
          /Could not be compared within 200 ms; allow more time/,
        );
      });

      it('says that somebody else holds a lock', async () => {
        const settings = await resolveConnection({ url: server().url, env: {}, cwd: '/' });
        const other = await openSession(settings);
        try {
          await other.execute('begin; lock table bans in access exclusive mode');
          const verification = await verify('SELECT * FROM bans', 'SELECT b.* FROM bans b', [], {
            ...QUICK,
            lockTimeoutMs: 50,
          });
          assert.equal(verification.verdict, 'not compared');
          assert.match(describeVerification(verification).join(' '), /another session holds a lock/);
        } finally {
          await other.end();
        }
      });

      it('does not wait for a lock to propose values', async () => {
        const settings = await resolveConnection({ url: server().url, env: {}, cwd: '/' });
        const catalog = await server().db.readCatalog();
        const other = await openSession(settings);
        try {
          await other.execute('begin; lock table bans in access exclusive mode');
          const sets = await proposeParameterSets(server().db, 'SELECT * FROM bans WHERE reason = $1', catalog);
          assert.deepEqual(
            sets.map(({ label }) => label),
            ['common values', 'NULL'],
          );
        } finally {
          await other.end();
        }
      });

      it('stops on the server when it is cancelled', async () => {
        const abort = new AbortController();
        const work = verifyRewrite(
          server().db,
          { original: SLOW, rewritten: SLOW, parameters: [] },
          QUICK,
          abort.signal,
        );
        await untilRunning(server(), count => count > 0);
        abort.abort();
        await assert.rejects(work, CancelledError);
        await untilRunning(server(), count => count === 0);
        assert.equal(await verdictOf('SELECT 1', 'SELECT 1'), 'equal');
      });

      it('fails as a lost connection, and connects again', async () => {
        const work = verifyRewrite(server().db, { original: SLOW, rewritten: SLOW, parameters: [] }, QUICK, never);
        work.catch(() => undefined);
        const pid = await untilRunning(server(), count => count > 0);
        await server().db.query('SELECT pg_terminate_backend($1)', [pid]);
        await assert.rejects(work, error => error instanceof DatabaseError && error.kind === 'connection');
        assert.equal(await verdictOf('SELECT 1', 'SELECT 1'), 'equal');
      });
    });

    it('reads one snapshot while somebody writes', async () => {
      const settings = await resolveConnection({ url: server().url, env: {}, cwd: '/' });
      const writer = await openSession(settings);
      await server().run('CREATE TABLE arriving (id int GENERATED ALWAYS AS IDENTITY, v int)');
      let isDone = false;
      const writing = (async () => {
        let written = 0;
        while (!isDone && written < 20_000) {
          await writer.execute('insert into arriving (v) select n from generate_series(1, 20) n');
          await writer.execute('select pg_sleep(0.001)');
          written += 20;
        }
        return written;
      })();
      try {
        // Several sets of values are several statements on the one snapshot.
        const sets = ['0', '1', '2', '3', '4', '5'].map(value => ({ label: value, values: { v: value } }));
        const counts: number[] = [];
        for (let round = 0; round < 15; round++) {
          const { verdict, comparisons } = await verify(
            'SELECT id, v FROM arriving WHERE v > :v - v',
            'SELECT id, v FROM arriving WHERE v + v > :v',
            sets,
          );
          assert.equal(verdict, 'equal');
          const [first, second] = comparisons.map(({ outcome }) => (outcome.kind === 'equal' ? outcome.rows : -1));
          // All values are at least 1, so that 0 and 1 select the same rows of one snapshot.
          assert.equal(first, second);
          counts.push(first ?? -1);
        }
        assert.ok(new Set(counts).size > 1, 'nothing was written meanwhile');
      } finally {
        isDone = true;
        assert.ok((await writing) > 0);
        await writer.end();
      }
    });

    it('times both forms in turns and shows their plans', async () => {
      const original = 'SELECT count(*) FROM people a JOIN people b ON a.name = b.name WHERE a.id > $1';
      const rewritten = 'SELECT count(*) FROM people b JOIN people a ON a.name = b.name WHERE a.id > $1';
      const sets = [
        { label: 'common values', values: { 1: '10' } },
        { label: 'rare values', values: { 1: '190' } },
        { label: 'NULL', values: { 1: null } },
      ];
      const { timings, plans, verdict } = await verify(original, rewritten, sets, { runs: 3 });
      assert.equal(verdict, 'equal');
      assert.deepEqual(
        timings.map(({ values }) => values?.label),
        ['common values', 'rare values'],
      );
      for (const { original: a, rewritten: b } of timings)
        for (const { runs, leastMs, medianMs, mostMs } of [a, b]) {
          assert.equal(runs, 3);
          assert.ok(0 < leastMs && leastMs <= medianMs && medianMs <= mostMs);
        }
      const node = plans?.rewritten[0]?.['Plan'] as Record<string, unknown>;
      assert.ok(Number(node['Shared Hit Blocks']) > 0);
      assert.equal(node['Actual Rows'], 1);
    });

    it('times as often as there is time for', async () => {
      const { verdict, timings, remarks } = await verify(
        'SELECT count(*) FROM people a, people b',
        'SELECT count(*) FROM people b, people a',
        [],
        { runs: 100_000, timeoutMs: 1_500 },
      );
      assert.equal(verdict, 'equal');
      assert.deepEqual(remarks, []);
      assert.ok(timings[0] && timings[0].original.runs > 1 && timings[0].original.runs < 100_000);
    });
  });
});

/** Waits until the server says that so many comparisons are running there; the process id of one. */
async function untilRunning(server: TestServer, isWanted: (count: number) => boolean): Promise<number> {
  for (;;) {
    const [row] = await server.db.query<{ count: number; pid: number }>(
      `select count(*)::int as count, max(pid) as pid from pg_stat_activity
       where state = 'active' and query like '%query_tuner_a%' and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    if (row && isWanted(row.count)) return row.pid;
  }
}

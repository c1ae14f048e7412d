import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/base/cancelSignal';
import { describeVerification } from '../../../src/core/advisor/rewrites/describeVerification';
import type { ParameterSet } from '../../../src/core/advisor/rewrites/verification';
import { DatabaseError } from '../../../src/core/ports';
import { resolveConnection } from '../../../src/database/connectionSettings';
import { openSession } from '../../../src/database/session';
import { proposeParameterSets } from '../../../src/database/rewrites/parameterSets';
import { verifyRewrite } from '../../../src/database/rewrites/verifyRewrite';
import { onEachServer, type TestServer } from '../servers';
import { SETUP } from './verifyCases';
import { QUICK, never, verifierOn } from './verifying';

/** Slow in all versions: nothing of it can be computed ahead. */
const SLOW = 'SELECT count(*) FROM people a, people b, people c, people d WHERE a.id + b.id + c.id + d.id > 0';

describe('database/rewrites/verifyRewrite on a busy server', function () {
  this.timeout(60_000);

  onEachServer(SETUP, server => {
    const { verify, verdictOf } = verifierOn(server);

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

import assert from 'node:assert/strict';
import { describeVerification } from '../../../src/core/advisor/rewrites/describeVerification';
import type { Difference } from '../../../src/core/advisor/rewrites/verification';
import { openDatabase } from '../../../src/database/connect';
import { resolveConnection } from '../../../src/database/connectionSettings';
import { verifyRewrite } from '../../../src/database/rewrites/verifyRewrite';
import { onEachServer } from '../servers';
import { REFUSED, RIGHT, SETUP, WRONG } from './verifyCases';
import { QUICK, never, verifierOn } from './verifying';

describe('database/rewrites/verifyRewrite', function () {
  this.timeout(60_000);

  onEachServer(SETUP, server => {
    const { verify, verdictOf } = verifierOn(server);

    const differences = async (original: string, rewritten: string): Promise<readonly Difference[]> => {
      const { comparisons, verdict } = await verify(original, rewritten);
      assert.equal(verdict, 'different');
      return comparisons.flatMap(({ outcome }) => (outcome.kind === 'different' ? outcome.differences : []));
    };

    const kindsOf = async (original: string, rewritten: string): Promise<string[]> =>
      (await differences(original, rewritten)).map(({ kind }) => kind);

    describe('right rewrites', () => {
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
  });
});

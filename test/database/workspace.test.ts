import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runCli } from '../support/cli';
import { onEachServer } from './servers';

const read = (name: string): string[] =>
  fs
    .readFileSync(path.join('test/workspace', name), 'utf8')
    .replace(/--[^\n]*/g, '')
    .split(/;\s*\n/)
    .map(statement => statement.trim())
    .filter(Boolean);

describe('test/workspace', function () {
  this.timeout(120_000);

  onEachServer('select', server => {
    before(async () => {
      // One by one: VACUUM does not run together with others.
      for (const statement of read('setup.sql')) await server().run(statement);
    });

    it('holds the same rows on every server', async () => {
      const [row] = await server().db.query<{ counts: number; quiet: number; hash: string }>(
        `select count(*)::int as counts, count(*) filter (where camera_id = 187)::int as quiet,
           md5(string_agg(concat_ws(' ', camera_id, people_in, people_out, confidence, class), ',' order by id)) as hash
         from counting_results`,
      );
      assert.deepEqual(row, { counts: 1_000_000, quiet: 1316, hash: WORKSPACE_HASH });
    });

    it('has queries that all run, and a first one that reads the whole table', async () => {
      const plans: string[] = [];
      for (const query of read('queries.sql')) {
        const sql = query.replaceAll(':camera_id', '$1');
        const parameters = sql === query ? [] : ['187'];
        plans.push(JSON.stringify((await server().db.explain({ sql, parameters, analyze: true, writes: false })).plan));
      }
      assert.equal(plans.length, 9);
      assert.match(plans[0] ?? '', /Seq Scan/);
    });

    it('has budgets that are met, until an index is dropped', async () => {
      const check = () => runCli(['check', '--connection', server().url, 'test/workspace/budgets.sql']);
      const good = check();
      assert.equal(good.status, 0, good.stdout + good.stderr);
      assert.match(good.stdout, /budgets: 3 met in 1 file/);
      await server().run('drop index alerts_camera_id_raised_at_idx');
      const bad = check();
      assert.equal(bad.status, 1, bad.stderr);
      assert.match(bad.stdout, /error budget\/not-met: uses alerts_camera_id_idx, not alerts_camera_id_raised_at_idx/);
    });
  });
});

/** Of PostgreSQL 14 and 18 alike. */
const WORKSPACE_HASH = '63d8fc5051647bc9df85d4390be8ad1d';

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCli } from '../support/cli';
import { onEachServer } from './servers';

const SETUP = `
  create role reader login;
  create table busy (id int primary key, indexed int, note text);
  create index on busy (indexed);
  insert into busy select n, n % 500, repeat('x', 60) from generate_series(1, 60000) n;
`;

const OWN = {
  profiles: [{ id: 'ours', settings: { random_page_cost: '1.0', cpu_index_tuple_cost: '0.001', work_mem: '9MB' } }],
};

describe('cli profile on a server', function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-profile-cli-'));
    fs.writeFileSync(path.join(folder, '.query-tuner.json'), JSON.stringify(OWN));
    fs.writeFileSync(path.join(folder, 'q.sql'), 'select * from busy where indexed between 1 and 110;');
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  onEachServer(SETUP, server => {
    const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
      runCli(['profile', ...args, '--connection', server().url], { cwd: folder });
    const good = (...args: string[]): string => {
      const { status, stdout, stderr } = run(...args);
      assert.equal(status, 0, stderr);
      return stdout;
    };
    const undoFile = (): string => path.join(folder, `${server().major}.json`);

    before(async () => {
      await server().run('update busy set indexed = indexed + 1 where id <= 30000');
      await server().run('analyze');
      // what was counted reaches the other sessions once the session that counted is at rest
      for (;;) {
        const [row] = await server().db.query<{ n: number }>(
          `select n_tup_upd::int as n from pg_stat_user_tables where relname = 'busy'`,
        );
        if (row?.n === 30000) break;
      }
    });

    it('tries a profile, and applies nothing by that', async () => {
      const text = good('try', 'ours', '--workload', 'q.sql', '--ram', '8GB');
      assert.match(text, /q\.sql.*: 1 of 1 plans change/);
      assert.match(text, /plan: .* -> .*Index Scan using busy_indexed_idx on busy/);
      assert.match(text, /at today’s prices/);
      const measured = JSON.parse(
        good('try', 'ours', '--workload', 'q.sql', '--ram', '8GB', '--measure', '--format', 'json'),
      ) as { statements: { measured?: { runs: number } }[] };
      assert.equal(measured.statements[0]?.measured?.runs, 3);
      const [row] = await server().db.query<{ cost: string }>(`select current_setting('random_page_cost') as cost`);
      assert.equal(row?.cost, '4');
      assert.match(run('try', 'ours').stderr, /needs --workload FILE or --statements/);
    });

    it('applies one setting for a role, and takes it back', async () => {
      const file = undoFile();
      const text = good('apply', 'ours', '--role', 'reader', '--only', 'work_mem', '--undo-file', file);
      assert.match(text, /^new sessions {4}work_mem = 9MB$/m);
      const entries = (): Promise<{ entry: string }[]> =>
        server().db.query(
          `select unnest(setconfig) as entry from pg_db_role_setting where setrole = 'reader'::regrole`,
        );
      assert.deepEqual(await entries(), [{ entry: 'work_mem=9MB' }]);
      assert.match(good('undo', file), /the role reader:\nrestored {8}work_mem/);
      assert.deepEqual(await entries(), []);
      fs.rmSync(file);
      assert.match(run('apply', 'ours', '--only', 'nothing', '--ram', '8GB').stderr, /has no such setting/);
    });

    it('sets storage parameters by what was counted, and takes all of them back', async () => {
      assert.match(good('tables'), /public\.busy: 60,000 rows[\s\S]*autovacuum_vacuum_scale_factor: 0\.2 -> 0\.05/);
      assert.match(good('tables', 'dairy-erp'), /the guide has parameters for sales\.order, which this database/);
      const file = undoFile();
      assert.match(good('tables', '--apply', '--undo-file', file), /the table public\.busy:\neffective/);
      const options = (): Promise<{ options: string[] | null }[]> =>
        server().db.query(`select reloptions as options from pg_class where relname = 'busy'`);
      assert.ok((await options())[0]?.options?.includes('autovacuum_vacuum_scale_factor=0.05'));
      assert.match(good('undo', file), /restored/);
      assert.deepEqual(await options(), [{ options: null }]);
      fs.rmSync(file);
    });

    it('says where a value of the server comes from', async () => {
      await server().run(`alter system set work_mem = '5MB'`);
      await server().run('select pg_reload_conf()');
      assert.match(
        good('diff', 'ours', '--ram', '8GB'),
        /work_mem: 5MB \(ALTER SYSTEM \(postgresql\.auto\.conf\)\) -> 9MB/,
      );
      await server().run('alter system reset all');
    });
  });
});

import assert from 'node:assert/strict';
import { cronJobs, planMaintenance } from '../../src/core/maintenance/index';
import { splitStatements } from '../../src/core/sql/splitter';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { readMaintenance } from '../../src/database/maintenance/readMaintenance';
import { debianPostgresOrSkip } from '../support/debianPostgres';
import { startSystemPostgres, type SystemPostgres } from './systemServer';

interface Job {
  readonly [column: string]: unknown;
  readonly name: string;
  readonly schedule: string;
  readonly command: string;
  readonly database: string;
}

/** The jobs are made in a real pg_cron and run by it, at the next full minute: pg_cron knows no seconds before 1.5. */
describe('maintenance by pg_cron', function () {
  this.timeout(240_000);
  let server: SystemPostgres | undefined;
  let own: PostgresDatabase;
  let cron: PostgresDatabase;

  const open = async (database: string): Promise<PostgresDatabase> => {
    const url = new URL(server!.url);
    url.pathname = `/${database}`;
    return openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' }));
  };

  before(async function () {
    const { bin } = await debianPostgresOrSkip(this, ['postgresql-%', 'postgresql-%-cron']);
    server = await startSystemPostgres(bin, {
      shared_preload_libraries: 'pg_cron',
      'cron.host': '127.0.0.1',
      'cron.use_background_workers': 'on',
      max_worker_processes: '20',
    });
    cron = await open('postgres');
    await cron.withSession(session => session.execute('create extension pg_cron'));
    await cron.withSession(session => session.execute('create database dairy'));
    own = await open('dairy');
    await own.withSession(session =>
      session.execute(`create table "it's odd" (n int) with (autovacuum_enabled = off);
        create materialized view sales as select 1 as one; create unique index on sales (one)`),
    );
  });
  after(async () => {
    await own?.dispose();
    await cron?.dispose();
    await server?.stop();
  });

  const planned = async (db: PostgresDatabase): Promise<{ statements: string[]; expected: string[] }> => {
    const facts = await readMaintenance(db);
    const plan = planMaintenance(facts);
    const text = cronJobs(plan, facts);
    return {
      statements: splitStatements(text).map(({ start, end }) => text.slice(start, end)),
      expected: plan.tasks.filter(({ cadence }) => cadence !== 'now').flatMap(({ statements }) => statements),
    };
  };
  const schedule = async (statements: readonly string[]): Promise<void> => {
    for (const sql of statements) await cron.withSession(session => session.query(sql));
  };
  const jobs = (): Promise<Job[]> =>
    cron.query<Job>('select jobname as name, schedule, command, database from cron.job order by jobid');

  it('makes a job for each command, for a database without the extension of its own', async () => {
    const { statements, expected } = await planned(own);
    assert.deepEqual(expected, [
      `VACUUM (ANALYZE) public."it's odd"`,
      'REFRESH MATERIALIZED VIEW CONCURRENTLY public.sales',
    ]);
    // Twice: a plan made anew replaces its jobs.
    await schedule(statements);
    await schedule(statements);
    const made = await jobs();
    assert.deepEqual(
      made.map(({ command, database }) => [command, database]),
      expected.map(command => [command, 'dairy']),
    );
    assert.deepEqual(
      made.map(each => each.schedule),
      ['0 2 * * *', '5 2 * * *'],
    );
  });

  it('makes them directly where the database has it, and cleans its log', async () => {
    const { statements, expected } = await planned(cron);
    assert.ok(expected.some(sql => sql.startsWith('DELETE FROM cron.job_run_details')));
    assert.ok(statements.every(sql => sql.startsWith('SELECT cron.schedule(')));
    await schedule(statements);
    assert.equal((await jobs()).length, 2 + expected.length);
  });

  it('has commands that pg_cron can run', async () => {
    // Every minute instead of every night: the command is what is tried here.
    await cron.withSession(session => session.execute(`update cron.job set schedule = '* * * * *'`));
    const runs = (): Promise<{ status: string; message: string; command: string }[]> =>
      cron.query(`select distinct on (command) command, status, return_message as message from cron.job_run_details
        where status in ('succeeded', 'failed') order by command, status`);
    const wanted = (await jobs()).length;
    for (let look = 0; look < 600 && (await runs()).length < wanted; look++) {
      await new Promise(resolve => setTimeout(resolve, 250));
    }
    const ended = await runs();
    assert.equal(ended.length, wanted, JSON.stringify(ended));
    assert.deepEqual(
      ended.filter(({ status }) => status !== 'succeeded'),
      [],
    );
  });
});

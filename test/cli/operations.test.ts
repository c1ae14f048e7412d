import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded, type EmbeddedServer } from '../../src/database/embedded';
import { runCli } from '../support/cli';

/** What people run and watch a server with: `maintenance`, `monitoring` and the checklist of `health`. */
describe('cli operations', function () {
  this.timeout(60_000);
  let server: EmbeddedServer;
  let folder = '';

  before(async () => {
    server = await startEmbedded();
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-operations-'));
    writeFileSync(join(folder, '.query-tuner.json'), '{ "health": { "connections-used": { "warning": 33 } } }');
  });
  after(async () => {
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]) => runCli([...args, '--connection', server.url], { cwd: folder });
  const output = (...args: string[]): string => {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };

  it('plans maintenance in every form', () => {
    const { tasks, leftOut } = JSON.parse(output('maintenance', '--format', 'json')) as {
      tasks: { id: string; statements: string[] }[];
      leftOut: string[];
    };
    assert.ok(tasks.some(({ id }) => id === 'freeze-ahead'));
    assert.ok(leftOut.some(text => text.startsWith('VACUUM FULL')));
    assert.match(output('maintenance'), /^Maintenance of the database postgres\n/);
    assert.match(output('maintenance', '--as', 'sql'), /^-- Maintenance of the database postgres\n/);
    assert.match(output('maintenance', '--as', 'cron'), /^-- Jobs of pg_cron for the database postgres\n/);
    assert.match(output('maintenance', '--as', 'script'), /^#!\/usr\/bin\/env bash\n/);
    assert.match(output('maintenance', '--as', 'crontab'), /^0 3 \* \* 0 flock/m);
    assert.match(output('maintenance', '--as', 'systemd'), /^OnCalendar=Sun/m);
  });

  it('exports monitoring in every form, with the limits of the folder', () => {
    assert.match(
      output('monitoring', '--as', 'prometheus-queries'),
      /metric_name: query_tuner_connections_used_percent/,
    );
    assert.match(output('monitoring', '--as', 'prometheus-rules'), /query_tuner_connections_used_percent > 33"/);
    const { panels } = JSON.parse(output('monitoring', '--as', 'grafana')) as { panels: { title: string }[] };
    assert.ok(panels.some(({ title }) => title === 'Connections used'));
  });

  it('evaluates the checklist, and exits 1 when an item fails', () => {
    const { status, stdout } = run('health', '--checklist', '--format', 'json');
    const { checklist } = JSON.parse(stdout) as { checklist: { id: string; verdict: string }[] };
    assert.equal(checklist.length, 14);
    assert.equal(status, checklist.some(({ verdict }) => verdict === 'fail') ? 1 : 0);
    assert.match(run('health', '--checklist').stdout, /not applicable$/m);
  });

  it('says what is wrong with the command line', () => {
    for (const [args, message] of [
      [['monitoring'], /monitoring needs --as prometheus-queries/],
      [['monitoring', '--as', 'nagios'], /--as must be prometheus-queries/],
      [['maintenance', '--as', 'windows'], /--as must be sql, cron, script/],
      [['maintenance', '--as', 'sql', '--format', 'json'], /--as or --format, not both/],
      [['health', '--checklist', '--only', 'deadlocks'], /leave out --only/],
    ] as const) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });
});

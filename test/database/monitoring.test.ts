import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_HEALTH_CHECKS } from '../../src/core/health/index';
import { HEALTH_CHECKS } from '../../src/core/health/registry';
import type { HealthServer } from '../../src/core/health/check';
import {
  alertRules,
  exporterConfiguration,
  grafanaDashboard,
  NOT_MONITORED,
  watchedChecks,
  type Watched,
} from '../../src/core/monitoring/index';
import { toYaml } from '../../src/core/monitoring/yaml';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { readHealth } from '../../src/database/health/readHealth';
import { debianPackagesOrSkip, type DebianRoot } from '../support/debianPackages';
import { onEachServer } from './servers';

/** The reader that mocha brings along: the product writes YAML and never reads it. */
const { load } = createRequire(require.resolve('mocha'))('js-yaml') as { load(text: string): unknown };

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'warning' | 'critical'; readonly check: string };
}
interface MetricEntry {
  readonly metric_name: string;
  readonly type: string;
  readonly key_labels?: readonly string[];
  readonly query: string;
}

describe('monitoring', function () {
  this.timeout(60_000);

  onEachServer(
    `create extension pg_stat_statements; create role monitor login; grant pg_monitor to monitor;
     create table filled (id serial primary key); insert into filled select from generate_series(1, 20000);
     analyze filled; delete from filled; grant select on all sequences in schema public to monitor`,
    (current, major) => {
      let monitor: PostgresDatabase;
      let server: HealthServer;
      let watched: Watched[];

      before(async () => {
        const url = new URL(current().url);
        url.username = 'monitor';
        monitor = await openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' }));
        ({ server } = await readHealth(monitor, { only: new Set() }));
        watched = watchedChecks(server);
      });
      after(() => monitor?.dispose());

      it('makes a metric of every check that is a query, or says why not', () => {
        const ids = [...watched.map(({ check }) => check.id), ...Object.keys(NOT_MONITORED)];
        assert.deepEqual(new Set(ids), new Set(HEALTH_CHECKS.map(({ id }) => id)));
      });

      it('has queries that a member of pg_monitor may ask, with a value and its label', async () => {
        const names = new Set<string>();
        for (const { name, label, query } of watched.flatMap(({ metrics }) => metrics)) {
          assert.match(name, /^query_tuner_[a-z][a-z_0-9]*[a-z0-9]$/);
          assert.ok(!names.has(name), name);
          names.add(name);
          const rows = await monitor.query(query);
          if (label) assert.equal(new Set(rows.map(row => row[label])).size, rows.length, `a series twice: ${name}`);
          for (const row of rows) {
            assert.deepEqual(Object.keys(row), label ? [label, 'value'] : ['value'], name);
            assert.ok(row['value'] === null || Number.isFinite(Number(row['value'])), `${name}: ${row['value']}`);
          }
        }
        const ids = watched.find(({ check }) => check.id === 'transaction-id-age')!.metrics[0]!;
        const databases = await monitor.query<{ object: string }>(ids.query);
        assert.ok(databases.some(({ object }) => object === 'postgres'));
      });

      it('gives the values that the checks themselves give', async () => {
        const only = new Set(['connections-used', 'sequences-used', 'blocked-sessions', 'replication-slots']);
        const { results } = await readHealth(monitor, { only });
        for (const { id, value } of results) {
          const { query } = watched.find(({ check }) => check.id === id)!.metrics[0]!;
          const rows = await monitor.query<{ value: number | string }>(query);
          const highest = Math.max(0, ...rows.map(row => Number(row.value)));
          assert.ok(Math.abs(highest - (value ?? NaN)) < 0.01, `${id}: ${highest}, ${value}`);
        }
      });

      it('writes YAML that reads back as it was meant', () => {
        const text = exporterConfiguration(watched, server, String(major));
        const read = load(text) as { collectors: { metrics: MetricEntry[] }[] };
        const metrics = read.collectors.flatMap(({ metrics: all }) => all);
        const expected = watched.flatMap(({ metrics: all }) => all);
        assert.deepEqual(
          new Map(
            metrics.map(({ metric_name: name, query, type, key_labels: labels }) => [
              name,
              [query, type, labels?.[0] ?? null],
            ]),
          ),
          new Map(expected.map(({ name, query, type, label }) => [name, [query, type, label]])),
        );
        assert.doesNotMatch(text, /password=|:\/\/[^@\s]*:[^@\s]*@/);
      });

      describe('alert rules', () => {
        let debian: DebianRoot;
        let folder = '';
        before(async function () {
          debian = await debianPackagesOrSkip(this, ['prometheus']);
          folder = mkdtempSync(join(tmpdir(), 'query-tuner-monitoring-'));
        });
        after(() => folder && rmSync(folder, { recursive: true, force: true }));

        const promtool = (...args: string[]) => {
          const { environment: env } = debian;
          return spawnSync(debian.file('usr/bin/promtool'), args, { encoding: 'utf8', cwd: folder, env });
        };
        const rulesOf = (text: string): Rule[] => (load(text) as { groups: { rules: Rule[] }[] }).groups[0]!.rules;

        it('are taken by promtool, with the limits of the checks', () => {
          const text = alertRules(watched);
          writeFileSync(join(folder, 'rules.yml'), text);
          const { status, stdout, stderr } = promtool('check', 'rules', 'rules.yml');
          assert.equal(status, 0, stderr);
          assert.match(stdout, new RegExp(`SUCCESS: ${rulesOf(text).length} rules found`));
          for (const { expr, labels } of rulesOf(text)) {
            const { limits } = watched.find(({ check }) => check.id === labels.check)!;
            assert.ok(expr.endsWith(` ${limits!.worse === 'above' ? '>' : '<'} ${limits![labels.severity]}`), expr);
          }
          const alarmed = new Set(rulesOf(text).map(({ labels }) => labels.check));
          const withLimits = watched.filter(({ check }) => ALL_HEALTH_CHECKS.find(({ id }) => id === check.id)?.limits);
          for (const { check } of withLimits) assert.ok(alarmed.has(check.id), check.id);
        });

        // The rules are the same for every version, and promtool takes seconds for them.
        if (major === 18)
          it('fire above the limit and not at it, as the checks do', () => {
            const gauges = watched.filter(({ metrics, limits }) => limits && metrics[0]!.type === 'gauge');
            writeFileSync(join(folder, 'rules.yml'), alertRules(gauges));
            // At each limit and above it, every metric at once: promtool takes its time for each of many.
            const tests = (['warning', 'critical'] as const).flatMap(severity =>
              [0, 0.5].map(above => {
                const limited = gauges.filter(({ limits }) => Number.isFinite(limits![severity]));
                return {
                  name: `${severity} ${above}`,
                  interval: '5m',
                  input_series: limited.map(({ expression, limits }) => ({
                    series: `${expression}{x="y"}`,
                    values: `${limits![severity] + above}x12`,
                  })),
                  promql_expr_test: limited.map(({ check }) => ({
                    expr: `count(ALERTS{alertstate="firing", severity="${severity}", check="${check.id}"}) or vector(0)`,
                    eval_time: '45m',
                    exp_samples: [{ labels: '{}', value: above > 0 ? 1 : 0 }],
                  })),
                };
              }),
            );
            assert.ok(tests.every(({ input_series: series }) => series.length > 10));
            writeFileSync(
              join(folder, 'tests.yml'),
              toYaml({ rule_files: ['rules.yml'], evaluation_interval: '5m', tests }),
            );
            const { status, stdout, stderr } = promtool('test', 'rules', 'tests.yml');
            assert.equal(status, 0, `${stdout}${stderr}`);
          });

        it('follow the limits of a team', () => {
          const own = watchedChecks(server, { 'connections-used': { warning: 33 } });
          assert.ok(rulesOf(alertRules(own)).some(({ expr }) => expr === 'query_tuner_connections_used_percent > 33'));
        });

        it('share their expressions with a dashboard that Prometheus understands', () => {
          const dashboard = JSON.parse(grafanaDashboard(watched)) as {
            panels: { id: number; type: string; title: string; targets?: { expr: string }[]; fieldConfig?: object }[];
          };
          const { panels } = dashboard;
          assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
          const shown = panels.filter(({ type }) => type === 'timeseries');
          assert.deepEqual(new Set(shown.map(({ title }) => title)), new Set(watched.map(({ check }) => check.title)));
          const rules = shown.flatMap(({ targets = [], id }) =>
            targets.map(({ expr }) => ({ record: `panel:${id}`, expr: expr.replaceAll('$instance', '.*') })),
          );
          assert.ok(rules.every(({ expr }) => /query_tuner_\w+\{instance=~"\.\*"\}/.test(expr)));
          writeFileSync(join(folder, 'panels.yml'), toYaml({ groups: [{ name: 'panels', rules }] }));
          const { status, stderr } = promtool('check', 'rules', 'panels.yml');
          assert.equal(status, 0, stderr);
        });
      });
    },
    () => ({ shared_preload_libraries: 'pg_stat_statements' }),
  );

  it('writes texts of every kind so that they read back', () => {
    const texts = [
      '',
      ' ',
      'yes',
      'No',
      'null',
      '~',
      '1',
      '1e3',
      '0x1',
      '- a',
      'a: b',
      '#c',
      'a #c',
      '"q"',
      "it's",
      '{x}',
      '[1]',
      '*a',
      '&a',
      '!t',
      '%d',
      '@x',
      '`x`',
      '|',
      '>',
      'two\nlines',
      'two\n\n  lines\n',
      '  first\nindented',
      'trailing \nblank',
      'tab\tin\nlines',
      'é\u2028\u0000',
      '2026-11-22',
      '12:30:45',
      'a\\b',
    ];
    const value = { texts, nested: [[...texts], { a: 1, b: [true, false], none: [], empty: {} }], 'odd: key': 'x' };
    assert.deepEqual(load(toYaml(value)), value);
  });
});

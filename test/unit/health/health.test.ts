import assert from 'node:assert/strict';
import { assessCheck, statusOf } from '../../../src/core/health/assess';
import { callTimePercentile } from '../../../src/core/health/callTimes';
import type { HealthServer } from '../../../src/core/health/check';
import { blockedSessions } from '../../../src/core/health/checks/sessions';
import { tableCacheHitRatio } from '../../../src/core/health/checks/cache';
import { statementTimeAverage } from '../../../src/core/health/checks/statements';
import { healthText } from '../../../src/core/report/healthText';
import { randomNumbers } from '../../support/randomNumbers';

const SERVER: HealthServer = { version: 180000, isStandby: false, seesAllStatistics: true, countedSeconds: 86_400 };

describe('core/health', () => {
  it('takes a limit itself for fine, and knows which side is worse', () => {
    const below = { worse: 'below', warning: 99, critical: 95 } as const;
    assert.deepEqual(
      [99.5, 99, 98.9, 95, 94.9, null].map(value => statusOf(value, below)),
      ['ok', 'ok', 'warning', 'warning', 'critical', 'unknown'],
    );
    assert.equal(statusOf(80.1, { worse: 'above', warning: 80, critical: 90 }), 'warning');
  });

  it('estimates a percentile near the one of the calls themselves', () => {
    const numbers = randomNumbers(7);
    const random = (): number => (numbers(1_000_000) + 0.5) / 1_000_000;
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const groups = [0.5, 4, 60].map(median => Array.from({ length: 4000 }, () => median * Math.exp(0.6 * normal())));
    const statements = groups.map(times => {
      const meanMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
      const deviationMs = Math.sqrt(times.reduce((sum, ms) => sum + (ms - meanMs) ** 2, 0) / times.length);
      return { calls: times.length, meanMs, deviationMs };
    });
    const all = groups.flat().sort((a, b) => a - b);
    for (const share of [0.5, 0.9, 0.95, 0.99]) {
      const real = all[Math.floor(all.length * share)]!;
      const estimate = callTimePercentile(statements, share);
      assert.ok(Math.abs(estimate - real) / real < 0.1, `${share}: ${estimate} instead of ${real}`);
    }
    assert.equal(callTimePercentile([], 0.95), 0);
    const [once] = [callTimePercentile([{ calls: 1, meanMs: 5, deviationMs: 0 }], 0.95)];
    assert.ok(Math.abs(once - 5) < 0.001, String(once));
  });

  it('does not judge a ratio of next to nothing', () => {
    const { status, detail } = assessCheck(tableCacheHitRatio, [{ name: 't', hit: 10, read: 900 }], SERVER);
    assert.equal(status, 'unknown');
    assert.match(detail, /only 910 pages of tables/);
  });

  it('takes the limits of a team', () => {
    const rows = [{ name: 't', hit: 9_000, read: 1_000 }];
    assert.equal(assessCheck(tableCacheHitRatio, rows, SERVER).status, 'critical');
    const lenient = { 'cache-hit-ratio': { warning: 80, critical: 50 } };
    const { status, target, critical } = assessCheck(tableCacheHitRatio, rows, SERVER, lenient);
    assert.deepEqual([status, target, critical], ['ok', '≥ 80 %', '< 50 %']);
  });

  it('says how to get statement times where they are not counted', () => {
    assert.match(JSON.stringify(statementTimeAverage.query(SERVER)), /not in this database/);
    const unloaded = statementTimeAverage.query({ ...SERVER, statStatementsLoaded: false });
    assert.match(JSON.stringify(unloaded), /shared_preload_libraries/);
    const old = statementTimeAverage.query({ ...SERVER, statStatements: { schema: 'public', version: '1.6' } });
    assert.match(JSON.stringify(old), /ALTER EXTENSION pg_stat_statements UPDATE/);
    const quoted = statementTimeAverage.query({ ...SERVER, statStatements: { schema: 'My Tools', version: '1.12' } });
    assert.match(String(quoted), /from "My Tools"\.pg_stat_statements/);
  });

  it('draws a queue of locks as a tree, even when they wait in a circle', () => {
    const session = (pid: number, blockers: number[], waits = true) => ({
      ...{
        pid,
        blockers,
        waits,
        role: 'app',
        application: '',
        query: `q${pid}`,
        seconds: pid,
        session_began: 'then',
        statement_began: null,
      },
    });
    const tree = assessCheck(blockedSessions, [session(3, [2]), session(2, [1]), session(1, [], false)], SERVER);
    assert.deepEqual(
      tree.items.map(({ name }) => name),
      ['session 1 (app)', '  session 2 (app)', '    session 3 (app)'],
    );
    assert.equal(tree.value, 2);
    const circle = assessCheck(blockedSessions, [session(5, [6]), session(6, [5])], SERVER);
    assert.equal(circle.items.length, 2);
  });

  it('prints a report that can be read without colour', () => {
    const result = assessCheck(tableCacheHitRatio, [{ name: 't', hit: 9_000, read: 1_000 }], SERVER);
    const text = healthText([result], { server: '18.4', at: '2026-11-21T10:00:00Z', costMs: 12.3 });
    assert.match(text, /^ {2}CRIT Cache hit ratio of tables: 90 % {2}\(target ≥ 99 %\)$/m);
    assert.match(text, /1 critical, 0 warnings, 0 ok, 0 unknown; asked within 12 ms$/);
  });
});

import assert from 'node:assert/strict';
import type { BenchmarkResult } from '../../../src/core/benchmark/benchmark';
import { benchmarkText } from '../../../src/core/benchmark/benchmarkText';
import { latenciesOf } from '../../../src/core/benchmark/statistics';

const runs = (ms: number): number[] => Array.from({ length: 200 }, (_, i) => ms * (1 + (i % 7) / 100));

function result(ms: number, more: Partial<BenchmarkResult> = {}): BenchmarkResult {
  const latencies = latenciesOf(runs(ms));
  return {
    version: 1,
    at: '2026-03-01T10:20:30.000Z',
    title: 'orders.sql',
    server: '18.4',
    clients: 4,
    warmUpSeconds: 2,
    seconds: 10,
    tps: 4000 / ms,
    latencies,
    statements: [
      {
        title: 'SELECT * FROM orders | archive',
        hash: 'a',
        latencies,
        buffers: { hit: 12, read: 3, dirtied: 0, temporary: 40 },
      },
    ],
    failures: [],
    lockWaitShare: 0,
    rolledBack: false,
    notes: [],
    ...more,
  };
}

describe('core/benchmark/benchmarkText', () => {
  it('tells a benchmark as aligned text', () => {
    const text = benchmarkText(result(20), undefined, 'text');
    assert.match(
      text,
      /^Benchmark: orders\.sql\n\nPostgreSQL 18\.4, 4 clients, 200 runs in 10 s after 2 s of warm-up: /,
    );
    assert.match(text, /200 a second, 20\.6 ms on average \(95 % interval 20\.6 ms to 20\.6 ms\)/);
    assert.match(text, /12 hit, 3 read, 40 temporary/);
    assert.doesNotMatch(text, /Before and after|Runs that failed|rolled back/);
    const [head, row] = text.split('\n').filter(line => /TPS|orders\.sql {2}/.test(line));
    assert.equal(head!.indexOf('TPS') + 3, row!.indexOf('200 ') + 3);
  });

  it('puts two benchmarks one below the other, and says whether they differ by more than noise', () => {
    const text = benchmarkText(result(10, { name: 'with index' }), result(20), 'markdown');
    assert.match(text, /## Before and after\n\n\| Date +\| Workload +\| +TPS \| Average \|.*\n\| -+ \| -+ \| -+: \|/);
    assert.match(text, /\| before, 4 clients +\|\n.*\| after, with index, 4 clients \|/);
    assert.match(
      text,
      /Faster by more than noise: the average latency changed by -50\.0 % \(95 % interval -5\d\.\d % to -4/,
    );
    assert.match(text, /How this is decided: Welch/);
    assert.doesNotMatch(text, /Compare with care/);
  });

  it('escapes what would break a table of Markdown', () => {
    assert.match(benchmarkText(result(10), undefined, 'markdown'), /SELECT \\\* FROM orders \\\| archive/);
  });

  it('says what makes two benchmarks hard to compare', () => {
    const other = result(20, { clients: 8, server: '14.1', rolledBack: true });
    const text = benchmarkText(result(20, { statements: [{ ...other.statements[0]!, hash: 'b' }] }), other, 'text');
    assert.match(
      text,
      /Compare with care: the statements, or the values of their parameters, are not the same; 8 clients before, 4 now; PostgreSQL 14\.1 before, 18\.4 now; only one of them/,
    );
    assert.match(text, /No difference beyond noise/);
  });

  it('counts the runs that failed', () => {
    const failures = [
      { sqlState: '40001', message: 'could not serialize access due to concurrent update', count: 1234 },
    ];
    assert.match(
      benchmarkText(result(10, { failures }), undefined, 'text'),
      /Runs that failed\n\n- 1,234 × could not serialize access due to concurrent update \(40001\)/,
    );
  });
});

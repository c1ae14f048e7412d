import assert from 'node:assert/strict';
import type { HealthResult, HealthStatus } from '../../../src/core/health/check';
import {
  CHECKLIST_ITEMS,
  evaluateChecklist,
  type ChecklistFacts,
  type ChecklistResult,
} from '../../../src/core/health/checklist/index';
import { ALL_HEALTH_CHECKS } from '../../../src/core/health/index';
import { unknownResult } from '../../../src/core/health/assess';
import { checklistText } from '../../../src/core/report/checklistText';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

const results = (status: HealthStatus, ids?: readonly string[]): [string, HealthResult][] =>
  ALL_HEALTH_CHECKS.filter(({ id }) => !ids || ids.includes(id)).map(check => [
    check.id,
    { ...unknownResult(check, 'as told'), status, shown: '7' },
  ]);

const GOOD: ChecklistFacts = {
  sharedBuffersBytes: 16 * GIB,
  effectiveCacheBytes: 48 * GIB,
  workMemBytes: 16 * MIB,
  hashMemMultiplier: 2,
  maxConnections: 200,
  ramBytes: 64 * GIB,
  sessions: { clients: 30, idle: 5 },
  isPooled: false,
  monitors: ['postgres_exporter'],
  largeTables: [],
  partitionedTables: 2,
  materializedViews: 1,
  lockingViews: [],
  cron: { jobs: 3, failed: 0 },
  hypertables: null,
  checks: new Map(results('ok')),
};

const of = (id: string, facts: Partial<ChecklistFacts>): ChecklistResult => {
  const found = evaluateChecklist(CHECKLIST_ITEMS, { ...GOOD, ...facts }).find(each => each.id === id);
  assert.ok(found, id);
  return found;
};
const verdict = (id: string, facts: Partial<ChecklistFacts>): string => of(id, facts).verdict;

describe('core/health/checklist', () => {
  it('has each item once, with a target, a citation and what the guide has wrong', () => {
    assert.equal(new Set(CHECKLIST_ITEMS.map(({ id }) => id)).size, 14);
    for (const { id, target, correction, guideline } of CHECKLIST_ITEMS) {
      assert.ok(target.length > 10 && (correction?.length ?? 0) > 20, id);
      assert.equal(guideline.guide, '002', id);
    }
  });

  it('passes what is as it should be, and says what no server shows', () => {
    const verdicts = evaluateChecklist(CHECKLIST_ITEMS, GOOD);
    assert.deepEqual(
      verdicts.filter(each => each.verdict !== 'pass').map(each => [each.id, each.verdict]),
      [
        ['pooling', 'cannot be seen'],
        ['timescale', 'not applicable'],
        ['alerts', 'cannot be seen'],
      ],
    );
    assert.ok(verdicts.every(({ verdict: each, remedy }) => each !== 'pass' || remedy === undefined));
  });

  it('compares memory with the machine, and guesses nothing without it', () => {
    assert.equal(verdict('shared-buffers', { sharedBuffersBytes: 2 * GIB }), 'fail');
    assert.equal(verdict('shared-buffers', { sharedBuffersBytes: 40 * GIB }), 'fail');
    assert.match(of('shared-buffers', {}).figure, /^16 GB, 25 % of 64 GB$/);
    // As guides 003 and 004 set it: all of the memory.
    assert.equal(verdict('effective-cache-size', { effectiveCacheBytes: 64 * GIB }), 'fail');
    const { ramBytes, ...unknown } = GOOD;
    assert.ok(ramBytes);
    const blind = evaluateChecklist(CHECKLIST_ITEMS, unknown).slice(0, 3);
    assert.deepEqual(
      blind.map(each => each.verdict),
      ['cannot be seen', 'cannot be seen', 'cannot be seen'],
    );
  });

  it('fails a work_mem that the machine does not have, and one that writes files', () => {
    // Guide 002: 256 MB for 500 connections on 64 GB.
    const asGuide = of('work-mem', { workMemBytes: 256 * MIB, maxConnections: 500, hashMemMultiplier: 1 });
    assert.equal(asGuide.verdict, 'fail');
    assert.match(asGuide.figure, /= 125 GB of 64 GB/);
    assert.equal(verdict('work-mem', { checks: new Map(results('warning', ['temporary-files'])) }), 'fail');
  });

  it('takes the worst of the health checks, and the unknown for open', () => {
    const late = new Map([...results('ok'), ...results('critical', ['vacuum-lag'])]);
    assert.equal(verdict('autovacuum', { checks: late }), 'fail');
    assert.match(of('autovacuum', { checks: late }).figure, /^Longest overdue VACUUM/);
    const hidden = new Map([...results('ok'), ...results('unknown', ['dead-tuples'])]);
    assert.equal(verdict('autovacuum', { checks: hidden }), 'cannot be seen');
    assert.equal(verdict('slow-queries', { checks: new Map() }), 'cannot be seen');
    for (const { id } of CHECKLIST_ITEMS) assert.ok(verdict(id, { checks: new Map() }));
  });

  it('asks only for checks that there are', () => {
    // Without any results nothing is told by a check; with all of them each item that needs some has found them.
    const blind = evaluateChecklist(CHECKLIST_ITEMS, { ...GOOD, checks: new Map() });
    const seeing = evaluateChecklist(CHECKLIST_ITEMS, { ...GOOD, checks: new Map(results('warning')) });
    const told = blind.filter(({ figure }) => figure === 'nobody asked').map(({ id }) => id);
    assert.deepEqual(told, ['autovacuum', 'indexes-created', 'unused-indexes', 'slow-queries']);
    const counts = seeing.filter(({ id }) => told.includes(id)).map(({ figure }) => figure.split('; ').length);
    assert.deepEqual(counts, [4, 3, 2, 1]);
  });

  it('judges pooling by what the sessions do', () => {
    assert.equal(verdict('pooling', { isPooled: true }), 'pass');
    assert.equal(verdict('pooling', { sessions: { clients: 300, idle: 280 } }), 'fail');
    assert.equal(verdict('pooling', { sessions: { clients: 300, idle: 100 } }), 'cannot be seen');
    assert.equal(verdict('pooling', { sessions: null }), 'cannot be seen');
  });

  it('judges the design and the jobs', () => {
    const large = of('partitioning', { largeTables: [{ name: 'farm.milk', bytes: 90 * GIB }] });
    assert.equal(large.verdict, 'fail');
    assert.match(large.figure, /farm\.milk \(90 GB\)/);
    assert.equal(verdict('materialized-views', { lockingViews: ['farm.monthly'] }), 'fail');
    assert.equal(verdict('materialized-views', { materializedViews: 0 }), 'cannot be seen');
    assert.equal(verdict('timescale', { hypertables: { all: 2, compressed: 1 } }), 'fail');
    assert.equal(verdict('timescale', { hypertables: { all: 2, compressed: 2 } }), 'pass');
    assert.equal(verdict('maintenance', { cron: { jobs: 3, failed: 1 } }), 'fail');
    assert.equal(verdict('maintenance', { cron: { jobs: 0, failed: 0 } }), 'cannot be seen');
    assert.equal(verdict('maintenance', { cron: null }), 'cannot be seen');
    assert.equal(verdict('dashboards', { monitors: [] }), 'cannot be seen');
  });

  it('prints each item with what helps', () => {
    const text = checklistText(evaluateChecklist(CHECKLIST_ITEMS, { ...GOOD, sharedBuffersBytes: GIB }), '18.4');
    assert.match(text, /FAIL shared_buffers/);
    assert.match(text, /^10 pass, 1 fail, 2 cannot be seen, 1 not applicable$/m);
  });
});

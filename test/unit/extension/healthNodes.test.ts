import assert from 'node:assert/strict';
import type { HealthResult } from '../../../src/core/health/check';
import { healthMessage, healthNodes, sparkline } from '../../../src/extension/health/healthNodes';

const RESULT: HealthResult = {
  id: 'a',
  title: 'A check',
  group: 'cache',
  value: 99.123,
  unit: '%',
  shown: '99.12 %',
  target: '≥ 99 %',
  critical: '< 95 %',
  status: 'ok',
  detail: 'fine',
  source: 'own',
  guideline: null,
  items: [],
  step: null,
};

const GUIDELINE = { guide: '002', section: 'Appendix A: Performance Tuning Checklist' } as const;

describe('extension/health/healthNodes', () => {
  it('opens the groups that need somebody, and says how many', () => {
    const view = {
      server: '18.4',
      at: '2026-11-21T10:20:30Z',
      costMs: 44.4,
      limits: {},
      results: [
        RESULT,
        { ...RESULT, id: 'b', status: 'critical' as const, value: 12, shown: '12 %' },
        {
          ...RESULT,
          id: 'c',
          group: 'limits' as const,
          value: null,
          shown: '',
          status: 'unknown' as const,
          detail: 'not counted',
        },
      ],
    };
    const [cache, limits] = healthNodes(view, { values: id => (id === 'a' ? [1, 2, 3] : []) });
    assert.deepEqual(
      [cache?.label, cache?.description, cache?.isOpen, cache?.status],
      ['Cache', '1 critical', true, 'critical'],
    );
    assert.deepEqual(
      cache?.children.map(({ description }) => description),
      ['12 %', '99.12 %  ▁▅█'],
    );
    assert.deepEqual([limits?.isOpen, limits?.children[0]?.description], [false, 'not counted']);
    assert.equal(healthMessage(view), '1 critical, 0 warnings, 1 ok, 1 unknown. Asked at 10:20:30 UTC, within 44 ms.');
  });

  it('puts the checklist last and leaves it closed', () => {
    const item = {
      title: 'Pooled',
      target: 'few sessions',
      correction: null,
      guideline: GUIDELINE,
      figure: '300 idle',
    };
    const checklist = [
      { ...item, id: 'pooling', verdict: 'fail' as const, remedy: 'a pooler' },
      { ...item, id: 'alerts', verdict: 'cannot be seen' as const },
    ];
    const view = { server: '18.4', at: '2026-11-21T10:20:30Z', costMs: 44.4, limits: {}, results: [RESULT], checklist };
    const last = healthNodes(view, { values: () => [] }).at(-1);
    assert.deepEqual(
      [last?.label, last?.description, last?.status, last?.isOpen],
      ['Checklist', '1 of 2 fail', 'warning', false],
    );
    assert.deepEqual(
      last?.children.map(({ description, status }) => [description, status]),
      [
        ['fail: 300 idle', 'warning'],
        ['cannot be seen: 300 idle', 'unknown'],
      ],
    );
    assert.match(last?.children[0]?.tooltip ?? '', /What helps: a pooler$/);
  });

  it('draws a course from three values on', () => {
    assert.equal(sparkline([1, 2]), '');
    assert.equal(sparkline([5, 5, 5]), '');
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
  });
});

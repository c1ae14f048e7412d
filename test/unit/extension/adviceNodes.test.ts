import assert from 'node:assert/strict';
import { adviceMessage } from '../../../src/extension/advice/adviceMessage';
import { adviceNodes, type AdviceNode } from '../../../src/extension/advice/adviceNodes';
import { initiallyChecked, offeredChanges, type AdviceState } from '../../../src/extension/advice/adviceState';
import type { AdviceView } from '../../../src/protocol/advice';

const change = (sql: string, inverse: string) => ({
  sql: [sql],
  runsInTransaction: false,
  locks: 'SHARE UPDATE EXCLUSIVE',
  inverse: [inverse],
});

const VIEW: AdviceView = {
  source: 'queries.sql',
  whatIf: 'what-if (shadow)',
  timeLimitReached: false,
  costBefore: 48_211,
  costAfter: 84,
  indexes: [
    {
      title: 'public.orders (customer_id)',
      relation: 'public.orders',
      definition: { schema: 'public', relation: 'orders', method: 'btree', keys: ['customer_id'], include: [] },
      change: change('CREATE INDEX CONCURRENTLY a ON public.orders (customer_id)', 'DROP INDEX CONCURRENTLY public.a'),
      estimatedBytes: 2 * 1024 ** 2,
      why: 'statement 1: cost 48,211 -> 84',
      gains: [1],
      loses: [2],
    },
  ],
  statements: [
    {
      id: 1,
      sql: 'select *\n  from orders',
      place: 'queries.sql:3',
      calls: 20,
      totalMs: 900,
      costBefore: 48_211,
      costAfter: 84,
      measurable: true,
    },
    {
      id: 2,
      sql: 'insert into orders',
      calls: 1,
      costBefore: 1,
      costAfter: 1.5,
      reason: 'it only writes',
      measurable: false,
    },
  ],
  redundant: [
    {
      index: 'public.b',
      because: 'its keys begin those of a',
      change: change('DROP INDEX CONCURRENTLY public.b', 'CREATE INDEX CONCURRENTLY b ON public.orders (y)'),
    },
  ],
  existing: [
    {
      problem: 'unused',
      severity: 'warning',
      relation: 'public.orders',
      index: 'public.c',
      title: 'c is not used',
      evidence: { how: 'statistics', text: 'not used once' },
      sizeBytes: 1024 ** 2,
      scans: 0,
      reclaimableBytes: 1024 ** 2,
      change: change('DROP INDEX CONCURRENTLY public.c', 'CREATE INDEX CONCURRENTLY c ON public.orders (x)'),
      cautions: ['ask the replicas'],
    },
  ],
  skipped: [{ id: 3, reason: 'syntax error', sql: 'selec' }],
  notes: [],
};

const state = (more: Partial<AdviceState> = {}): AdviceState => ({
  view: VIEW,
  connection: 'sample',
  checked: initiallyChecked(VIEW),
  states: new Map(),
  cost: 'known',
  advisedCost: VIEW.costAfter,
  before: new Map(),
  after: new Map(),
  ...more,
});

function outline(nodes: readonly AdviceNode[], depth = 0): string[] {
  return nodes.flatMap(({ label, description, checked, children }) => {
    const box = checked === undefined ? '' : checked ? '[x] ' : '[ ] ';
    return [
      `${'  '.repeat(depth)}${box}${label}${description ? ` | ${description}` : ''}`,
      ...outline(children, depth + 1),
    ];
  });
}

describe('extension/advice/adviceNodes', () => {
  it('shows what is advised, what gains and loses, and what exists', () => {
    assert.deepEqual(outline(adviceNodes(state())), [
      'Advised indexes | 1, 2 MB',
      '  [x] 2 MB: orders (customer_id)',
      '    cost 48,211 → 84 | 900 ms in 20 calls, select * from orders',
      '    cost 1 → 1.5 | insert into orders',
      '      no index | it only writes',
      'Made redundant by them | 1',
      '  [ ] public.b | its keys begin those of a',
      'Existing indexes | 1',
      '  [ ] c is not used | unused',
      '    ask the replicas',
      'Statements | 2',
      '  cost 48,211 → 84 | 900 ms in 20 calls, select * from orders',
      '  cost 1 → 1.5 | insert into orders',
      '    no index | it only writes',
      'Not planned | 1',
      '  syntax error | selec',
    ]);
  });

  it('gives each row an id of its own', () => {
    const ids: string[] = [];
    const collect = (nodes: readonly AdviceNode[]): void =>
      nodes.forEach(({ id, children }) => {
        ids.push(id);
        collect(children);
      });
    collect(adviceNodes(state()));
    assert.equal(new Set(ids).size, ids.length, ids.join());
  });

  it('adds up what is checked, against the budget', () => {
    assert.equal(
      adviceMessage(state({ budgetBytes: 500 * 1024 ** 2 })),
      'queries.sql: cost 48,211 → 84 (what-if (shadow)). 2 MB checked, of a budget of 500 MB.',
    );
    assert.match(adviceMessage(state({ checked: new Set() })), /0 B checked, no budget\.$/);
  });

  it('takes the box from what was applied, and shows what was measured', () => {
    const measured = (id: number, executionMs: number) => new Map([[id, { id, executionMs }]]);
    const rows = outline(
      adviceNodes(
        state({ states: new Map([['index-0', 'applied']]), before: measured(1, 90), after: measured(1, 0.5) }),
      ),
    );
    assert.equal(rows[1], '  2 MB: orders (customer_id) | applied');
    assert.match(rows[2] ?? '', /measured 90 ms → 0\.5 ms, cost/);
  });

  it('offers creations before drops, with the way back', () => {
    assert.deepEqual(
      offeredChanges(VIEW).map(({ title, bytes }) => `${title} ${bytes}`),
      ['Index on public.orders (customer_id) 2097152', 'Drop public.b 0', 'c is not used -1048576'],
    );
    const [index] = adviceNodes(state())[0]?.children ?? [];
    assert.match(index?.shows?.text ?? '', /-- Undo:\n-- DROP INDEX CONCURRENTLY public\.a;\n$/);
  });

  it('says that nothing helps', () => {
    const rows = outline(adviceNodes(state({ view: { ...VIEW, indexes: [] } })));
    assert.deepEqual(rows.slice(0, 2), ['Advised indexes | 0', '  No index would make it noticeably cheaper']);
  });

  it('says that a budget may be too small for any', () => {
    const rows = outline(adviceNodes(state({ view: { ...VIEW, indexes: [] }, budgetBytes: 1024 })));
    assert.equal(rows[1], '  No index would make it noticeably cheaper within 1 kB; a larger budget may');
  });

  it('says of an empty workload, and of one that cannot be planned, that there was nothing to advise on', () => {
    const empty = { ...VIEW, indexes: [], statements: [], skipped: [], costBefore: 0, costAfter: 0 };
    assert.equal(adviceMessage(state({ view: empty })), 'queries.sql: it has no statements.');
    const unplanned = { ...empty, skipped: VIEW.skipped };
    assert.equal(adviceMessage(state({ view: unplanned })), 'queries.sql: of its one statement none could be planned.');
    assert.equal(
      outline(adviceNodes(state({ view: unplanned })))[1],
      '  Nothing to advise on: of its one statement none could be planned',
    );
  });

  it('counts what is left where a box is not checked, and says what the whole would cost', () => {
    const unchecked = state({ checked: new Set(), view: { ...VIEW, costAfter: 48_211 } });
    assert.equal(outline(adviceNodes(unchecked))[0], 'Advised indexes | 1, 0 checked, 0 B');
    assert.match(adviceMessage(unchecked), /cost 48,211 → 48,211 \(what-if \(shadow\); 84 as advised\)/);
  });

  it('shows no costs that are not those of the checked boxes', () => {
    assert.match(adviceMessage(state({ cost: 'pending' })), /cost 48,211 → … \(what-if/);
    const lost = state({ cost: { problem: 'the server is gone' } });
    assert.match(adviceMessage(lost), /cost 48,211 → \? \(the server is gone\)/);
    assert.equal(outline(adviceNodes(lost))[2], '    cost 48,211 → ? | 900 ms in 20 calls, select * from orders');
  });

  it('says that a form was chosen that the budget has no room for', () => {
    assert.match(adviceMessage(state({ budgetBytes: 1024 ** 2 })), /2 MB checked, over the budget of 1 MB\.$/);
  });
});

import type { NodeView, PlanView, SuggestionView } from '../../src/protocol/planPanel';

type Sample = Partial<NodeView> & { readonly children?: readonly Sample[] };

/** Numbers a tree of samples depth first and fills in what a test does not care about. */
export function nodesOf(root: Sample): NodeView[] {
  const nodes: NodeView[] = [];
  const add = (sample: Sample, depth: number, parentId?: number): void => {
    const { children = [], ...given } = sample;
    const id = nodes.length;
    nodes.push({
      nodeType: 'Result',
      detail: '',
      rowsPlanned: 1,
      neverExecuted: false,
      properties: [],
      ...given,
      id,
      parentId,
      depth,
      childCount: children.length,
    });
    for (const child of children) add(child, depth + 1, id);
  };
  add(root, 0);
  return nodes;
}

/** Sort <- Hash Join <- (Seq Scan <- InitPlan, Hash <- Index Scan), with a Limit that never ran. */
const NODES = nodesOf({
  nodeType: 'Sort',
  detail: 'by sum(cr.count) desc',
  totalMs: 418.2,
  selfMs: 2.31,
  selfShare: 0.0055,
  rowsActual: 48,
  rowsPlanned: 40,
  rowEstimateError: 1.2,
  loops: 1,
  totalCost: 21_844.2,
  sharedHitBlocks: 3,
  sharedReadBlocks: 0,
  properties: [
    { name: 'Sort Key', value: 'sum(cr.count) DESC' },
    { name: 'Sort Method', value: 'quicksort, 28 kB memory' },
  ],
  children: [
    {
      nodeType: 'Hash Join',
      detail: 'cr.camera_id = c.id',
      totalMs: 415.9,
      selfMs: 64.4,
      selfShare: 0.154,
      rowsActual: 61_440,
      rowsPlanned: 512,
      rowEstimateError: 120,
      loops: 1,
      totalCost: 21_840.1,
      sharedHitBlocks: 0,
      sharedReadBlocks: 0,
      properties: [{ name: 'Hash Cond', value: '(cr.camera_id = c.id)' }],
      children: [
        {
          nodeType: 'Seq Scan',
          detail: 'on counting_results cr',
          totalMs: 346.1,
          selfMs: 346.1,
          selfShare: 0.824,
          rowsActual: 61_440,
          rowsPlanned: 5_012,
          rowEstimateError: 12.3,
          loops: 1,
          totalCost: 21_370,
          sharedHitBlocks: 2_112,
          sharedReadBlocks: 6_242,
          properties: [
            { name: 'Filter', value: "((created_at >= $0) AND (direction = 'in'::text))" },
            { name: 'Rows Removed by Filter', value: '938,560' },
          ],
          children: [
            {
              nodeType: 'Result',
              subplanName: 'InitPlan 1',
              totalMs: 0.012,
              selfMs: 0.012,
              selfShare: 0.00003,
              rowsActual: 1,
              loops: 1,
              totalCost: 0.01,
            },
          ],
        },
        {
          nodeType: 'Hash',
          totalMs: 5.4,
          selfMs: 0.9,
          selfShare: 0.002,
          rowsActual: 48,
          rowsPlanned: 48,
          rowEstimateError: 1,
          loops: 1,
          totalCost: 28.3,
          children: [
            {
              nodeType: 'Index Scan',
              detail: 'on cameras c using cameras_pkey',
              totalMs: 4.5,
              selfMs: 4.5,
              selfShare: 0.011,
              rowsActual: 48,
              rowsPlanned: 48,
              rowEstimateError: 1,
              loops: 1,
              totalCost: 27.1,
              sharedHitBlocks: 52,
              sharedReadBlocks: 0,
            },
            { nodeType: 'Limit', neverExecuted: true, rowsPlanned: 10, totalCost: 3.2, loops: 0 },
          ],
        },
      ],
    },
  ],
});

export const INDEX_SUGGESTION: SuggestionView = {
  id: 7,
  title: 'Index counting_results (direction, created_at)',
  sql: [
    'CREATE INDEX CONCURRENTLY counting_results_direction_created_at_idx\n' +
      '  ON public.counting_results (direction, created_at) INCLUDE (camera_id, count)',
  ],
  inverse: ['DROP INDEX CONCURRENTLY IF EXISTS public.counting_results_direction_created_at_idx'],
  locks: 'SHARE UPDATE EXCLUSIVE on counting_results: reads and writes go on, other schema changes wait',
  how: 'what-if (shadow)',
  evidence: 'PostgreSQL plans an Index Only Scan instead of the Seq Scan of 1,000,000 rows',
  cost: 'about 38 MB, and one more index to write on every insert',
  costBefore: 21_844.2,
  costAfter: 1_912.7,
  state: 'offered',
};

/** A measured plan with something of everything. */
export const MEASURED: PlanView = {
  title: 'select c.name, sum(cr.count) from counting_results cr join cameras c …',
  sql:
    'select c.name, sum(cr.count)\n  from counting_results cr\n  join cameras c on c.id = cr.camera_id\n' +
    " where cr.created_at >= (select now() - interval '7 days') and cr.direction = 'in'\n group by c.name\n" +
    ' order by 2 desc',
  connection: 'demo@localhost:5432/cameras',
  server: 'PostgreSQL 18.4',
  analyzed: true,
  planningMs: 0.742,
  executionMs: 420.1,
  totalCost: 21_844.2,
  nodes: NODES,
  triggers: [],
  findings: [
    {
      rule: 'plan/filter-drops-most',
      severity: 'warning',
      nodeId: 2,
      message: 'The scan reads 1,000,000 rows and keeps 6 % of them.',
      evidence: '938,560 rows removed by the filter, 8,354 blocks (65.3 MB) touched',
      savesMs: 325,
      nextStep: 'An index on the filtered columns would read only the rows that are kept.',
    },
    {
      rule: 'plan/row-estimate',
      severity: 'info',
      nodeId: 1,
      message: 'The join gives 120 times the rows that were planned.',
      evidence: '61,440 rows, 512 planned',
      nextStep: 'Run ANALYZE counting_results, or gather extended statistics.',
    },
  ],
  suggestions: [INDEX_SUGGESTION],
  notes: ['The statement ran in a transaction that was rolled back.', 'work_mem is 4 MB; the sort needed 28 kB.'],
};

/** The same statement once the index is there. */
export const COMPARED: PlanView = {
  ...MEASURED,
  executionMs: 18.6,
  suggestions: [{ ...INDEX_SUGGESTION, state: 'applied' }],
  comparison: {
    verdict: 'better',
    beforeMs: 420.1,
    afterMs: 18.6,
    beforeCost: 21_844.2,
    afterCost: 1_912.7,
    speedUp: 22.6,
    rows: [
      { depth: 0, change: 'same', before: 'Sort', after: 'Sort', beforeMs: 418.2, afterMs: 18.1 },
      { depth: 1, change: 'changed', before: 'Hash Join', after: 'Nested Loop', beforeMs: 415.9, afterMs: 17.9 },
      { depth: 2, change: 'removed', before: 'Seq Scan on counting_results cr', beforeMs: 346.1 },
      {
        depth: 2,
        change: 'added',
        after: 'Index Only Scan on counting_results cr using counting_results_direction_created_at_idx',
        afterMs: 11.2,
      },
      { depth: 2, change: 'same', before: 'Index Scan on cameras c', after: 'Index Scan on cameras c', beforeMs: 4.5 },
    ],
  },
};

/** The planner's guess only: no times, no actual rows. */
export const ESTIMATED: PlanView = {
  ...MEASURED,
  analyzed: false,
  planningMs: 0.4,
  executionMs: undefined,
  findings: [],
  suggestions: [],
  notes: ['No index: 412 rows, a scan reads 5 pages.'],
  nodes: nodesOf({
    nodeType: 'Limit',
    totalCost: 92.4,
    selfShare: 0,
    rowsPlanned: 20,
    children: [{ nodeType: 'Seq Scan', detail: 'on events e', totalCost: 92.4, selfShare: 1, rowsPlanned: 4_120 }],
  }),
};

/** A plan as partitioned tables make them: one Append over many partitions, each an index scan below a sort. */
export function hugeView(count: number): PlanView {
  const partitions = Math.floor((count - 1) / 2);
  const nodes = nodesOf({
    nodeType: 'Append',
    totalMs: 900,
    selfMs: 1,
    selfShare: 0.001,
    children: Array.from({ length: partitions }, (_, index) => ({
      nodeType: 'Sort',
      detail: `partition ${index}`,
      totalMs: 0.2,
      selfMs: 0.1,
      selfShare: 0.0001,
      children: [
        {
          nodeType: 'Index Scan',
          detail: `on events_${index}`,
          totalMs: index === partitions - 10 ? 5 : 0.1,
          selfMs: index === partitions - 10 ? 5 : 0.1,
          selfShare: 0.0001,
        },
      ],
    })),
  });
  return { ...MEASURED, nodes, findings: [], suggestions: [] };
}

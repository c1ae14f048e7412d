import type { HistoryEntryView, NodeView, PlanView } from '../../src/protocol/planPanel';
import { COMPARED, MEASURED } from './sampleViews';

const { sql } = MEASURED;

/** Where a piece of the sample's SQL stands. */
function rangeOf(piece: string): { start: number; end: number } {
  const start = sql.indexOf(piece);
  if (start < 0) throw new Error(`not in the sample: ${piece}`);
  return { start, end: start + piece.length };
}

const PIECES: Readonly<Record<number, readonly string[]>> = {
  0: ['order by 2 desc'],
  1: ['join cameras c on c.id = cr.camera_id'],
  2: ['counting_results cr', 'cr.created_at >=', "cr.direction = 'in'"],
  3: ["(select now() - interval '7 days')"],
  5: ['cameras c'],
};

function enrich(node: NodeView): NodeView {
  const sqlRanges = PIECES[node.id]?.map(rangeOf);
  if (node.id !== 2) return { ...node, ...(sqlRanges && { sqlRanges }) };
  return {
    ...node,
    sqlRanges,
    isErrorOrigin: true,
    startupMs: 0.02,
    startupCost: 0.43,
    rowsRemoved: 938_560,
    ioReadMs: 188.2,
    sharedDirtiedBlocks: 12,
    workers: [
      { totalMs: 344.1, rows: 20_480, loops: 1, properties: [] },
      { number: 0, totalMs: 346.1, rows: 20_512, loops: 1, properties: [{ name: 'Blocks', value: '2,784' }] },
      { number: 1, totalMs: 339.7, rows: 20_448, loops: 1, properties: [{ name: 'Blocks', value: '2,790' }] },
    ],
  };
}

const HISTORY: readonly HistoryEntryView[] = [512, 498, 530, 421, 433, 418, 420.1, undefined, 18.6].map(
  (executionMs, index) => ({
    id: `run-${index}`,
    at: `2026-03-${String(index + 10)}T09:12:00Z`,
    executionMs,
    blocks: executionMs === undefined ? undefined : Math.round(executionMs * 20),
    totalCost: 21_844.2,
    ...(index === 4 && { note: 'work_mem = 64MB; enable_hashjoin = off' }),
  }),
);

const RAW = JSON.stringify(
  [{ Plan: { 'Node Type': 'Sort', Plans: MEASURED.nodes.map(({ nodeType, detail }) => ({ nodeType, detail })) } }],
  null,
  2,
);

/** Something for every tab: raw text, settings, statistics, history, several runs, a comparison, steps to press. */
export const RICH: PlanView = {
  ...COMPARED,
  nodes: MEASURED.nodes.map(enrich),
  comparison: {
    ...COMPARED.comparison!,
    measure: 'blocks',
    beforeBlocks: 8_409,
    afterBlocks: 372,
    sentence: '23x less work: 8,409 -> 372 blocks; the sequential scan of counting_results is gone',
    cautions: ['The first run read from disk, the second from cache.'],
    rows: COMPARED.comparison!.rows.map((row, index) => ({
      ...row,
      ...(row.before !== undefined && { beforeBlocks: [3, 0, 8_354, 0, 52][index] }),
      ...(row.after !== undefined && { afterBlocks: [3, 0, 0, 317, 52][index] }),
    })),
  },
  raw: { format: 'json', text: RAW },
  settings: [
    { name: 'work_mem', value: '64MB' },
    { name: 'random_page_cost', value: '1.1' },
  ],
  statistics: [
    { name: 'Blocks hit or read', value: '8,409' },
    { name: 'Memory for planning', value: '118 kB' },
    { name: 'Query identifier', value: '-6312475021954098712' },
  ],
  triggers: [{ name: 'counting_results_camera_id_fkey', ms: 44.2, calls: 61_440 }],
  jitMs: 12.4,
  source: 'live',
  history: { entries: HISTORY, baseline: 'run-3' },
  runs: { timesMs: [31.2, 18.6, 18.9, 19.4, 18.7, 22.3], minMs: 18.6, medianMs: 18.9, p95Ms: 22.3 },
  findings: MEASURED.findings.map((finding, index) => ({
    ...finding,
    steps:
      index === 0
        ? [
            { kind: 'suggest-index', title: 'See the index that helps' },
            { kind: 'explain', title: 'Try with work_mem = 64MB', settings: { work_mem: '64MB' } },
          ]
        : [
            {
              kind: 'sql',
              title: 'ANALYZE counting_results',
              what: 'analyze',
              sql: ['ANALYZE public.counting_results'],
            },
          ],
  })),
};

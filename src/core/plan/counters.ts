import type { DraftNode } from './draftNode';
import { exclusive } from './exclusive';
import type { InitPlanReaders } from './initPlanReaders';
import type { PlanFigures, RawPlanNode } from './planTree';
import { rawNumber } from './rawValue';

type CounterName = Extract<keyof PlanFigures, `${string}Blocks` | `wal${string}` | `${string}io${string}` | 'tempIoMs'>;

/** Counters that EXPLAIN gives for a node and all below it, over all loops and processes, and the keys they add up. */
interface CounterGroup {
  readonly counters: Partial<Record<CounterName, readonly string[]>>;
}

const io = (what: 'Read' | 'Write', kinds: readonly string[]) => kinds.map(kind => `${kind}I/O ${what} Time`);
/** Up to 14 one figure for all kinds; 15 and 16 tell temporary files apart, from 17 on shared and local have names. */
const IO_KINDS = ['', 'Shared ', 'Local ', 'Temp '];

/** What is worked through: blocks hit or read, temporary ones read or written. Dirtying comes on top of a hit. */
export const WORK_BLOCKS = [
  'Shared Hit Blocks',
  'Shared Read Blocks',
  'Local Hit Blocks',
  'Local Read Blocks',
  'Temp Read Blocks',
  'Temp Written Blocks',
] as const;

const GROUPS: readonly CounterGroup[] = [
  {
    counters: {
      sharedHitBlocks: ['Shared Hit Blocks'],
      sharedReadBlocks: ['Shared Read Blocks'],
      sharedDirtiedBlocks: ['Shared Dirtied Blocks'],
      sharedWrittenBlocks: ['Shared Written Blocks'],
      localHitBlocks: ['Local Hit Blocks'],
      localReadBlocks: ['Local Read Blocks'],
      localDirtiedBlocks: ['Local Dirtied Blocks'],
      localWrittenBlocks: ['Local Written Blocks'],
      tempReadBlocks: ['Temp Read Blocks'],
      tempWrittenBlocks: ['Temp Written Blocks'],
      selfBlocks: WORK_BLOCKS,
    },
  },
  {
    counters: {
      ioReadMs: io('Read', IO_KINDS),
      ioWriteMs: io('Write', IO_KINDS),
      tempIoMs: [...io('Read', ['Temp ']), ...io('Write', ['Temp '])],
    },
  },
  { counters: { walRecords: ['WAL Records'], walFullPageImages: ['WAL FPI'], walBytes: ['WAL Bytes'] } },
];

export type Counters = Partial<Record<CounterName, number>>;

/**
 * Counters of each node alone, by node id. The text format leaves out what is 0, so a counter that is missing is 0 if
 * its group was counted anywhere in the plan, and unknown (absent) if it was not: BUFFERS OFF, track_io_timing off.
 */
export function exclusiveCounters(nodes: readonly DraftNode[], readers: InitPlanReaders): Counters[] {
  const result: Counters[] = nodes.map(() => ({}));
  for (const { counters } of GROUPS) {
    const keys = Object.values(counters).flat();
    if (!nodes.some(node => keys.some(key => rawNumber(node.raw, key) !== undefined))) continue;
    for (const [name, own] of Object.entries(counters) as [CounterName, readonly string[]][]) {
      const sums = nodes.map(node => sumOf(node.raw, own));
      // Most counters are 0 everywhere, in plans of ten thousand nodes too.
      const values = sums.some(sum => sum !== 0) ? exclusive(nodes, readers, sums) : sums;
      for (let id = 0; id < nodes.length; id++) result[id]![name] = values[id];
      if (name !== 'selfBlocks') continue;
      for (let id = 0; id < nodes.length; id++) result[id]!.totalBlocks = sums[id];
    }
  }
  return result;
}

/** The sum of the counters that are there. */
export function sumOf(raw: RawPlanNode | Readonly<Record<string, unknown>>, keys: readonly string[]): number {
  let sum = 0;
  for (const key of keys) sum += rawNumber(raw, key) ?? 0;
  return sum;
}

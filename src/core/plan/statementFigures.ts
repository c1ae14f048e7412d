import { sumOf, WORK_BLOCKS } from './counters';
import type { PlanTree } from './planTree';
import { isRawObject, rawNumber, rawObjects, rawText } from './rawValue';
import type { RawObject } from './rawValue';

/** Figures of a statement as a whole, beside those of its nodes. What EXPLAIN did not say is absent. */
export interface StatementFigures {
  /** Execution time outside every node: triggers after the statement, starting and ending. */
  readonly outsideNodesMs?: number;
  readonly triggersMs?: number;
  /** Blocks hit or read, and temporary ones read or written, by the execution. */
  readonly blocks?: number;
  readonly blocksHit?: number;
  readonly blocksRead?: number;
  readonly planning?: PlanningFigures;
  readonly jit?: JitFigures;
  readonly serialization?: SerializationFigures;
  readonly wal?: { readonly records: number; readonly fullPageImages: number; readonly bytes: number };
  readonly queryIdentifier?: string;
}

export interface PlanningFigures {
  readonly ms?: number;
  readonly blocks?: number;
  readonly blocksRead?: number;
  /** EXPLAIN (MEMORY), 17 and later. */
  readonly memoryUsedBytes?: number;
  readonly memoryAllocatedBytes?: number;
}

/** Times in ms. The parts are sums over the leader and its workers, as EXPLAIN gives them. */
export interface JitFigures {
  readonly functions: number;
  readonly generationMs?: number;
  /** Part of the generation, told apart from 17 on. */
  readonly deformMs?: number;
  readonly inliningMs?: number;
  readonly optimizationMs?: number;
  readonly emissionMs?: number;
  readonly totalMs?: number;
  /** What the leader spent: workers compile for themselves at the same time. */
  readonly leaderMs?: number;
  readonly options: readonly string[];
}

/** EXPLAIN (SERIALIZE), 17 and later. */
export interface SerializationFigures {
  readonly ms?: number;
  readonly outputBytes?: number;
  readonly format?: string;
  readonly blocks?: number;
}

/** Reads what the document says beside its plan. */
export function statementFigures(tree: PlanTree): StatementFigures {
  const { raw, root, executionMs } = tree;
  const wholeMs = root.figures.totalMs;
  return {
    outsideNodesMs: executionMs === undefined || wholeMs === undefined ? undefined : Math.max(0, executionMs - wholeMs),
    triggersMs: tree.triggers.length === 0 ? undefined : tree.triggers.reduce((sum, { ms }) => sum + ms, 0),
    blocks: wholeBlocks(tree),
    ...(root.figures.totalBlocks === undefined ? {} : hitAndRead(root.raw)),
    planning: planning(tree),
    jit: jit(tree),
    serialization: serialization(raw['Serialization']),
    wal: wal(tree),
    queryIdentifier: identifier(raw['Query Identifier']),
  };
}

/** A write in a CTE goes on after the main query, outside the counters of the root. */
function endsAfterRoot(tree: PlanTree): boolean {
  return tree.nodes.some(
    ({ nodeType, subplanName = '' }) => nodeType === 'ModifyTable' && subplanName.startsWith('CTE '),
  );
}

function sumOfNodes(tree: PlanTree, figure: 'selfBlocks' | 'walRecords' | 'walFullPageImages' | 'walBytes'): number {
  return tree.nodes.reduce((sum, { figures }) => sum + (figures[figure] ?? 0), 0);
}

function wholeBlocks(tree: PlanTree): number | undefined {
  const blocks = tree.root.figures.totalBlocks;
  return blocks !== undefined && endsAfterRoot(tree) ? sumOfNodes(tree, 'selfBlocks') : blocks;
}

function hitAndRead(raw: RawObject): { blocksHit: number; blocksRead: number } {
  return {
    blocksHit: sumOf(raw, ['Shared Hit Blocks', 'Local Hit Blocks']),
    blocksRead: sumOf(raw, ['Shared Read Blocks', 'Local Read Blocks']),
  };
}

function blocksOf(raw: RawObject): number | undefined {
  return WORK_BLOCKS.some(key => rawNumber(raw, key) !== undefined) ? sumOf(raw, WORK_BLOCKS) : undefined;
}

function planning({ raw, planningMs }: PlanTree): PlanningFigures | undefined {
  const said = raw['Planning'];
  const part = isRawObject(said) ? said : {};
  if (planningMs === undefined && !isRawObject(said)) return undefined;
  const blocks = blocksOf(part);
  return {
    ms: planningMs,
    blocks,
    blocksRead: blocks === undefined ? undefined : sumOf(part, ['Shared Read Blocks', 'Local Read Blocks']),
    memoryUsedBytes: kilobytes(part, 'Memory Used'),
    memoryAllocatedBytes: kilobytes(part, 'Memory Allocated'),
  };
}

/** Printed in kB. */
function kilobytes(raw: RawObject, key: string): number | undefined {
  const value = rawNumber(raw, key);
  return value === undefined ? undefined : value * 1024;
}

function jit(tree: PlanTree): JitFigures | undefined {
  const said = tree.raw['JIT'];
  if (!isRawObject(said)) return undefined;
  const timing = isRawObject(said['Timing']) ? said['Timing'] : {};
  const generation = timing['Generation'];
  const options = isRawObject(said['Options']) ? said['Options'] : {};
  const totalMs = partMs(timing, 'Total');
  return {
    functions: rawNumber(said, 'Functions') ?? 0,
    generationMs: partMs(timing, 'Generation'),
    deformMs: isRawObject(generation) ? rawNumber(generation, 'Deform') : undefined,
    inliningMs: partMs(timing, 'Inlining'),
    optimizationMs: partMs(timing, 'Optimization'),
    emissionMs: partMs(timing, 'Emission'),
    totalMs,
    leaderMs: totalMs === undefined ? undefined : leaderMs(tree, totalMs),
    options: Object.keys(options).filter(name => options[name] === true || options[name] === 'true'),
  };
}

/** A part is a number; from 17 on the generation is an object with its own total. */
function partMs(timing: RawObject, key: string): number | undefined {
  const part = timing[key];
  return isRawObject(part) ? rawNumber(part, 'Total') : rawNumber(timing, key);
}

/** Less what the workers say of themselves (VERBOSE); else an equal part for each process of the widest Gather. */
function leaderMs(tree: PlanTree, totalMs: number): number {
  const told = tree.nodes.flatMap(node =>
    rawObjects(node.raw, 'Workers')
      .map(worker => worker['JIT'])
      .filter(isRawObject),
  );
  if (told.length > 0) {
    const workers = told.reduce(
      (sum, part) => sum + ((isRawObject(part['Timing']) && partMs(part['Timing'], 'Total')) || 0),
      0,
    );
    return Math.max(0, totalMs - workers);
  }
  const launched = tree.nodes.reduce((most, { figures }) => Math.max(most, figures.workersLaunched ?? 0), 0);
  return totalMs / (launched + 1);
}

function serialization(raw: unknown): SerializationFigures | undefined {
  if (!isRawObject(raw)) return undefined;
  return {
    ms: rawNumber(raw, 'Time'),
    outputBytes: kilobytes(raw, 'Output Volume'),
    format: rawText(raw, 'Format'),
    blocks: blocksOf(raw),
  };
}

function wal(tree: PlanTree): StatementFigures['wal'] {
  const { raw } = tree.root;
  if (tree.root.figures.walBytes === undefined) return undefined;
  if (!endsAfterRoot(tree)) {
    const [records, fullPageImages, bytes] = ['WAL Records', 'WAL FPI', 'WAL Bytes'].map(
      key => rawNumber(raw, key) ?? 0,
    );
    return { records: records!, fullPageImages: fullPageImages!, bytes: bytes! };
  }
  return {
    records: sumOfNodes(tree, 'walRecords'),
    fullPageImages: sumOfNodes(tree, 'walFullPageImages'),
    bytes: sumOfNodes(tree, 'walBytes'),
  };
}

/** A signed 64-bit number: as a JavaScript number its last digits are lost, so only a text is kept as it is. */
function identifier(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw;
  return typeof raw === 'number' && Number.isSafeInteger(raw) ? String(raw) : undefined;
}

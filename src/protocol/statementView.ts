import { formatBytes, formatCount, formatMs } from '../core/base/units';
import type { PlanTree } from '../core/plan/planTree';
import { statementFigures } from '../core/plan/statementFigures';

type Row = { readonly name: string; readonly value: string };

/** What is known of the statement as a whole, each with its unit; what EXPLAIN did not say has no row. */
export function buildStatistics(tree: PlanTree): Row[] {
  const { planning, jit, serialization, wal, ...whole } = statementFigures(tree);
  const rows: (Row | undefined)[] = [
    row('Blocks hit or read', whole.blocks, formatCount),
    row('of them found in shared buffers', whole.blocksHit, formatCount),
    row('of them read', whole.blocksRead, formatCount),
    row('Triggers', whole.triggersMs, formatMs),
    row('Outside the nodes', whole.outsideNodesMs, formatMs),
    row('Planning', planning?.ms, formatMs),
    row('Blocks for planning', planning?.blocks, formatCount),
    row('Memory for planning', planning?.memoryUsedBytes, formatBytes),
    row('Memory allocated for planning', planning?.memoryAllocatedBytes, formatBytes),
    row('JIT functions', jit?.functions, formatCount),
    row('JIT generation', jit?.generationMs, formatMs),
    row('of it deforming', jit?.deformMs, formatMs),
    row('JIT inlining', jit?.inliningMs, formatMs),
    row('JIT optimization', jit?.optimizationMs, formatMs),
    row('JIT emission', jit?.emissionMs, formatMs),
    row('JIT in all, over all processes', jit?.totalMs, formatMs),
    row('Serialization', serialization?.ms, formatMs),
    row('Serialized', serialization?.outputBytes, formatBytes),
    row('WAL records', wal?.records, formatCount),
    row('WAL full page images', wal?.fullPageImages, formatCount),
    row('WAL', wal?.bytes, formatBytes),
    whole.queryIdentifier === undefined ? undefined : { name: 'Query identifier', value: whole.queryIdentifier },
  ];
  return rows.filter(each => each !== undefined);
}

function row(name: string, value: number | undefined, format: (value: number) => string): Row | undefined {
  return value === undefined ? undefined : { name, value: format(value) };
}

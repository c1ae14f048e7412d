import type { NodeView } from '../../protocol/planPanel';

/** A part of the SQL, with the nodes that come from it. */
export interface SqlPart {
  readonly start: number;
  readonly end: number;
  readonly nodeIds: readonly number[];
}

/** A stretch of the SQL that lies in the same parts from end to end. */
export interface SqlSegment {
  readonly start: number;
  readonly end: number;
  /** Index of the smallest part around it; absent where no node comes from. */
  readonly part?: number;
  /** No segment before belongs to the same part. */
  readonly isFirst: boolean;
}

/** The parts that nodes come from, in reading order, the outer before the inner; broken ranges are left out. */
export function sqlParts(nodes: readonly NodeView[], length: number): SqlPart[] {
  const parts = new Map<string, { start: number; end: number; nodeIds: number[] }>();
  for (const node of nodes) {
    for (const { start, end } of node.sqlRanges ?? []) {
      if (!(start >= 0 && start < end && end <= length)) continue;
      const key = `${start}-${end}`;
      const part = parts.get(key);
      if (part) part.nodeIds.push(node.id);
      else parts.set(key, { start, end, nodeIds: [node.id] });
    }
  }
  return [...parts.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The whole text from 0 to `length`, cut wherever a part begins or ends. */
export function sqlSegments(parts: readonly SqlPart[], length: number): SqlSegment[] {
  const cuts = [...new Set([0, length, ...parts.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const segments: SqlSegment[] = [];
  const seen = new Set<number>();
  let open: number[] = [];
  let next = 0;
  for (let index = 0; index + 1 < cuts.length; index++) {
    const [start, end] = [cuts[index]!, cuts[index + 1]!];
    open = open.filter(part => parts[part]!.end > start);
    while (next < parts.length && parts[next]!.start <= start) open.push(next++);
    const part = smallest(open, parts);
    segments.push({ start, end, part, isFirst: part !== undefined && !seen.has(part) });
    if (part !== undefined) seen.add(part);
  }
  return segments;
}

function smallest(open: readonly number[], parts: readonly SqlPart[]): number | undefined {
  let best: number | undefined;
  let bestLength = Infinity;
  for (const index of open) {
    const { start, end } = parts[index]!;
    if (end - start > bestLength) continue;
    best = index;
    bestLength = end - start;
  }
  return best;
}

/** The segments that share a character with the stretch from `start` to `end`, cut to it. */
export function segmentsWithin(segments: readonly SqlSegment[], start: number, end: number): SqlSegment[] {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  const within: SqlSegment[] = [];
  for (let index = low; index < segments.length && segments[index]!.start < end; index++) {
    const segment = segments[index]!;
    within.push({
      ...segment,
      start: Math.max(start, segment.start),
      end: Math.min(end, segment.end),
      isFirst: segment.isFirst && segment.start >= start,
    });
  }
  return within;
}

import { quoteIdentifier } from '../../sql/identifiers';
import { effectsOn, shareOf, type TableUse } from './keyUse';
import type { TableFacts } from './partitionFacts';

/**
 * A segment is to fill its batch of 1,000 rows: TimescaleDB compresses that many together, and needs as many with one
 * value of the segment's columns in a chunk. More values than this leave too few. Our own choice.
 */
const MOST_SEGMENTS = 100_000;

/** A column must be asked for by so much of the workload to be worth lying together by. Our own choice. */
const LEAST_SHARE = 0.3;

/** How compressed chunks are arranged: by what is asked for with `=`, then by time, newest first. */
export function columnarOptions(
  table: TableFacts,
  uses: readonly TableUse[],
  timeColumn: string,
): { readonly segmentBy?: string; readonly orderBy: string } {
  const orderBy = `${quoteIdentifier(timeColumn)} DESC`;
  const best = table.relation.columns
    .filter(({ name, statistics }) => {
      const distinct = statistics?.distinct ?? 0;
      return name !== timeColumn && distinct > 1 && distinct <= MOST_SEGMENTS;
    })
    .map(({ name }) => ({ name, share: shareOf(effectsOn(name, uses, 'hash'), use => use.byEquality) }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)[0];
  return best ? { segmentBy: quoteIdentifier(best.name), orderBy } : { orderBy };
}

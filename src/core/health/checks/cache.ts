import { formatBytes, formatCount, BLOCK_BYTES } from '../../base/units';
import { defineCheck, type Assessment, type HealthCheck } from '../check';

interface RelationRow {
  readonly [column: string]: unknown;
  readonly name: string;
  readonly hit: number;
  readonly read: number;
}

/** Below so many blocks asked for, a ratio is chance: 10,000 blocks are 78 MB. */
const ENOUGH_BLOCKS = 10_000;

/** Share of table pages found in shared buffers. */
export const tableCacheHitRatio = hitRatio({
  id: 'cache-hit-ratio',
  plural: 'tables',
  singular: 'table',
  view: 'pg_statio_user_tables',
  name: 'relname',
  counted: 'heap_blks',
  further: 'toast_blks',
});

/** Share of index pages found in shared buffers. */
export const indexCacheHitRatio = hitRatio({
  id: 'index-cache-hit-ratio',
  plural: 'indexes',
  singular: 'index',
  view: 'pg_statio_user_indexes',
  name: 'indexrelname',
  counted: 'idx_blks',
});

export const CACHE_CHECKS: readonly HealthCheck[] = [tableCacheHitRatio, indexCacheHitRatio];

function hitRatio({
  id,
  plural,
  singular,
  view,
  name,
  counted,
  further,
}: {
  readonly id: string;
  readonly plural: string;
  readonly singular: string;
  readonly view: string;
  readonly name: string;
  /** The beginning of the columns that count hits and reads. */
  readonly counted: string;
  /** Another pair, null where a table has no TOAST. */
  readonly further?: string;
}): HealthCheck {
  const count = (what: 'hit' | 'read'): string =>
    further === undefined ? `${counted}_${what}` : `(${counted}_${what} + coalesce(${further}_${what}, 0))`;
  return defineCheck<RelationRow>({
    id,
    title: `Cache hit ratio of ${plural}`,
    group: 'cache',
    unit: '%',
    limits: { worse: 'below', warning: 99, critical: 95 },
    source:
      'guide 002, 1.2: target above 99 %, critical below 95 % (guide 000 alerts below 90 %, guide 003 below 95 %)',
    guideline: { guide: '002', section: '1.2 Performance Targets' },
    query: () => `
    select format('%I.%I', schemaname, ${name}) as name, ${count('hit')}::float8 as hit, ${count('read')}::float8 as read
    from pg_catalog.${view} where ${counted}_hit + ${counted}_read > 0`,
    assess: rows => ratio(rows, plural, singular),
  });
}

function ratio(rows: readonly RelationRow[], plural: string, singular: string): Assessment {
  const hit = rows.reduce((sum, row) => sum + row.hit, 0);
  const read = rows.reduce((sum, row) => sum + row.read, 0);
  if (hit + read < ENOUGH_BLOCKS) {
    return {
      value: null,
      status: 'unknown',
      detail: `only ${formatCount(hit + read)} pages of ${plural} were asked for yet`,
    };
  }
  const most = [...rows].sort((a, b) => b.read - a.read).filter(row => row.read > (hit + read) / 1000);
  return {
    value: (100 * hit) / (hit + read),
    detail:
      `${formatBytes(hit * BLOCK_BYTES)} from shared buffers, ${formatBytes(read * BLOCK_BYTES)} asked of the system, ` +
      'whose own cache may have had them',
    items: most.slice(0, 5).map(row => ({
      name: row.name,
      detail: `${formatBytes(row.read * BLOCK_BYTES)} read, ${Math.round((100 * row.hit) / (row.hit + row.read))} % of this ${singular} from shared buffers`,
      status: 'ok',
    })),
  };
}

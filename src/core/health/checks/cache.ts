import { formatBytes, formatCount, BLOCK_BYTES } from '../../base/units';
import { defineCheck, type Assessment, type HealthCheck } from '../check';

interface RatioRow {
  readonly [column: string]: unknown;
  readonly hit: number;
  readonly read: number;
}

interface RelationRow extends RatioRow {
  readonly name: string;
}

/** Below so many blocks asked for, a ratio is chance: 10,000 blocks are 78 MB. */
const ENOUGH_BLOCKS = 10_000;

const LIMITS = { worse: 'below', warning: 99, critical: 95 } as const;
const SOURCE =
  'guide 002, 1.2: target above 99 %, critical below 95 % (guide 000 alerts below 90 %, guide 003 below 95 %)';
const GUIDELINE = { guide: '002', section: '1.2 Performance Targets' } as const;

/** Share of table pages found in shared buffers. */
export const tableCacheHitRatio = defineCheck<RelationRow>({
  id: 'cache-hit-ratio',
  title: 'Cache hit ratio of tables',
  group: 'cache',
  unit: '%',
  limits: LIMITS,
  source: SOURCE,
  guideline: GUIDELINE,
  query: () => `
    select format('%I.%I', schemaname, relname) as name,
      (heap_blks_hit + coalesce(toast_blks_hit, 0))::float8 as hit,
      (heap_blks_read + coalesce(toast_blks_read, 0))::float8 as read
    from pg_catalog.pg_statio_user_tables where heap_blks_hit + heap_blks_read > 0`,
  assess: rows => ratio(rows, 'tables', 'table'),
});

/** Share of index pages found in shared buffers. */
export const indexCacheHitRatio = defineCheck<RelationRow>({
  id: 'index-cache-hit-ratio',
  title: 'Cache hit ratio of indexes',
  group: 'cache',
  unit: '%',
  limits: LIMITS,
  source: SOURCE,
  guideline: GUIDELINE,
  query: () => `
    select format('%I.%I', schemaname, indexrelname) as name, idx_blks_hit::float8 as hit, idx_blks_read::float8 as read
    from pg_catalog.pg_statio_user_indexes where idx_blks_hit + idx_blks_read > 0`,
  assess: rows => ratio(rows, 'indexes', 'index'),
});

export const CACHE_CHECKS: readonly HealthCheck[] = [tableCacheHitRatio, indexCacheHitRatio];

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

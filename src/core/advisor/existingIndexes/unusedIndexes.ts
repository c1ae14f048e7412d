import { formatBytes, formatCount } from '../../base/units';
import { supportsForeignKey } from './foreignKeyIndexes';
import type { ExistingIndexFinding, ReviewLimits } from './finding';
import { dropChange } from './indexChanges';
import { nameOf, type CounterFacts, type ExistingIndex, type ForeignKey } from './indexFacts';
import { isKept } from './redundantIndexes';

const DAY_MS = 86_400_000;

/**
 * Indexes that no query has used for long. Uniqueness, constraints, replica identity and the only index of a foreign
 * key are reasons of their own; uses on replicas are counted there, not here.
 */
export function unusedIndexes(
  indexes: readonly ExistingIndex[],
  { foreignKeys, server, limits, reliedOn }: UnusedContext,
): ExistingIndexFinding[] {
  const dropped = new Set<ExistingIndex>();
  return indexes.flatMap(index => {
    if (!index.valid || index.unique || isKept(index) || index.isAttached || reliedOn.has(index)) return [];
    if ((index.sizeBytes ?? 0) < limits.minBytes) return [];
    const unused = unusedFor(index, server);
    if (!unused || unused.days < limits.unusedDays) return [];
    const others = indexes.filter(other => other !== index && !dropped.has(other));
    const own = foreignKeys.filter(key => supportsForeignKey(index, key));
    if (own.some(key => !others.some(other => supportsForeignKey(other, key)))) return [];
    dropped.add(index);
    return [describe(index, unused, server)];
  });
}

export interface UnusedContext {
  readonly foreignKeys: readonly ForeignKey[];
  readonly server: CounterFacts;
  readonly limits: ReviewLimits;
  /** Indexes that take the place of redundant ones. */
  readonly reliedOn: ReadonlySet<ExistingIndex>;
}

interface Unused {
  readonly days: number;
  readonly text: string;
}

/** For how long the index is known not to have been used; undefined if it was, or if nobody counted. */
function unusedFor(index: ExistingIndex, server: CounterFacts): Unused | undefined {
  if (index.lastScan !== undefined) {
    const days = daysBetween(index.lastScan, server.now);
    return { days, text: `last used ${formatCount(days)} days ago, on ${index.lastScan.slice(0, 10)}` };
  }
  if (index.scans !== 0 || server.countedSince === undefined) return undefined;
  const isNewer = index.madeAt !== undefined && index.madeAt > server.countedSince;
  const since = isNewer ? index.madeAt! : server.countedSince;
  const days = daysBetween(since, server.now);
  const from = isNewer ? 'it was made' : 'the counters were reset';
  return { days, text: `not used once since ${from} ${formatCount(days)} days ago, on ${since.slice(0, 10)}` };
}

function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

function describe(index: ExistingIndex, unused: Unused, server: CounterFacts): ExistingIndexFinding {
  const { sizeBytes = 0, table } = index;
  const writes = table.indexWrites
    ? `; ${formatCount(table.indexWrites)} inserts and updates have written it meanwhile`
    : '';
  const uptimeDays = daysBetween(server.startedAt, server.now);
  return {
    problem: 'unused',
    severity: cautionsAboutReplicas(server).length > 0 ? 'info' : 'warning',
    relation: nameOf(table),
    index: nameOf(index),
    title: `${index.name} is not used`,
    evidence: {
      how: 'statistics',
      text: `${unused.text}; the server has been up for ${formatCount(uptimeDays)} days; ${formatBytes(sizeBytes)}${writes}`,
    },
    sizeBytes,
    scans: index.scans ?? null,
    reclaimableBytes: sizeBytes,
    change: server.isStandby ? null : dropChange(index),
    cautions: [
      ...cautionsAboutReplicas(server),
      ...(index.madeAt === undefined && index.lastScan === undefined
        ? ['PostgreSQL does not record when an index was made: make sure that it is not a new one']
        : []),
      'a report that runs once a quarter or a year may need it',
      ...(index.keys.some(key => key.column === undefined)
        ? ['the planner uses the statistics of its expression without using the index: compare plans after dropping it']
        : []),
    ],
  };
}

function cautionsAboutReplicas(server: CounterFacts): string[] {
  if (server.isStandby) return ['this server is a standby: the primary and other replicas count their own uses'];
  if (server.replicas === undefined)
    return ['this role may not see whether there are replicas, which count their own uses: ask on each of them'];
  if (server.replicas === 0) return [];
  const replicas = server.replicas === 1 ? '1 replica counts' : `${server.replicas} replicas count`;
  return [`${replicas} uses of ${server.replicas === 1 ? 'its' : 'their'} own: ask there before dropping`];
}

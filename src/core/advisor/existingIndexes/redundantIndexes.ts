import { formatBytes, formatCount } from '../../base/units';
import type { ExistingIndexFinding } from './finding';
import { dropChange } from './indexChanges';
import { nameOf, type CounterFacts, type ExistingIndex } from './indexFacts';
import { areSame, isPrefixOf } from './sameKeys';

/** A covering index so many times larger reads so many times the pages where a range is read. */
const MUCH_LARGER = 3;

export interface Redundancy {
  readonly findings: readonly ExistingIndexFinding[];
  readonly dropped: ReadonlySet<ExistingIndex>;
  /** Those that take the place of the dropped ones, used so far or not. */
  readonly reliedOn: ReadonlySet<ExistingIndex>;
}

/**
 * Indexes that another one of the same table makes superfluous: the same one twice, or one whose keys begin those of
 * a wider one. What enforces or serves something else (a constraint, uniqueness, a foreign key's target, replication)
 * stays, and so does at least one of each group.
 */
export function redundantIndexes(indexes: readonly ExistingIndex[], server: CounterFacts): Redundancy {
  const usable = indexes.filter(index => index.valid && index.ready && !index.isAttached);
  const dropped = new Set<ExistingIndex>();
  const reliedOn = new Set<ExistingIndex>();
  const findings: ExistingIndexFinding[] = [];
  const remaining = (): ExistingIndex[] => usable.filter(index => !dropped.has(index));
  // Those worth least go first, so that the better of two stays.
  for (const index of [...usable].sort((a, b) => worth(a) - worth(b) || b.oid - a.oid)) {
    // of several that could take its place the one that stays itself
    const [twin] = remaining()
      .filter(other => other !== index && areSame(index, other) && mayReplace(index, other))
      .sort((a, b) => worth(b) - worth(a) || a.oid - b.oid);
    if (!twin) continue;
    dropped.add(index);
    reliedOn.add(twin);
    findings.push(describe('duplicate', index, twin, server));
  }
  // The widest first, so that what is covered twice is told to be covered by one that stays.
  for (const index of remaining().sort((a, b) => b.keys.length - a.keys.length || a.oid - b.oid)) {
    if (index.unique || isKept(index)) continue;
    const wide = remaining()
      .filter(other => other !== index && isPrefixOf(index, other))
      .sort((a, b) => (a.sizeBytes ?? Infinity) - (b.sizeBytes ?? Infinity) || a.oid - b.oid)[0];
    if (!wide) continue;
    dropped.add(index);
    reliedOn.add(wide);
    findings.push(describe('redundant prefix', index, wide, server));
  }
  return { findings, dropped, reliedOn };
}

/** Whether `index` can go when `other`, which holds the same entries, stays. */
function mayReplace(index: ExistingIndex, other: ExistingIndex): boolean {
  if (isKept(index)) return false;
  if (!index.unique) return true;
  return other.unique && other.immediate && other.nullsNotDistinct === index.nullsNotDistinct;
}

/** True for an index that something else than queries needs. */
export function isKept(index: ExistingIndex): boolean {
  return (
    index.constraint !== undefined ||
    index.referencedBy > 0 ||
    index.isReplicaIdentity ||
    index.isClustered ||
    index.extension !== undefined
  );
}

function worth(index: ExistingIndex): number {
  return (isKept(index) ? 4 : 0) + (index.unique ? 2 : 0) + ((index.scans ?? 0) > 0 ? 1 : 0);
}

function describe(
  problem: 'duplicate' | 'redundant prefix',
  index: ExistingIndex,
  other: ExistingIndex,
  server: CounterFacts,
): ExistingIndexFinding {
  const scans = index.scans ?? 0;
  const uses = scans === 0 ? 'not used since the counters were reset' : `used ${formatCount(scans)} times`;
  const otherSize = other.sizeBytes === undefined ? '' : ` (${formatBytes(other.sizeBytes)})`;
  const because =
    problem === 'duplicate'
      ? `${other.name} has the same keys, rows and included columns${index.unique ? ', and is as unique' : ''}`
      : `its keys begin those of ${other.name}${otherSize}, which serves the same queries`;
  const isMuchLarger = (other.sizeBytes ?? 0) > MUCH_LARGER * (index.sizeBytes ?? Infinity);
  return {
    problem,
    severity: isMuchLarger ? 'info' : 'warning',
    relation: nameOf(index.table),
    index: nameOf(index),
    title: problem === 'duplicate' ? `${index.name} is ${other.name} once more` : `${other.name} covers ${index.name}`,
    evidence: {
      how: 'statistics',
      text: `${because}; ${index.sizeBytes === undefined ? 'size unknown' : formatBytes(index.sizeBytes)}, ${uses}`,
    },
    sizeBytes: index.sizeBytes ?? null,
    scans: index.scans ?? null,
    reclaimableBytes: index.sizeBytes ?? null,
    change: server.isStandby ? null : dropChange(index),
    cautions: [
      ...(isMuchLarger ? [`${other.name} is much larger: queries that read long ranges read more pages of it`] : []),
      ...(index.keys.some(key => key.column === undefined) && problem === 'redundant prefix'
        ? ['run ANALYZE afterwards and compare the plans: the statistics of its expression go with it']
        : []),
    ],
  };
}

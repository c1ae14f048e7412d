import { formatBytes } from '../../base/units';
import type { ExistingIndexFinding } from './finding';
import { dropChange, reindexChange } from './indexChanges';
import { nameOf, type CounterFacts, type ExistingIndex } from './indexFacts';
import { areSame } from './sameKeys';

/** What REINDEX CONCURRENTLY names the index it builds, and the one it replaced. */
const LEFT_BY_REINDEX = /_cc(new|old)\d*$/;

/** Indexes that a failed build or rebuild left INVALID: they are written to, and no query uses them. */
export function invalidIndexes(indexes: readonly ExistingIndex[], server: CounterFacts): ExistingIndexFinding[] {
  const valid = indexes.filter(index => index.valid);
  return indexes
    .filter(index => !index.valid && !index.maybeBuilding && index.extension === undefined)
    .filter(index => !index.isAttached && server.hiddenBuilds === 0)
    .map(index => {
      const { why, change, alternative, cautions } = remedy(index, valid);
      return {
        problem: 'invalid',
        severity: 'warning',
        relation: nameOf(index.table),
        index: nameOf(index),
        title: `${index.name} is INVALID`,
        evidence: { how: 'statistics', text: `${why}${sizeInWords(index)}` },
        sizeBytes: index.sizeBytes ?? null,
        scans: index.scans ?? null,
        reclaimableBytes: change?.sql[0]?.startsWith('DROP') ? (index.sizeBytes ?? null) : null,
        change: server.isStandby ? null : change,
        ...(alternative && !server.isStandby && { alternative }),
        cautions,
      };
    });
}

type Remedy = { readonly why: string } & Pick<ExistingIndexFinding, 'change' | 'alternative' | 'cautions'>;

function remedy(index: ExistingIndex, valid: readonly ExistingIndex[]): Remedy {
  if (index.isPartitioned) {
    return {
      why: 'not every partition has an index attached to it, so no query uses it',
      change: null,
      cautions: ['create the index on each partition, CONCURRENTLY, and attach it: ALTER INDEX ... ATTACH PARTITION'],
    };
  }
  const left = LEFT_BY_REINDEX.exec(index.name)?.[1];
  if (left !== undefined) {
    const why =
      left === 'new'
        ? 'a REINDEX CONCURRENTLY that failed left its unfinished copy; the index itself is untouched'
        : 'a REINDEX CONCURRENTLY replaced it and could not drop it; the new index is in use';
    return { why, change: dropChange(index), cautions: [] };
  }
  const twin = valid.find(other => areSame(other, index) && (!index.unique || other.unique));
  if (twin) {
    return {
      why: `a build that failed left it, and ${twin.name} is the same index, valid`,
      change: dropChange(index),
      cautions: [],
    };
  }
  return {
    why: 'a CREATE INDEX CONCURRENTLY that failed or was cancelled left it: writes maintain it, no query uses it',
    change: reindexChange(index),
    alternative: dropChange(index),
    cautions: index.unique
      ? ['if duplicate values made the build fail, REINDEX fails again: remove them first, or drop the index']
      : [],
  };
}

function sizeInWords({ sizeBytes }: ExistingIndex): string {
  return sizeBytes === undefined ? '' : `; ${formatBytes(sizeBytes)}`;
}

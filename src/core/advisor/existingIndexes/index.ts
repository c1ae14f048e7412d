import type { Catalog } from '../../catalog/catalog';
import { bloatFinding, likelyBloated, measuredBloat, type BloatedIndex } from './bloatedIndexes';
import { DEFAULT_LIMITS, type ExistingIndexFinding, type ReviewLimits } from './finding';
import { missingForeignKeyIndexes } from './foreignKeyIndexes';
import type { ExistingIndex, IndexDensity, IndexFacts } from './indexFacts';
import { invalidIndexes } from './invalidIndexes';
import { redundantIndexes } from './redundantIndexes';
import { unusedIndexes } from './unusedIndexes';

export { DEFAULT_LIMITS, type ExistingIndexFinding, type IndexProblem, type ReviewLimits } from './finding';
export type { ExistingIndex, IndexDensity, IndexFacts } from './indexFacts';

export interface ReviewRequest {
  readonly facts: IndexFacts;
  readonly catalog: Catalog;
  readonly limits?: Partial<ReviewLimits>;
  /** Measurements of the indexes that {@link indexesToMeasure} named. */
  readonly densities?: readonly IndexDensity[];
}

export interface IndexReview {
  readonly findings: readonly ExistingIndexFinding[];
  /** How many indexes were looked at, and what all of them take, in bytes. */
  readonly indexes: number;
  readonly totalBytes: number;
  /** What could not be judged, and why. */
  readonly notes: readonly string[];
}

/** The order findings are told in: what is broken first. */
const ORDER: readonly ExistingIndexFinding['problem'][] = [
  'invalid',
  'duplicate',
  'redundant prefix',
  'unused',
  'bloated',
  'missing foreign key index',
];

/** What is wrong with the indexes there are, largest first within each kind. An index is told of once. */
export function reviewIndexes(request: ReviewRequest): IndexReview {
  const { facts, catalog } = request;
  const { server, indexes, foreignKeys } = facts;
  const limits = { ...DEFAULT_LIMITS, ...request.limits };
  const redundant = redundantIndexes(indexes, server);
  const staying = indexes.filter(index => !redundant.dropped.has(index));
  const unused = unusedIndexes(staying, { foreignKeys, server, limits, reliedOn: redundant.reliedOn });
  const dropped = new Set(unused.map(({ index }) => index));
  const findings = [
    ...invalidIndexes(indexes, server),
    ...redundant.findings,
    ...unused,
    ...bloated(request, staying, limits)
      .filter(({ index }) => !dropped.has(`${index.schema}.${index.name}`))
      .map(each => bloatFinding(each, server)),
    ...missingForeignKeyIndexes(foreignKeys, indexes, catalog, server),
  ];
  return {
    findings: findings.sort(
      (a, b) =>
        ORDER.indexOf(a.problem) - ORDER.indexOf(b.problem) ||
        (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0) ||
        compare(a.index ?? a.title, b.index ?? b.title),
    ),
    indexes: indexes.filter(index => !index.isPartitioned).length,
    totalBytes: indexes.reduce((sum, index) => sum + (index.isPartitioned ? 0 : (index.sizeBytes ?? 0)), 0),
    notes: notesOf(facts, limits),
  };
}

/** B-trees whose pages are worth measuring with `pgstatindex`, which reads all of them. */
export function indexesToMeasure({ facts, catalog, limits }: ReviewRequest): readonly ExistingIndex[] {
  return likelyBloated(facts.indexes, catalog, { ...DEFAULT_LIMITS, ...limits }).map(({ index }) => index);
}

function bloated(
  { catalog, densities = [] }: ReviewRequest,
  indexes: readonly ExistingIndex[],
  limits: ReviewLimits,
): BloatedIndex[] {
  return likelyBloated(indexes, catalog, limits).flatMap(likely => {
    const density = densities.find(({ oid }) => oid === likely.index.oid);
    return density ? (measuredBloat(likely.index, density, limits) ?? []) : likely;
  });
}

function notesOf({ server, indexes }: IndexFacts, { unusedDays }: ReviewLimits): string[] {
  const notes: string[] = [];
  if (server.countedSince === undefined) {
    notes.push('since when uses of indexes are counted is not known, so none is called unused for never being used');
  } else {
    const days = Math.floor((Date.parse(server.now) - Date.parse(server.countedSince)) / 86_400_000);
    if (days < unusedDays)
      notes.push(
        `uses of indexes have been counted for ${days} days; an index counts as unused after ${unusedDays} days`,
      );
  }
  if (server.hiddenBuilds > 0) {
    notes.push(
      'an index is being built in a session this role may not see (it lacks pg_read_all_stats), so INVALID indexes are not judged',
    );
  }
  const building = indexes.filter(index => !index.valid && index.maybeBuilding).map(({ name }) => name);
  if (building.length > 0)
    notes.push(`${building.join(', ')}: INVALID, and perhaps being built right now; look again later`);
  if (server.isStandby) notes.push('this server is a standby: changes are made on its primary');
  return notes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

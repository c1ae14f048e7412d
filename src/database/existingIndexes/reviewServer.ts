import {
  indexesToMeasure,
  reviewIndexes,
  type ExistingIndex,
  type IndexDensity,
  type IndexReview,
  type ReviewLimits,
} from '../../core/advisor/existingIndexes/index';
import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { BLOCK_BYTES } from '../../core/base/units';
import type { Catalog } from '../../core/catalog/catalog';
import type { Row } from '../../core/ports';
import { quoteIdentifier } from '../../core/sql/identifiers';
import type { PostgresDatabase } from '../connect';
import { readIndexFacts } from './readIndexFacts';

export interface ServerReviewOptions {
  readonly limits?: Partial<ReviewLimits>;
  /** Taken for the server's clock: what would be said on that day. ISO 8601. */
  readonly now?: string;
  readonly signal?: CancelSignal;
}

/** Measuring reads every page of an index: no more than so much of them in one review, the largest first. */
const MEASURED_BYTES = 4 * 1024 ** 3;
const MEASURED_INDEXES = 20;
const MEASURE_TIMEOUT_MS = 30_000;

/**
 * Reviews the indexes of a database. Reads only; where `pgstattuple` is installed, indexes that look bloated are
 * measured with it.
 * @throws DatabaseError; CancelledError once the signal has fired.
 */
export async function reviewServer(
  db: PostgresDatabase,
  catalog: Catalog,
  options: ServerReviewOptions = {},
): Promise<IndexReview> {
  const { limits = {}, now, signal } = options;
  const read = await readIndexFacts(db, signal);
  const facts = now === undefined ? read : { ...read, server: { ...read.server, now } };
  const request = { facts, catalog, limits };
  const extension = facts.server.pgstattuple;
  const densities = extension === undefined ? [] : await measure(db, extension, indexesToMeasure(request), signal);
  return reviewIndexes({ ...request, densities });
}

interface DensityRow extends Row {
  leaf_pages: number;
  internal_pages: number;
  empty_pages: number;
  deleted_pages: number;
  avg_leaf_density: number;
}

async function measure(
  db: PostgresDatabase,
  schema: string,
  indexes: readonly ExistingIndex[],
  signal: CancelSignal | undefined,
): Promise<IndexDensity[]> {
  const densities: IndexDensity[] = [];
  let bytesLeft = MEASURED_BYTES;
  const largestFirst = [...indexes].sort((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0));
  for (const { oid, sizeBytes = BLOCK_BYTES } of largestFirst.slice(0, MEASURED_INDEXES)) {
    if (sizeBytes > bytesLeft) continue;
    bytesLeft -= sizeBytes;
    try {
      const [row] = await db.inTransaction(
        `begin read only; set local statement_timeout = ${MEASURE_TIMEOUT_MS}; set local lock_timeout = 1000`,
        session =>
          session.query<DensityRow>(
            `select leaf_pages::float8, internal_pages::float8, empty_pages::float8, deleted_pages::float8,
               avg_leaf_density::float8 from ${quoteIdentifier(schema)}.pgstatindex($1::oid::regclass)`,
            [oid],
            signal ? { signal } : {},
          ),
        signal,
      );
      if (!row) continue;
      densities.push({
        oid,
        leafPages: row.leaf_pages,
        internalPages: row.internal_pages,
        emptyPages: row.empty_pages,
        deletedPages: row.deleted_pages,
        averageLeafDensity: Number.isFinite(row.avg_leaf_density) ? row.avg_leaf_density : 0,
      });
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      // Too large, locked or dropped meanwhile: the estimate stands, and says that it is one.
    }
  }
  return densities;
}

import { createIndexSql, hasExpressionKey } from '../../core/advisor/indexes/createIndexSql';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import type { CostEstimator, PlanCost } from '../../core/ports';
import { quoteQualified } from '../../core/sql/identifiers';
import { END_WHEN_IDLE, endWithClient } from '../clientCheck';
import type { PostgresDatabase } from '../connect';
import { explainStatement } from '../explain';
import { bytesByCatalog } from './bytesByCatalog';
import { indexNamesIn } from './planShape';

/** A build must not wait for, nor hold up, anybody for long. */
const LOCK_TIMEOUT_MS = 2_000;
const BUILD_TIMEOUT_MS = 120_000;

/** The indexes that an index of a partitioned table has on its partitions. */
const MADE = `select c.relname as name from pg_catalog.pg_partition_tree($1::regclass) t
  join pg_catalog.pg_class c on c.oid = t.relid`;

/**
 * Builds the indexes for real in a transaction that is rolled back. Exact, but slow, and writers of the table wait
 * while it lasts: never chosen without being asked for.
 */
export class TrialEstimator implements CostEstimator {
  readonly how = 'trial' as const;

  constructor(
    private readonly db: PostgresDatabase,
    private readonly catalog: Catalog,
  ) {}

  async cost(sql: string, configuration: readonly IndexDefinition[], signal?: CancelSignal): Promise<PlanCost> {
    return this.db.withSession(async session => {
      /** Of each index: its name, and the names it has on partitions. */
      const names: string[][] = [];
      if (configuration.length > 0) {
        await session.execute(
          `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}; set local statement_timeout = ${BUILD_TIMEOUT_MS};
           ${END_WHEN_IDLE}; ${endWithClient(this.db.serverVersion, 'transaction')}`,
        );
        for (const [position, index] of configuration.entries()) {
          const { name, sql: create } = createIndexSql(index, {
            concurrently: false,
            name: `query_tuner_trial_${position + 1}`,
          });
          await session.query(create, [], signal ? { signal } : {});
          if (hasExpressionKey(index))
            await session.query(
              `analyze ${quoteQualified(index.schema, index.relation)}`,
              [],
              signal ? { signal } : {},
            );
          const made = await session.query<{ name: string }>(MADE, [quoteQualified(index.schema, name)]);
          names.push([name, ...made.map(({ name: onPartition }) => onPartition)]);
        }
      }
      // joins the transaction that is open, and ends it with the rollback it always ends with
      const request = { sql, analyze: false, parameters: [], writes: configuration.length > 0 };
      const { plan } = await explainStatement(session, this.db.serverVersion, request, signal);
      const root = plan[0]?.['Plan'] as Record<string, unknown>;
      const used = indexNamesIn(root);
      const usedIndexes = names.flatMap((own, position) => (own.some(name => used.has(name)) ? [position] : []));
      return { totalCost: Number(root['Total Cost']), usedIndexes, plan: root };
    }, signal);
  }

  async estimateBytes(index: IndexDefinition): Promise<number> {
    return bytesByCatalog(this.catalog, index);
  }

  describe(): string {
    return 'planned by the server itself, with the indexes really built in a transaction that was rolled back';
  }

  async dispose(): Promise<void> {
    // nothing outlives a call
  }
}

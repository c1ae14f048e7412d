import { createIndexSql } from '../../core/advisor/indexes/createIndexSql';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { DatabaseError, type CostEstimator, type PlanCost } from '../../core/ports';
import { quoteIdentifier } from '../../core/sql/identifiers';
import type { PostgresDatabase } from '../connect';
import { explainStatement } from '../explain';
import type { Session } from '../session';
import { bytesByCatalog } from './bytesByCatalog';
import { indexNamesIn } from './planShape';

/** The schema HypoPG is installed in; undefined if it is not, or if its indexes would not stay with the connection. */
export async function findHypopg(db: PostgresDatabase, signal?: CancelSignal): Promise<string | undefined> {
  return db.withSession(async session => {
    // a pooler may plan in another session than the one that has the indexes
    if (session.isPooled) return undefined;
    const [row] = await session.query<{ schema: string }>(
      `select n.nspname::text as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'hypopg'`,
    );
    return row?.schema;
  }, signal);
}

/** Hypothetical indexes by the HypoPG extension, in the server's own planner. They live in one connection only. */
export class HypopgEstimator implements CostEstimator {
  readonly how = 'what-if (hypopg)' as const;

  constructor(
    private readonly db: PostgresDatabase,
    private readonly catalog: Catalog,
    private readonly schema: string,
  ) {}

  async cost(sql: string, configuration: readonly IndexDefinition[], signal?: CancelSignal): Promise<PlanCost> {
    return this.withIndexes(configuration, signal, async (session, names) => {
      const request = { sql, analyze: false, parameters: [], writes: false };
      const { plan } = await explainStatement(session, this.db.serverVersion, request, signal);
      const root = plan[0]?.['Plan'] as Record<string, unknown>;
      const used = indexNamesIn(root);
      const usedIndexes = names.flatMap((name, position) => (used.has(name) ? [position] : []));
      return { totalCost: Number(root['Total Cost']), usedIndexes, plan: root };
    });
  }

  /** Our own estimate: HypoPG's leaves deduplication out. */
  async estimateBytes(index: IndexDefinition): Promise<number> {
    return bytesByCatalog(this.catalog, index);
  }

  describe(): string {
    return `planned by the server itself with HypoPG, which leaves deduplication and the values of expressions out`;
  }

  async dispose(): Promise<void> {
    // nothing outlives a call
  }

  private async withIndexes<T>(
    configuration: readonly IndexDefinition[],
    signal: CancelSignal | undefined,
    work: (session: Session, names: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const hypopg = quoteIdentifier(this.schema);
    return this.db.withSession(async session => {
      try {
        const names: string[] = [];
        for (const index of configuration) {
          const { sql } = createIndexSql(index, { concurrently: false });
          const create = session.query<{ name: string }>(
            `select indexname as name from ${hypopg}.hypopg_create_index($1)`,
            [sql],
            signal ? { signal } : {},
          );
          const [made] = await create.catch((error: unknown) => {
            const reason = asUnsupported(error);
            // among others, an index that cannot be is one that is not used
            if (configuration.length > 1 && reason instanceof DatabaseError && reason.kind === 'unsupported') return [];
            throw reason;
          });
          names.push(made?.name ?? '');
        }
        return await work(session, names);
      } finally {
        await session.query(`select ${hypopg}.hypopg_reset()`).catch(() => session.end());
      }
    }, signal);
  }
}

/** HypoPG refuses what it cannot imagine (`access method "gin" is not supported`) by an error like any other. */
function asUnsupported(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.kind !== 'sql') return error;
  const reason = error.message.replace(/^hypopg: /, '');
  return new DatabaseError('unsupported', `cannot model the index: ${reason}`, undefined, error.sqlState);
}

import { estimateIndexSize, bareKey, type IndexSize } from '../../core/advisor/indexes/indexSize';
import { createIndexSql } from '../../core/advisor/indexes/createIndexSql';
import { indexIdentity } from '../../core/advisor/indexes/candidates';
import { CancelledError, throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog, Relation } from '../../core/catalog/catalog';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import { DatabaseError, type CostEstimator, type Database, type PlanCost } from '../../core/ports';
import { quoteQualified } from '../../core/sql/identifiers';
import { mentions, readShadowModel, type ShadowContents } from './readShadowModel';
import { indexNamesIn } from './planIndexes';
import { defaultShadowCache, ShadowThread, shadowWorkerPath } from './shadowThread';
import type { AttributeStatistics } from './shadowProtocol';

export interface ShadowOptions {
  /** Folder that keeps the planner's data directory between starts; the user's cache folder unless given. */
  readonly cacheDir?: string;
  /** The bundled worker; found beside the program unless given. */
  readonly workerFile?: string;
}

/**
 * Plans on a copy of the server's statistics, in a PostgreSQL of our own. The target is only read.
 * @throws DatabaseError `unsupported` if the worker was not built.
 */
export function openShadow(db: Database, catalog: Catalog, options: ShadowOptions = {}): ShadowEstimator {
  const thread = new ShadowThread(options.workerFile ?? shadowWorkerPath(), options.cacheDir ?? defaultShadowCache());
  return new ShadowEstimator(db, catalog, thread);
}

export class ShadowEstimator implements CostEstimator {
  readonly how = 'what-if (shadow)' as const;
  private contents: ShadowContents = { oids: new Set(), hasTypes: false };
  private generation = 0;
  private readonly searched = new Set<string>();
  /** By identity of the definition: its name in the shadow and the names its partitions' indexes got. */
  private readonly indexes = new Map<string, { name: string; names: readonly string[] }>();
  private readonly errors = new Map<string, number>();
  private lastIndex = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly notesSeen: string[] = [];

  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly thread: ShadowThread,
  ) {}

  /** The largest deviation among the statements planned so far, for the design as it is today. */
  get relativeError(): number | undefined {
    return this.errors.size === 0 ? undefined : Math.max(...this.errors.values());
  }

  /** What the model leaves out: settings the shadow's version lacks, indexes it cannot build. */
  get notes(): readonly string[] {
    return this.notesSeen;
  }

  cost(sql: string, configuration: readonly IndexDefinition[], signal?: CancelSignal): Promise<PlanCost> {
    return this.inTurn(async () => {
      await this.loadFor(sql, signal);
      const made = [];
      for (const index of configuration) made.push(await this.provide(index, signal));
      const { plan } = await this.thread.call({ kind: 'explain', sql, indexes: made.map(({ name }) => name) }, signal);
      if (!plan) throw new DatabaseError('unsupported', 'the shadow planner gave no plan');
      if (configuration.length === 0) await this.compareWithServer(sql, Number(plan['Total Cost']), signal);
      const used = indexNamesIn(plan);
      const usedIndexes = made.flatMap(({ names }, position) => (names.some(name => used.has(name)) ? [position] : []));
      return { totalCost: Number(plan['Total Cost']), usedIndexes, plan };
    });
  }

  async estimateBytes(index: IndexDefinition): Promise<number> {
    return this.inTurn(async () => (await this.sizeOf(index)).bytes);
  }

  async dispose(): Promise<void> {
    await this.thread.end(new CancelledError('the estimator was closed'));
  }

  /** The worker does one thing at a time; a call that fails does not stop the next. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Copies the relations a statement names, once. A name that only looks like one costs a little time, no more. */
  private async loadFor(sql: string, signal: CancelSignal | undefined): Promise<void> {
    throwIfCancelled(signal);
    if (this.generation !== this.thread.generation) {
      this.contents = { oids: new Set(), hasTypes: false };
      this.searched.clear();
      this.indexes.clear();
      this.generation = this.thread.generation;
    }
    if (this.searched.has(sql)) return;
    const named = this.catalog.relations.filter(relation => mentions(sql, relation.name));
    const model = await readShadowModel(this.db, this.catalog, named, sql, this.contents, signal);
    try {
      const { notes } = await this.thread.call({ kind: 'load', model }, signal);
      this.notesSeen.push(...(notes ?? []));
    } catch (error) {
      // half a model would plan something else: begin again with the next statement
      await this.thread.end(new CancelledError());
      this.generation = -1;
      throw error;
    }
    this.generation = this.thread.generation;
    this.searched.add(sql);
  }

  private async provide(
    index: IndexDefinition,
    signal: CancelSignal | undefined,
  ): Promise<{ name: string; names: readonly string[] }> {
    const identity = indexIdentity(index);
    const known = this.indexes.get(identity);
    if (known) return known;
    const size = await this.sizeOf(index);
    const name = `hypothetical_${++this.lastIndex}`;
    const { notes } = await this.thread.call(
      {
        kind: 'createIndex',
        index: {
          name,
          sql: createIndexSql(index, { concurrently: false, name }).sql,
          schema: index.schema,
          tables: await this.storageOf(index),
          pages: size.pages,
          tuples: size.tuples,
          treeHeight: index.method === 'btree' ? size.treeHeight : 0,
          attributes: expressionStatistics(this.relationOf(index), index),
        },
      },
      signal,
    );
    const made = { name, names: notes ?? [] };
    this.indexes.set(identity, made);
    return made;
  }

  private relationOf(index: IndexDefinition): Relation {
    const relation = this.catalog.relations.find(
      ({ schema, name }) => schema === index.schema && name === index.relation,
    );
    if (!relation)
      throw new DatabaseError(
        'unsupported',
        `cannot model an index on ${index.schema}.${index.relation}: no such table`,
      );
    return relation;
  }

  /** The table, or for a partitioned one all that hold its rows. */
  private async storageOf(index: IndexDefinition): Promise<{ schema: string; name: string }[]> {
    if (this.relationOf(index).kind !== 'partitioned table') return [{ schema: index.schema, name: index.relation }];
    return this.db.query<{ schema: string; name: string }>(
      `select n.nspname::text as schema, c.relname::text as name from pg_partition_tree($1::text::regclass) t
       join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace where t.isleaf`,
      [quoteQualified(index.schema, index.relation)],
    );
  }

  private async sizeOf(index: IndexDefinition): Promise<IndexSize> {
    const relation = this.relationOf(index);
    if (!index.where) return estimateIndexSize(relation, index);
    const table = quoteQualified(index.schema, index.relation);
    await this.loadFor(`select from ${table}`, undefined);
    const rows = async (condition: string) => {
      const { plan } = await this.thread.call({
        kind: 'explain',
        sql: `select from ${table}${condition}`,
        indexes: [],
      });
      return Math.max(1, Number(plan?.['Plan Rows'] ?? 1));
    };
    return estimateIndexSize(relation, index, Math.min(1, (await rows(` where ${index.where}`)) / (await rows(''))));
  }

  private async compareWithServer(sql: string, shadowCost: number, signal: CancelSignal | undefined): Promise<void> {
    if (this.errors.has(sql)) return;
    try {
      // the shadow has no parallel workers: compare like with like
      const settings = { max_parallel_workers_per_gather: '0' };
      const { plan } = await this.db.explain({ sql, analyze: false, parameters: [], writes: false, settings }, signal);
      const root = plan[0]?.['Plan'] as Record<string, unknown> | undefined;
      const serverCost = Number(root?.['Total Cost']);
      if (serverCost > 0) this.errors.set(sql, Math.abs(shadowCost / serverCost - 1));
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      this.notesSeen.push(`not compared with the server: ${(error as Error).message}`);
    }
  }
}

/**
 * A function such as lower(x) has about as many values, and as wide ones, as x. Without that the planner would assume
 * 200 values for any expression. Nothing is claimed for operators such as ->>.
 */
function expressionStatistics(relation: Relation, index: IndexDefinition): AttributeStatistics[] {
  return index.keys.flatMap((key, position) => {
    const argument = /^(?:lower|upper|btrim|md5)\((.+)\)$/.exec(key)?.[1];
    const statistics = relation.columns.find(column => column.name === bareKey(argument ?? ''))?.statistics;
    if (!statistics) return [];
    return [
      {
        attname: `#${position + 1}`,
        inherited: false,
        null_frac: String(statistics.nullFraction),
        avg_width: String(statistics.averageWidthBytes),
        n_distinct: String(statistics.distinct),
      },
    ];
  });
}

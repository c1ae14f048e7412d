import { estimateIndexSize, type IndexSize } from '../../core/advisor/indexes/indexSize';
import { createIndexSql } from '../../core/advisor/indexes/createIndexSql';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { findRelation, type Catalog, type Relation } from '../../core/catalog/catalog';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import { DatabaseError, type CostEstimator, type Database, type PlanCost } from '../../core/ports';
import { quoteQualified } from '../../core/sql/identifiers';
import { indexNamesIn } from './planShape';
import type { Agreement, SharedShadow } from './sharedShadow';
import type { KnownIndex } from './shadowIndexes';
import { leaseShadow } from './shadowPool';
import { shadowWorkerPath } from './shadowThread';
import { withoutExplain } from '../explain';
import { withCommonElements } from './commonElements';
import { expressionOfKey, withExpressionsAsColumns, type KnownExpression } from './indexExpressions';
import type { ShadowIndex } from './shadowProtocol';

export interface ShadowOptions {
  /** The bundled worker; found beside the program unless given. */
  readonly workerFile?: string;
  /**
   * How far the shadow's cost of today's design may be from the server's before it refuses the statement; any
   * distance unless given.
   */
  readonly trustedError?: number;
}

/**
 * Plans on a copy of the server's statistics, in a PostgreSQL of our own. The target is only read. The copy stays warm
 * for the next estimator of the same database.
 * @throws DatabaseError `unsupported` if the worker was not built.
 */
export function openShadow(db: Database, catalog: Catalog, options: ShadowOptions = {}): ShadowEstimator {
  const file = options.workerFile ?? shadowWorkerPath();
  const lease = leaseShadow(db, file);
  lease.shadow.thread.start();
  return new ShadowEstimator(db, catalog, lease.shadow, lease.release, options.trustedError ?? Infinity);
}

/**
 * Lets the shadow's planner start, which takes a second, while the caller still gathers what to ask it. Nothing is read
 * from the database. The planner ends by itself if nobody asks.
 */
export function warmShadow(db: Database, method: string, options: ShadowOptions = {}): void {
  if (method !== 'auto' && method !== 'shadow') return;
  try {
    const lease = leaseShadow(db, options.workerFile ?? shadowWorkerPath());
    lease.shadow.thread.start();
    lease.release();
  } catch (error) {
    // not built: whoever opens the estimator is told, or gets HypoPG
    if (!(error instanceof DatabaseError)) throw error;
  }
}

export class ShadowEstimator implements CostEstimator {
  readonly how = 'what-if (shadow)' as const;
  private readonly agreements = new Map<string, Agreement>();
  private readonly sizes = new Map<IndexDefinition, Promise<IndexSize>>();
  private isFresh = false;

  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly shadow: SharedShadow,
    private readonly release: () => void,
    private readonly trustedError: number,
  ) {}

  /** The largest deviation among the statements planned so far, for the design as it is today. */
  get relativeError(): number | undefined {
    const errors = [...this.agreements.values()].map(({ relativeError }) => relativeError);
    return errors.length === 0 ? undefined : Math.max(...errors);
  }

  get notes(): readonly string[] {
    return this.shadow.notes;
  }

  /** Leaves a statement that another estimator plans out of {@link relativeError}. */
  disown(text: string): void {
    this.agreements.delete(withoutExplain(text).sql);
  }

  /** Bytes of memory the planner's PostgreSQL holds. */
  async memoryBytes(): Promise<number> {
    return (await this.shadow.thread.call({ kind: 'memory' })).bytes ?? 0;
  }

  describe(): string {
    const known = [...this.agreements.values()];
    const parts = [`planned by PostgreSQL 18 on a copy of the server's statistics`];
    if (known.length > 0) {
      const off = `${formatPercent(this.relativeError ?? 0)} off the server's own`;
      const same = known.filter(({ sameShape }) => sameShape).length;
      parts.push(
        known.length === 1
          ? `the cost of today's plan is ${off}${same === 1 ? '' : ', and the plan is another one'}`
          : `the costs of today's plans of ${known.length} statements are at most ${off}, ${same} of the plans are the same`,
      );
    }
    if (this.notes.length > 0) parts.push(this.notes.slice(0, 3).join('; '));
    return parts.join('; ');
  }

  async anticipate(texts: readonly string[], signal?: CancelSignal): Promise<void> {
    const statements = texts.map(text => withoutExplain(text).sql);
    try {
      await this.shadow.inTurn(async () => {
        await this.freshen(signal);
        await this.shadow.loadAll(statements, this.catalog, signal);
      }, signal);
    } catch (error) {
      // each statement is told its own reason when it is planned
      if (signal?.aborted || (error instanceof DatabaseError && error.kind === 'connection')) throw error;
    }
  }

  cost(text: string, configuration: readonly IndexDefinition[], signal?: CancelSignal): Promise<PlanCost> {
    const { sql } = withoutExplain(text);
    return this.shadow.withWorker(async () => {
      await this.prepare(sql, signal);
      const agreement = await this.shadow.agreement(sql, signal);
      if (agreement) this.agreements.set(sql, agreement);
      if (agreement && agreement.relativeError > this.trustedError) throw untrusted(agreement);
      await this.shadow.indexes.provideAll(
        configuration,
        (index, name) => this.describeIndex(index, name, signal),
        signal,
      );
      const made = [];
      for (const index of configuration) made.push(await this.provide(index, configuration.length > 1, signal));
      const visible = made.filter(index => index !== undefined);
      const plan = await this.shadow.explain(sql, visible, signal);
      await this.shadow.indexes.makeRoom(visible, signal);
      const used = indexNamesIn(plan);
      const usedIndexes = made.flatMap((index, position) =>
        index?.names.some(name => used.has(name)) ? [position] : [],
      );
      const relativeError = agreement ? { relativeError: agreement.relativeError } : {};
      return { totalCost: Number(plan['Total Cost']), usedIndexes, plan, ...relativeError };
    }, signal);
  }

  async estimateBytes(index: IndexDefinition): Promise<number> {
    return this.shadow.withWorker(async () => (await this.sizeOf(index)).bytes);
  }

  /** The copy stays for a while; see {@link leaseShadow}. */
  async dispose(): Promise<void> {
    this.release();
  }

  private async prepare(sql: string, signal: CancelSignal | undefined): Promise<void> {
    await this.freshen(signal);
    await this.shadow.load(sql, this.catalog, signal);
  }

  private async freshen(signal: CancelSignal | undefined): Promise<void> {
    if (!this.isFresh) await this.shadow.freshen(this.catalog, signal);
    this.isFresh = true;
  }

  /** Among others, an index that cannot be built is one that is not used; alone, its refusal is the answer. */
  private async provide(
    index: IndexDefinition,
    isOneOfMany: boolean,
    signal: CancelSignal | undefined,
  ): Promise<KnownIndex | undefined> {
    try {
      return await this.shadow.indexes.provide(index, name => this.describeIndex(index, name, signal), signal);
    } catch (error) {
      if (isOneOfMany && error instanceof DatabaseError && error.kind === 'unsupported') return undefined;
      throw error;
    }
  }

  private async describeIndex(
    index: IndexDefinition,
    name: string,
    signal: CancelSignal | undefined,
  ): Promise<ShadowIndex> {
    const size = await this.sizeOf(index, signal);
    const expressions = await this.expressionsOf(index, signal);
    return {
      name,
      sql: createIndexSql(index, { concurrently: false, name }).sql,
      schema: index.schema,
      tables: await this.storageOf(index, signal),
      pages: size.pages,
      tuples: size.tuples,
      treeHeight: index.method === 'btree' ? size.treeHeight : 0,
      ...(size.gin && { gin: size.gin }),
      attributes: expressions.map(({ position, found }) => ({
        ...found,
        attname: `#${position + 1}`,
        inherited: false,
      })),
    };
  }

  /** What a sample of the server's rows tells of the index's keys that are no columns. */
  private async expressionsOf(index: IndexDefinition, signal: CancelSignal | undefined): Promise<KnownExpression[]> {
    const known: KnownExpression[] = [];
    for (const [position, key] of index.keys.entries()) {
      const expression = expressionOfKey(key);
      if (expression === undefined) continue;
      await this.prepare(`select ${expression} from ${quoteQualified(index.schema, index.relation)}`, signal);
      const found = await this.shadow.analyzeExpression(this.relationOf(index), expression, index, signal);
      if (found) known.push({ position, found });
    }
    return known;
  }

  private relationOf(index: IndexDefinition): Relation {
    const relation = findRelation(this.catalog, index.relation, index.schema);
    if (!relation)
      throw new DatabaseError(
        'unsupported',
        `cannot model an index on ${index.schema}.${index.relation}: no such table`,
      );
    return relation;
  }

  /** The table, or for a partitioned one all that hold its rows. */
  private async storageOf(
    index: IndexDefinition,
    signal: CancelSignal | undefined,
  ): Promise<{ schema: string; name: string }[]> {
    if (this.relationOf(index).kind !== 'partitioned table') return [{ schema: index.schema, name: index.relation }];
    return this.db.query<{ schema: string; name: string }>(
      `select n.nspname::text as schema, c.relname::text as name from pg_partition_tree($1::text::regclass) t
       join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace where t.isleaf`,
      [quoteQualified(index.schema, index.relation)],
      signal,
    );
  }

  private sizeOf(index: IndexDefinition, signal?: CancelSignal): Promise<IndexSize> {
    const known = this.sizes.get(index);
    if (known) return known;
    const size = this.measure(index, signal);
    this.sizes.set(index, size);
    size.catch(() => this.sizes.delete(index));
    return size;
  }

  private async measure(index: IndexDefinition, signal: CancelSignal | undefined): Promise<IndexSize> {
    const expressions = await this.expressionsOf(index, signal);
    const table = await withCommonElements(this.db, this.relationOf(index), index, signal);
    const { relation, keys } = withExpressionsAsColumns(table, index, expressions);
    if (!index.where) return estimateIndexSize(relation, { ...index, keys }, { catalog: this.catalog });
    const all = `select from ${quoteQualified(index.schema, index.relation)}`;
    const some = `${all} where ${index.where}`;
    await this.prepare(some, signal);
    const share = (await this.shadow.rows(some, signal)) / (await this.shadow.rows(all, signal));
    return estimateIndexSize(relation, { ...index, keys }, { selectivity: Math.min(1, share), catalog: this.catalog });
  }
}

function untrusted({ serverCost, shadowCost, relativeError }: Agreement): DatabaseError {
  return new DatabaseError(
    'unsupported',
    `the shadow planner is not to be trusted with this statement: it costs today's plan at ${shadowCost}, the server at ` +
      `${serverCost} (${formatPercent(relativeError)} off)`,
    undefined,
    undefined,
    'the extension hypopg on the server, or a trial on a copy of the database, would plan it exactly',
  );
}

function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toPrecision(2)} %` : 'wholly';
}

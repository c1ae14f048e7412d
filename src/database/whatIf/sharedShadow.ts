import { CancelledError, throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog, Relation } from '../../core/catalog/catalog';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import { DatabaseError, type Database } from '../../core/ports';
import { quoteQualified } from '../../core/sql/identifiers';
import { readSchemaFingerprint } from '../catalog/fingerprint';
import { readExpressionSample } from './model/expressionSample';
import { readFacts, readFactsFingerprint } from './model/facts';
import { readShadowModel } from './model/readShadowModel';
import { readPlannerSettings } from './model/settings';
import { ShadowContents } from './model/shadowContents';
import { storageFacts } from './model/storageFacts';
import { planShape } from './planShape';
import { isUnsupported, ShadowIndexes, type KnownIndex } from './shadowIndexes';
import type { AnalyzedExpression } from './shadowProtocol';
import type { ShadowThread } from './shadowThread';

/** How the shadow's plan of a statement compares with the server's, for the design as it is. */
export interface Agreement {
  readonly serverCost: number;
  readonly shadowCost: number;
  /** |shadow / server - 1| */
  readonly relativeError: number;
  readonly sameShape: boolean;
}

type Plan = Readonly<Record<string, unknown>>;

/**
 * The model of one database in a worker: what it holds, whether that is still so, and the order of questions.
 * Outlives the estimators that use it, so that the next one finds it warm.
 */
export class SharedShadow {
  private contents = new ShadowContents();
  private generation = 0;
  private fingerprint: string | undefined;
  private factsTraces: ReadonlyMap<number, string> = new Map();
  /** By text: the relations it depends on, or why it cannot be modelled. */
  private readonly statements = new Map<string, ReadonlySet<string> | DatabaseError>();
  private readonly agreements = new Map<string, Agreement | DatabaseError>();
  readonly indexes: ShadowIndexes;
  /** Statistics of expressions that indexes were thought of for. */
  private readonly expressions = new Map<string, AnalyzedExpression | undefined>();
  private readonly rowEstimates = new Map<string, number>();
  private readonly notesSeen = new Set<string>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Database,
    readonly thread: ShadowThread,
  ) {
    this.indexes = new ShadowIndexes(thread);
  }

  /** What the model leaves out: settings the shadow's version lacks, indexes it cannot build. */
  get notes(): readonly string[] {
    return [...this.notesSeen];
  }

  /** How many relations of the server it holds. */
  get relationCount(): number {
    return this.contents.oids.length;
  }

  /**
   * The worker does one thing at a time; a call that fails does not stop the next. One that is cancelled fails at once,
   * also while it waits for its turn.
   */
  inTurn<T>(work: () => Promise<T>, signal?: CancelSignal): Promise<T> {
    const result = this.queue.then(() => {
      throwIfCancelled(signal);
      return work();
    });
    this.queue = result.catch(() => undefined);
    if (!signal) return result;
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => reject(new CancelledError());
      signal.addEventListener('abort', onAbort, { once: true });
      result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  /** Has its turn, and once more with a new worker if the worker dies under it: of memory it could not get, say. */
  withWorker<T>(work: () => Promise<T>, signal?: CancelSignal): Promise<T> {
    return this.inTurn(() => this.orWithNewWorker(work, signal), signal);
  }

  private async orWithNewWorker<T>(work: () => Promise<T>, signal: CancelSignal | undefined): Promise<T> {
    const { lastDeath } = this.thread;
    try {
      return await work();
    } catch (error) {
      if (this.thread.lastDeath === lastDeath) throw error;
      await this.forget();
      throwIfCancelled(signal);
    }
    const firstDeath = this.thread.lastDeath;
    try {
      return await work();
    } catch (error) {
      const { lastDeath: secondDeath } = this.thread;
      if (!secondDeath || secondDeath === firstDeath) throw error;
      // so that the next run tries it again
      await this.forget();
      throw diedTwice(secondDeath);
    }
  }

  /** Makes sure that what is loaded is what the server has: forgets all after DDL, reads statistics anew after ANALYZE. */
  async freshen(catalog: Catalog, signal?: CancelSignal): Promise<void> {
    const settings = await readPlannerSettings(this.db, signal);
    const fingerprint = [
      await readSchemaFingerprint(this.db, signal),
      JSON.stringify(settings),
      catalog.searchPath,
    ].join();
    if (fingerprint !== this.fingerprint || this.generation !== this.thread.generation) {
      if (this.contents.oids.length > 0) await this.forget();
      this.fingerprint = fingerprint;
      return;
    }
    const { oids } = this.contents;
    if (oids.length === 0) return;
    const traces = await readFactsFingerprint(this.db, oids, signal);
    const changed = oids.filter(oid => traces.get(oid) !== this.factsTraces.get(oid));
    if (changed.length > 0) {
      const facts = await readFacts(this.db, changed, signal);
      await this.orForget(() =>
        this.ask(
          { kind: 'refresh', facts: { storage: storageFacts(facts, catalog), extended: facts.extended } },
          signal,
        ),
      );
      this.indexes.clear();
      this.expressions.clear();
      this.rowEstimates.clear();
      this.agreements.clear();
    }
    this.factsTraces = traces;
  }

  /** Copies what a statement needs and is not there. */
  async load(sql: string, catalog: Catalog, signal?: CancelSignal): Promise<void> {
    throwIfCancelled(signal);
    if (this.generation !== this.thread.generation) await this.forget();
    const known = this.statements.get(sql);
    if (known instanceof DatabaseError) throw known;
    if (known) return;
    try {
      this.statements.set(sql, await this.copy(sql, catalog, signal));
    } catch (error) {
      if (isUnsupported(error)) this.statements.set(sql, error);
      throw error;
    }
  }

  /**
   * Copies what these statements need at once: the model of 40 statements one by one takes hundreds of queries.
   * {@link load} still has to be called for each.
   */
  async loadAll(statements: readonly string[], catalog: Catalog, signal?: CancelSignal): Promise<void> {
    throwIfCancelled(signal);
    if (this.generation !== this.thread.generation) await this.forget();
    const unknown = statements.filter(sql => !this.statements.has(sql));
    if (unknown.length > 1) await this.copy(unknown.join('\n'), catalog, signal);
  }

  /** @returns the relations that the text depends on, as `schema.name`. */
  private async copy(text: string, catalog: Catalog, signal?: CancelSignal): Promise<ReadonlySet<string>> {
    const found = await readShadowModel(this.db, catalog, text, this.contents, signal);
    const isMore = found.model.steps.length + found.model.storage.length > 0;
    if (isMore) await this.orForget(() => this.ask({ kind: 'load', model: found.model }, signal));
    this.contents.add(found.added, found.names);
    if (isMore) this.factsTraces = await readFactsFingerprint(this.db, this.contents.oids, signal);
    return found.relations;
  }

  /** The plan with these hypothetical indexes and no other. {@link load} must have been called for the text. */
  async explain(sql: string, visible: readonly KnownIndex[], signal?: CancelSignal): Promise<Plan> {
    await this.indexes.dropAbandoned(signal);
    const relations = this.statements.get(sql);
    const among = this.indexes.namesOn(relations instanceof Set ? relations : undefined);
    const indexes = visible.map(({ name }) => name);
    const { plan } = await this.thread.call({ kind: 'explain', sql, indexes, among }, signal);
    if (!plan) throw new DatabaseError('unsupported', 'the shadow planner gave no plan');
    return plan;
  }

  /** The estimated rows of a statement, whatever indexes there are. */
  async rows(sql: string, signal?: CancelSignal): Promise<number> {
    const known = this.rowEstimates.get(sql);
    if (known !== undefined) return known;
    const { plan } = await this.thread.call({ kind: 'explain', sql, indexes: [], among: [] }, signal);
    const rows = Math.max(1, Number(plan?.['Plan Rows'] ?? 1));
    this.rowEstimates.set(sql, rows);
    return rows;
  }

  /**
   * What ANALYZE would know of an expression if it were indexed, from a sample of the server's rows.
   * @returns undefined if these cannot be had: the planner then assumes 200 values, all as frequent.
   */
  async analyzeExpression(
    relation: Relation,
    expression: string,
    { where }: Pick<IndexDefinition, 'where'>,
    signal?: CancelSignal,
  ): Promise<AnalyzedExpression | undefined> {
    const table = quoteQualified(relation.schema, relation.name);
    const identity = [table, expression, where ?? ''].join('\n');
    if (this.expressions.has(identity)) return this.expressions.get(identity);
    const sample = await readExpressionSample(this.db, relation, expression, where, signal);
    let found: AnalyzedExpression | undefined;
    if (sample) {
      const rows = Math.max(sample.count, (relation.rowEstimate ?? 0) * sample.share);
      const { chunks } = sample;
      found = (await this.thread.call({ kind: 'analyzeSample', sample: { table, expression, chunks, rows } }, signal))
        .expression;
    }
    this.expressions.set(identity, found);
    if (!found) this.notesSeen.add(`the values of ${expression} are not known; 200 are assumed`);
    return found;
  }

  /**
   * Compares the plan of today's design with the server's own, once for each statement.
   * @returns undefined if the server does not plan it: for want of a right, say.
   */
  async agreement(sql: string, signal?: CancelSignal): Promise<Agreement | undefined> {
    const known = this.agreements.get(sql);
    if (known) return known instanceof DatabaseError ? undefined : known;
    const plan = await this.explain(sql, [], signal);
    try {
      const answer = await this.db.explain({ sql, analyze: false, parameters: [], writes: false }, signal);
      const server = (answer.plan[0]?.['Plan'] ?? {}) as Plan;
      const [serverCost, shadowCost] = [Number(server['Total Cost']), Number(plan['Total Cost'])];
      const agreement = {
        serverCost,
        shadowCost,
        relativeError: serverCost > 0 ? Math.abs(shadowCost / serverCost - 1) : shadowCost > 0 ? Infinity : 0,
        sameShape: planShape(server) === planShape(plan),
      };
      this.agreements.set(sql, agreement);
      return agreement;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind === 'connection') throw error;
      this.agreements.set(sql, error);
      this.notesSeen.add(`not compared with the server: ${error.message}`);
      return undefined;
    }
  }

  private async ask(request: Parameters<ShadowThread['call']>[0], signal?: CancelSignal): Promise<void> {
    const { notes } = await this.thread.call(request, signal);
    for (const note of notes ?? []) this.notesSeen.add(note);
  }

  /** Half a model would plan something else: what fails in between begins anew. */
  private async orForget<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.forget();
      throw error;
    }
  }

  private async forget(): Promise<void> {
    await this.thread.end(new CancelledError());
    this.contents = new ShadowContents();
    this.statements.clear();
    this.indexes.clearAll();
    this.expressions.clear();
    this.rowEstimates.clear();
    this.agreements.clear();
    this.notesSeen.clear();
    this.factsTraces = new Map();
    this.generation = this.thread.generation;
  }
}

function diedTwice({ kind, message }: DatabaseError): DatabaseError {
  return new DatabaseError(
    kind,
    `${message}, and so did a second one; HypoPG, or a trial on a copy of the database, can plan the statement`,
  );
}

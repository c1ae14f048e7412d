import type { PGlite } from '@electric-sql/pglite';
import type {
  ExtendedStatisticsFacts,
  ModelStep,
  ShadowAnswer,
  ShadowIndex,
  ShadowModel,
  ShadowRequest,
  StorageFacts,
} from '../shadowProtocol';
import { restoreExtendedStatistics } from './extendedStatistics';
import { ForgedStorage } from './forgedStorage';
import { restoreAttribute, restoreSize } from './restoreStatistics';
import { literal, quoted, rowsOf, textArray } from './sqlText';

/** A part of the model that PostgreSQL refused. */
export class StepFailed extends Error {
  constructor(
    message: string,
    readonly what: string,
    readonly sqlState?: string,
  ) {
    super(message);
  }
}

interface Stored {
  readonly facts: StorageFacts;
  /** `pg_relation_filepath`; null for what has no file of its own. */
  readonly file: string | null;
}

interface Hypothetical {
  /** `pg_class.oid` of the index and, on a partitioned table, of those on its partitions. */
  readonly oids: readonly number[];
  visible: boolean;
}

type Answer = Omit<Extract<ShadowAnswer, { ok: true }>, 'id' | 'ok'>;

/** Empty tables with the server's statistics and sizes, which is all the planner looks at, and hypothetical indexes. */
export class Planner {
  private readonly storage: ForgedStorage;
  private readonly stored = new Map<string, Stored>();
  private readonly hypothetical = new Map<string, Hypothetical>();

  constructor(private readonly db: PGlite) {
    this.storage = new ForgedStorage(db);
  }

  async answer(request: ShadowRequest): Promise<Answer> {
    switch (request.kind) {
      case 'load':
        return { notes: await this.load(request.model) };
      case 'refresh':
        return { notes: await this.refresh(request.facts) };
      case 'createIndex':
        return { notes: await this.createIndex(request.index) };
      case 'dropIndexes':
        await this.dropIndexes(request.names);
        return {};
      case 'explain':
        await this.showOnly(new Set(request.indexes), request.among);
        return { plan: await this.explain(request.sql) };
      case 'memory':
        return { bytes: (this.db as unknown as { Module: { HEAPU8: Uint8Array } }).Module.HEAPU8.byteLength };
    }
  }

  private async load(model: ShadowModel): Promise<string[]> {
    const notes: string[] = [];
    await this.db.exec(`set check_function_bodies = off; set client_min_messages = error; set jit = off;
      set allow_system_table_mods = on`);
    for (const { name, value } of model.settings) {
      await this.db
        .exec(`select set_config(${literal(name)}, ${literal(value)}, false)`)
        .catch((error: Error) => notes.push(`setting ${name} not copied: ${error.message}`));
    }
    for (const { name, schema } of model.extensions) {
      await this.step({ sql: `create schema if not exists ${quoted(schema)}`, what: `schema ${schema}` });
      const sql = `create extension if not exists ${quoted(name)} schema ${quoted(schema)} cascade`;
      await this.step({ sql, what: `extension ${name}` }).catch((error: Error) =>
        notes.push(`extension ${name} not modelled: ${error.message}`),
      );
    }
    // what DDL reads must be as small as it is
    for (const { file } of this.stored.values()) if (file) this.storage.setPages(file, 0);
    try {
      notes.push(...(await this.runAll(model.steps)));
      const missing = await this.locate(model.storage);
      for (const facts of model.storage) {
        const file = this.stored.get(keyOf(facts))?.file;
        if (file && facts.treeHeight) this.storage.raiseTree(file, facts.treeHeight, facts.currentPages);
      }
      notes.push(
        ...(await this.restore(
          model.storage.filter(facts => !missing.has(facts)),
          model.extended,
        )),
      );
      notes.push(...(await this.runAll(model.lateSteps)));
    } finally {
      this.showSizes();
    }
    return notes;
  }

  private async refresh({ storage, extended }: Pick<ShadowModel, 'storage' | 'extended'>): Promise<string[]> {
    await this.dropIndexes([...this.hypothetical.keys()]);
    const here = storage.filter(facts => this.stored.has(keyOf(facts)));
    for (const facts of here) {
      const { file } = this.stored.get(keyOf(facts))!;
      this.stored.set(keyOf(facts), { facts, file });
      await this.db.exec(
        `select pg_clear_attribute_stats(${literal(facts.schema)}, ${literal(facts.name)}, a.attname::text, i)
         from pg_attribute a, (values (true), (false)) v(i)
         where a.attrelid = ${literal(`${quoted(facts.schema)}.${quoted(facts.name)}`)}::regclass and a.attnum > 0
           and not a.attisdropped`,
      );
    }
    const notes = await this.restore(here, extended);
    this.showSizes();
    return notes;
  }

  /**
   * Runs steps in order, and those that fail again as long as others succeed: what they need may come later.
   * @returns notes on optional steps that fail for good.
   */
  private async runAll(steps: readonly ModelStep[]): Promise<string[]> {
    let waiting: readonly ModelStep[] = steps;
    for (;;) {
      const failed: { step: ModelStep; error: Error }[] = [];
      for (const step of waiting) await this.step(step).catch((error: Error) => failed.push({ step, error }));
      if (failed.length > 0 && failed.length < waiting.length) {
        waiting = failed.map(({ step }) => step);
        continue;
      }
      const fatal = failed.find(({ step }) => !step.optional);
      if (fatal) throw fatal.error;
      return failed.map(({ step, error }) => `${step.what} not modelled: ${error.message}`);
    }
  }

  private async step({ sql, what }: Pick<ModelStep, 'sql' | 'what'>): Promise<void> {
    try {
      await this.db.exec(sql);
    } catch (error) {
      throw new StepFailed((error as Error).message, what, (error as { code?: string }).code);
    }
  }

  /** Finds the files of tables and indexes that were just made. @returns those that were not. */
  private async locate(storage: readonly StorageFacts[]): Promise<Set<StorageFacts>> {
    const found = await rowsOf<{ key: string; file: string | null }>(
      this.db,
      `
      select n.nspname || '.' || c.relname as key, pg_relation_filepath(c.oid) as file
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where (n.nspname::text, c.relname::text) in (select * from unnest(
        ${textArray(storage.map(({ schema }) => schema))}, ${textArray(storage.map(({ name }) => name))}))`,
    );
    const files = new Map(found.map(({ key, file }) => [key, file]));
    for (const facts of storage) {
      const file = files.get(keyOf(facts));
      if (file !== undefined) this.stored.set(keyOf(facts), { facts, file });
    }
    return new Set(storage.filter(facts => !files.has(keyOf(facts))));
  }

  private async restore(
    storage: readonly StorageFacts[],
    extended: readonly ExtendedStatisticsFacts[],
  ): Promise<string[]> {
    const notes: string[] = [];
    for (const facts of storage) {
      const calls = facts.attributes.map(attribute => restoreAttribute(facts.schema, facts.name, attribute));
      try {
        await this.db.exec(`select ${[restoreSize(facts), ...calls].join(', ')}`);
      } catch {
        // one by one: a column whose statistics are refused keeps none, and the others keep theirs
        await this.db.exec(`select ${restoreSize(facts)}`);
        for (const [i, call] of calls.entries()) {
          const what = `statistics of ${facts.name}.${facts.attributes[i]!.attname}`;
          await this.db
            .exec(`select ${call}`)
            .catch((error: Error) => notes.push(`${what} not copied: ${error.message}`));
        }
      }
    }
    for (const facts of extended) {
      await restoreExtendedStatistics(this.db, facts).catch((error: Error) =>
        notes.push(`statistics ${facts.name} not copied: ${error.message}`),
      );
    }
    return notes;
  }

  private showSizes(): void {
    for (const { file, facts } of this.stored.values()) if (file) this.storage.setPages(file, facts.currentPages);
  }

  /** Gives the names of the indexes made: its own, or one for each partition. */
  private async createIndex(index: ShadowIndex): Promise<string[]> {
    // an index build reads its table: it must be empty while that happens
    const tables = index.tables.flatMap(table => this.stored.get(keyOf(table)) ?? []);
    for (const { file } of tables) if (file) this.storage.setPages(file, 0);
    try {
      await this.step({ sql: index.sql, what: `index ${index.name}` });
      const created = await rowsOf<{
        oid: number;
        kind: string;
        schema: string;
        name: string;
        parent: string;
        file: string;
      }>(
        this.db,
        `with recursive made(oid) as (
           select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relname = ${literal(index.name)} and n.nspname = ${literal(index.schema)}
           union all select i.inhrelid from pg_inherits i join made m on i.inhparent = m.oid)
         select c.oid::int8 as oid, c.relkind as kind, n.nspname as schema, c.relname as name,
           tn.nspname || '.' || t.relname as parent, pg_relation_filepath(c.oid) as file
         from made m join pg_class c on c.oid = m.oid join pg_namespace n on n.oid = c.relnamespace
         join pg_index x on x.indexrelid = c.oid join pg_class t on t.oid = x.indrelid
         join pg_namespace tn on tn.oid = t.relnamespace`,
      );
      const leaves = created.filter(({ kind }) => kind === 'i');
      const tuplesOf = (parent: string): number => Math.max(0, this.stored.get(parent)?.facts.tuples ?? 0);
      const total = Math.max(
        1,
        leaves.reduce((sum, { parent }) => sum + tuplesOf(parent), 0),
      );
      for (const { schema, name, parent, file } of leaves) {
        // a partitioned index: each partition's share follows its rows
        const share = leaves.length > 1 ? tuplesOf(parent) / total : 1;
        const pages = Math.max(2, Math.round(index.pages * share));
        const { attributes, treeHeight } = index;
        const tuples = index.tuples * share;
        const facts = {
          schema,
          name,
          analyzedPages: pages,
          tuples,
          allVisiblePages: 0,
          currentPages: pages,
          attributes,
        };
        this.storage.raiseTree(file, treeHeight, pages);
        await this.restore([facts], []);
        this.storage.setPages(file, pages);
      }
      this.hypothetical.set(index.name, { oids: created.map(({ oid }) => oid), visible: true });
      return leaves.map(({ name }) => name);
    } finally {
      for (const { facts, file } of tables) {
        // building an index counts its table's rows
        await this.db.exec(`select ${restoreSize(facts)}`);
        if (file) this.storage.setPages(file, facts.currentPages);
      }
    }
  }

  private async dropIndexes(names: readonly string[]): Promise<void> {
    const known = names.flatMap(name => this.hypothetical.get(name)?.oids.slice(0, 1) ?? []);
    for (const oid of known) {
      const [row] = await rowsOf<{ sql: string }>(this.db, `select 'drop index ' || ${oid}::regclass as sql`);
      if (row) await this.db.exec(row.sql);
    }
    for (const name of names) this.hypothetical.delete(name);
  }

  private async explain(sql: string): Promise<Record<string, unknown>> {
    const options = /\$\d/.test(sql) ? 'generic_plan, format json' : 'format json';
    const [row] = await rowsOf<{ 'QUERY PLAN': { Plan: Record<string, unknown> }[] }>(
      this.db,
      `explain (${options}) ${sql}`,
    );
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    if (!plan) throw new Error('EXPLAIN gave no plan');
    return plan;
  }

  /** The planner passes over an index that is not valid: cheaper than dropping and creating it again. */
  private async showOnly(wanted: ReadonlySet<string>, among: readonly string[]): Promise<void> {
    for (const visible of [true, false]) {
      const changed = among.flatMap(name => {
        const known = this.hypothetical.get(name);
        return known && known.visible !== visible && wanted.has(name) === visible ? [known] : [];
      });
      if (changed.length === 0) continue;
      const oids = changed.flatMap(each => each.oids);
      await this.db.exec(`update pg_index set indisvalid = ${visible} where indexrelid in (${oids.join(', ')})`);
      for (const each of changed) each.visible = visible;
    }
  }
}

function keyOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`;
}

import type { PGlite } from '@electric-sql/pglite';
import type {
  ExtendedStatisticsFacts,
  ModelStep,
  ShadowAnswer,
  ShadowModel,
  ShadowRequest,
  StorageFacts,
} from '../shadowProtocol';
import { analyzeSample } from './analyzeSample';
import { restoreExtendedStatistics } from './extendedStatistics';
import { ForgedStorage, keyOf, type Stored } from './forgedStorage';
import { HypotheticalIndexes } from './hypotheticalIndexes';
import { installExtension } from './installExtension';
import { restoreAttribute, restoreSize } from './restoreStatistics';
import { literal, quoted, rowsOf, runStep, textArray } from './sqlText';

/** Steps tried in one go: one that fails undoes its whole chunk. */
const CHUNK = 30;

type Answer = Omit<Extract<ShadowAnswer, { ok: true }>, 'id' | 'ok'>;

/** Empty tables with the server's statistics and sizes, which is all the planner looks at, and hypothetical indexes. */
export class Planner {
  private readonly storage: ForgedStorage;
  private readonly stored = new Map<string, Stored>();
  private readonly indexes: HypotheticalIndexes;
  /** Extensions whose files are there. */
  private readonly installed = new Set<string>();

  /** `assetsDir`: the folder of the extension archives. */
  constructor(
    private readonly db: PGlite,
    private readonly assetsDir: string,
  ) {
    this.storage = new ForgedStorage(db);
    this.indexes = new HypotheticalIndexes(db, this.storage, this.stored);
  }

  async answer(request: ShadowRequest): Promise<Answer> {
    switch (request.kind) {
      case 'load':
        return { notes: await this.load(request.model) };
      case 'refresh':
        return { notes: await this.refresh(request.facts) };
      case 'createIndex':
        return { notes: (await this.indexes.create([request.index]))[0]! };
      case 'createIndexes':
        return { created: await this.indexes.create(request.indexes) };
      case 'analyzeSample':
        return { expression: await analyzeSample(this.db, request.sample) };
      case 'dropIndexes':
        await this.indexes.drop(request.names);
        return {};
      case 'explain':
        await this.indexes.showOnly(new Set(request.indexes), request.among);
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
    for (const { name } of model.extensions) {
      if (this.installed.has(name)) continue;
      installExtension(this.db, this.assetsDir, name);
      this.installed.add(name);
    }
    for (const { name, schema } of model.extensions) {
      await runStep(this.db, { sql: `create schema if not exists ${quoted(schema)}`, what: `schema ${schema}` });
      const sql = `create extension if not exists ${quoted(name)} schema ${quoted(schema)} cascade`;
      await runStep(this.db, { sql, what: `extension ${name}` }).catch((error: Error) =>
        notes.push(`extension ${name} not modelled: ${error.message}`),
      );
    }
    // what DDL reads must be as small as it is; a raised tree is there, and the check of a foreign key may read it
    for (const { file, facts } of this.stored.values()) if (file && !facts.treeHeight) this.storage.setPages(file, 0);
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
    await this.indexes.dropAll();
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
    let waiting = await this.runChunks(steps);
    for (;;) {
      if (waiting.length === 0) return [];
      const failed: { step: ModelStep; error: Error }[] = [];
      for (const step of waiting) await runStep(this.db, step).catch((error: Error) => failed.push({ step, error }));
      if (failed.length > 0 && failed.length < waiting.length) {
        waiting = failed.map(({ step }) => step);
        continue;
      }
      const fatal = failed.find(({ step }) => !step.optional);
      if (fatal) throw fatal.error;
      return failed.map(({ step, error }) => `${step.what} not modelled: ${error.message}`);
    }
  }

  /** Many statements at once cost half of what they cost one by one. @returns the steps of chunks that failed. */
  private async runChunks(steps: readonly ModelStep[]): Promise<readonly ModelStep[]> {
    const failed: ModelStep[] = [];
    for (let i = 0; i < steps.length; i += CHUNK) {
      const chunk = steps.slice(i, i + CHUNK);
      await this.db.exec(chunk.map(({ sql }) => sql).join(';\n')).catch(() => failed.push(...chunk));
    }
    return failed;
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
}

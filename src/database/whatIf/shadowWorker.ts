/**
 * A PostgreSQL planner in a worker thread. Its tables are empty; their statistics and file sizes are the server's,
 * which is all the planner looks at. It only ever plans: nothing here executes a user's statement.
 */
import { PGlite } from '@electric-sql/pglite';
import type { Extension } from '@electric-sql/pglite';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { raisedTree } from './raisedTree';
import type {
  AttributeStatistics,
  ShadowAnswer,
  ShadowCall,
  ShadowIndex,
  ShadowModel,
  ShadowRequest,
  ShadowWorkerData,
  StorageFacts,
} from './shadowProtocol';

declare const PGLITE_VERSION: string;

/** PostgreSQL's RELSEG_SIZE: a relation's file is cut into pieces of this many blocks. */
const SEGMENT_PAGES = 131_072;
const PAGE_BYTES = 8192;

/** The part of Emscripten's in-memory file system we reach into. */
interface MemoryNode {
  usedBytes: number;
  contents: Uint8Array;
}
interface MemoryFileSystem {
  lookupPath(path: string): { node: MemoryNode };
  writeFile(path: string, data: string | Uint8Array): void;
}

class StepFailed extends Error {
  constructor(
    message: string,
    readonly what: string,
    readonly sqlState?: string,
  ) {
    super(message);
  }
}

class Shadow {
  private readonly loaded = new Map<string, StorageFacts>();
  private readonly hypothetical = new Map<string, ShadowIndex>();
  private enabled = '';

  constructor(private readonly db: PGlite) {}

  async answer(request: ShadowRequest): Promise<Omit<Extract<ShadowAnswer, { ok: true }>, 'id' | 'ok'>> {
    switch (request.kind) {
      case 'load':
        return { notes: await this.load(request.model) };
      case 'createIndex':
        return { notes: await this.createIndex(request.index) };
      case 'explain':
        return { plan: await this.explain(request.sql, request.indexes) };
    }
  }

  private async load(model: ShadowModel): Promise<string[]> {
    const notes: string[] = [];
    await this.db.exec('set check_function_bodies = off; set client_min_messages = error; set jit = off');
    for (const { name, value } of model.settings) {
      await this.db
        .query('select set_config($1, $2, false)', [name, value])
        .catch((error: Error) => notes.push(`setting ${name} not copied: ${error.message}`));
    }
    for (const { name, schema } of model.extensions) {
      await this.step(`create schema if not exists ${quoteName(schema)}`, `schema ${schema}`);
      await this.step(
        `create extension if not exists ${quoteName(name)} schema ${quoteName(schema)}`,
        `extension ${name}`,
      );
    }
    for (const step of model.steps) {
      try {
        await this.step(step.sql, step.what);
      } catch (error) {
        if (!step.optional) throw error;
        notes.push(`${step.what} not modelled: ${(error as Error).message}`);
      }
    }
    for (const facts of model.storage) {
      if (!(await this.exists(facts))) continue;
      if (facts.treeHeight) await this.raiseTree(facts, facts.treeHeight);
      await this.setStatistics(facts);
      this.loaded.set(`${facts.schema}.${facts.name}`, facts);
    }
    for (const step of model.lateSteps) {
      await this.step(step.sql, step.what).catch((error: Error) =>
        notes.push(`${step.what} not modelled: ${error.message}`),
      );
    }
    // sizes last: DDL above must find the files as small as they are
    for (const facts of model.storage) {
      if (this.loaded.has(`${facts.schema}.${facts.name}`)) await this.setPages(facts, facts.currentPages);
    }
    return notes;
  }

  private async step(sql: string, what: string): Promise<void> {
    try {
      await this.db.exec(sql);
    } catch (error) {
      throw new StepFailed((error as Error).message, what, (error as { code?: string }).code);
    }
  }

  /** Gives the names of the indexes made: its own, or one for each partition. */
  private async createIndex(index: ShadowIndex): Promise<string[]> {
    // an index build reads its table: it must be empty while that happens
    const tables = index.tables.map(table => this.loaded.get(`${table.schema}.${table.name}`)).filter(facts => !!facts);
    for (const table of tables) await this.setPages(table, 0);
    try {
      await this.step(index.sql, `index ${index.name}`);
      const created = await this.db.query<{ schema: string; name: string; parent: string }>(
        `with recursive made(oid) as (
           select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = $1 and n.nspname = $2
           union all select i.inhrelid from pg_inherits i join made m on i.inhparent = m.oid)
         select n.nspname as schema, c.relname as name, tn.nspname || '.' || t.relname as parent
         from made m join pg_class c on c.oid = m.oid join pg_namespace n on n.oid = c.relnamespace
         join pg_index x on x.indexrelid = c.oid join pg_class t on t.oid = x.indrelid
         join pg_namespace tn on tn.oid = t.relnamespace where c.relkind = 'i'`,
        [index.name, index.schema],
      );
      const totalTuples = Math.max(
        1,
        tables.reduce((sum, table) => sum + Math.max(0, table.tuples), 0),
      );
      for (const row of created.rows) {
        // a partitioned index: each partition's share follows its rows
        const share = tables.length > 1 ? Math.max(0, this.loaded.get(row.parent)?.tuples ?? 0) / totalTuples : 1;
        const pages = Math.max(2, Math.round(index.pages * share));
        const facts: StorageFacts = {
          schema: row.schema,
          name: row.name,
          analyzedPages: pages,
          tuples: index.tuples * share,
          allVisiblePages: 0,
          currentPages: pages,
          treeHeight: index.treeHeight,
          attributes: index.attributes,
        };
        await this.raiseTree(facts, index.treeHeight);
        await this.setStatistics(facts);
        await this.setPages(facts, pages);
      }
      this.hypothetical.set(index.name, index);
      this.enabled = '?';
      return created.rows.map(row => row.name);
    } finally {
      for (const table of tables) {
        await this.setClass(table);
        await this.setPages(table, table.currentPages);
      }
    }
  }

  private async explain(sql: string, indexes: readonly string[]): Promise<Record<string, unknown>> {
    await this.enable(indexes);
    const options = /\$\d/.test(sql) ? 'generic_plan, format json' : 'format json';
    const results = await this.db.exec(`explain (${options}) ${sql}`);
    const row = results[0]?.rows[0] as { 'QUERY PLAN': { Plan: Record<string, unknown> }[] } | undefined;
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    if (!plan) throw new Error('EXPLAIN gave no plan');
    return plan;
  }

  /** The planner passes over an index that is not valid: cheaper than dropping and creating it again. */
  private async enable(names: readonly string[]): Promise<void> {
    const wanted = [...names].sort().join('\n');
    if (wanted === this.enabled || this.hypothetical.size === 0) return;
    await this.db.query(
      `with recursive tree(oid, name) as (
         select c.oid, c.relname::text from pg_class c join pg_index i on i.indexrelid = c.oid where c.relname = any($2)
         union all select h.inhrelid, t.name from pg_inherits h join tree t on h.inhparent = t.oid)
       update pg_index i set indisvalid = (t.name = any($1)) from tree t
       where i.indexrelid = t.oid and i.indisvalid <> (t.name = any($1))`,
      [names, [...this.hypothetical.keys()]],
    );
    this.enabled = wanted;
  }

  private async exists(facts: StorageFacts): Promise<boolean> {
    const { rows } = await this.db.query(
      'select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2',
      [facts.schema, facts.name],
    );
    return rows.length > 0;
  }

  private async setClass(facts: StorageFacts): Promise<void> {
    await this.db.query(
      `select pg_restore_relation_stats('schemaname', $1::text, 'relname', $2::text,
         'relpages', $3::integer, 'reltuples', $4::real, 'relallvisible', $5::integer)`,
      [facts.schema, facts.name, facts.analyzedPages, facts.tuples, facts.allVisiblePages],
    );
  }

  private async setStatistics(facts: StorageFacts): Promise<void> {
    await this.setClass(facts);
    for (const attribute of facts.attributes) await this.setAttribute(facts, attribute);
  }

  private async setAttribute(facts: StorageFacts, attribute: AttributeStatistics): Promise<void> {
    const kinds: Partial<Record<keyof AttributeStatistics, string>> = {
      null_frac: 'real',
      avg_width: 'integer',
      n_distinct: 'real',
      most_common_vals: 'text',
      most_common_freqs: 'real[]',
      histogram_bounds: 'text',
      correlation: 'real',
      most_common_elems: 'text',
      most_common_elem_freqs: 'real[]',
      elem_count_histogram: 'real[]',
      range_length_histogram: 'text',
      range_empty_frac: 'real',
      range_bounds_histogram: 'text',
    };
    const given = [
      `'schemaname', ${quoteText(facts.schema)}, 'relname', ${quoteText(facts.name)}`,
      attribute.attname.startsWith('#')
        ? `'attnum', ${Number(attribute.attname.slice(1))}::smallint`
        : `'attname', ${quoteText(attribute.attname)}`,
      `'inherited', ${attribute.inherited}`,
    ];
    for (const [name, type] of Object.entries(kinds)) {
      const value = attribute[name as keyof AttributeStatistics];
      if (typeof value === 'string') given.push(`'${name}', ${quoteText(value)}::${type}`);
    }
    // a column whose statistics PostgreSQL refuses keeps none; the check against the server's costs shows if it matters
    await this.db.exec(`select pg_restore_attribute_stats(${given.join(', ')})`).catch(() => undefined);
  }

  /**
   * The planner charges a descent by the height in a B-tree's first page, and reads the ends of an index to see how
   * far values have grown. Gives a fresh, empty index the height of the real one: a chain of inner pages with one
   * downlink each, above an empty leaf. Has to happen before anything plans with it, while the first page is not in
   * shared buffers yet.
   */
  private async raiseTree(facts: StorageFacts, height: number): Promise<void> {
    const file = await this.filePath(facts);
    const files = this.files();
    const node = file ? findNode(files, `/pglite/data/${file}`) : undefined;
    if (!node || node.usedBytes !== PAGE_BYTES || height < 1 || facts.currentPages < height + 2) return;
    const tree = raisedTree(node.contents.subarray(0, PAGE_BYTES), height);
    if (tree) files.writeFile(`/pglite/data/${file}`, tree);
  }

  private async filePath(facts: { schema: string; name: string }): Promise<string | undefined> {
    const { rows } = await this.db.query<{ file: string | null }>(
      `select pg_relation_filepath(c.oid) as file from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname = $2`,
      [facts.schema, facts.name],
    );
    return rows[0]?.file ?? undefined;
  }

  private files(): MemoryFileSystem {
    return (this.db as unknown as { Module: { FS: MemoryFileSystem } }).Module.FS;
  }

  /** Makes the storage manager report `pages` blocks, by moving the end of the file in the in-memory file system. */
  private async setPages(facts: { schema: string; name: string }, pages: number): Promise<void> {
    const file = await this.filePath(facts);
    if (!file) return;
    const files = this.files();
    for (let segment = 0; segment === 0 || segment * SEGMENT_PAGES < pages; segment++) {
      const name = `/pglite/data/${segment ? `${file}.${segment}` : file}`;
      nodeAt(files, name).usedBytes =
        Math.min(SEGMENT_PAGES, Math.max(0, pages - segment * SEGMENT_PAGES)) * PAGE_BYTES;
    }
    // segments of an earlier, larger size would still be counted
    for (let segment = Math.max(1, Math.ceil(pages / SEGMENT_PAGES)); ; segment++) {
      const node = findNode(files, `/pglite/data/${file}.${segment}`);
      if (!node || node.usedBytes === 0) break;
      node.usedBytes = 0;
    }
  }
}

function findNode(files: MemoryFileSystem, name: string): MemoryNode | undefined {
  try {
    return files.lookupPath(name).node;
  } catch {
    return undefined;
  }
}

function nodeAt(files: MemoryFileSystem, name: string): MemoryNode {
  const found = findNode(files, name);
  if (found) return found;
  files.writeFile(name, '');
  return files.lookupPath(name).node;
}

function quoteText(text: string): string {
  return text.includes('\\')
    ? ` E'${text.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`
    : `'${text.replace(/'/g, "''")}'`;
}

function quoteName(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** Starts PGlite from the files beside the worker; the first start on a machine runs initdb and keeps its result. */
async function openPlanner({ assetsDir, cacheDir }: ShadowWorkerData): Promise<PGlite> {
  // Node has it; TypeScript knows it only from the browser's types
  const { compile } = (globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<never> } })
    .WebAssembly;
  const asset = (name: string) => fs.readFileSync(path.join(assetsDir, name));
  const extensions: Record<string, Extension> = {};
  for (const file of fs.readdirSync(assetsDir).filter(name => name.endsWith('.tar.gz'))) {
    const name = file.slice(0, -'.tar.gz'.length);
    const bundlePath = pathToFileURL(path.join(assetsDir, file));
    extensions[name] = { name, setup: async () => ({ bundlePath }) };
  }
  const options = {
    pgliteWasmModule: await compile(asset('pglite.wasm')),
    initdbWasmModule: await compile(asset('initdb.wasm')),
    fsBundle: new Blob([asset('pglite.data')]),
    extensions,
    // we write index pages by hand
    initDbStartParams: ['--no-data-checksums'],
  };
  const cached = path.join(cacheDir, `pglite-${PGLITE_VERSION}-plain.tar`);
  if (fs.existsSync(cached)) {
    try {
      return await PGlite.create({ ...options, loadDataDir: new Blob([fs.readFileSync(cached)]) });
    } catch {
      fs.rmSync(cached, { force: true }); // half-written or of another build: make it again
    }
  }
  const db = await PGlite.create(options);
  try {
    const dump = Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer());
    fs.mkdirSync(cacheDir, { recursive: true });
    // written aside and renamed, since another window may be doing the same
    const partial = `${cached}.${process.pid}`;
    fs.writeFileSync(partial, dump);
    fs.renameSync(partial, cached);
  } catch {
    // no cache, then: the next start is slower
  }
  return db;
}

const opened = openPlanner(workerData as ShadowWorkerData).then(db => new Shadow(db));
let queue: Promise<unknown> = opened.catch(() => undefined);

parentPort?.on('message', ({ id, request }: ShadowCall) => {
  queue = queue.then(async () => {
    try {
      const value = await (await opened).answer(request);
      reply({ id, ok: true, ...value });
    } catch (error) {
      reply({
        id,
        ok: false,
        message: (error as Error).message,
        sqlState: error instanceof StepFailed ? error.sqlState : (error as { code?: string }).code,
        what: error instanceof StepFailed ? error.what : undefined,
      });
    }
  });
});

function reply(answer: ShadowAnswer): void {
  parentPort?.postMessage(answer);
}

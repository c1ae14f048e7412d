import type { PGlite } from '@electric-sql/pglite';
import type { ShadowIndex } from '../shadowProtocol';
import { keyOf, type ForgedStorage, type Stored } from './forgedStorage';
import { restoreAttribute, restoreSize } from './restoreStatistics';
import { literal, rowsOf, StepFailed } from './sqlText';

interface Hypothetical {
  /** `pg_class.oid` of the index and, on a partitioned table, of those on its partitions. */
  readonly oids: readonly number[];
  visible: boolean;
}

interface BuiltIndex {
  readonly oid: number;
  /** `pg_class.relkind`: `I` for the index of a partitioned table, which has no file. */
  readonly kind: string;
  readonly schema: string;
  readonly name: string;
  /** `schema.name` of its table. */
  readonly parent: string;
  readonly file: string;
}

/** Indexes built once, on empty tables, and then shown to the planner or hidden from it. */
export class HypotheticalIndexes {
  private readonly hypothetical = new Map<string, Hypothetical>();

  /** `stored`: the tables by `schema.name`. */
  constructor(
    private readonly db: PGlite,
    private readonly storage: ForgedStorage,
    private readonly stored: ReadonlyMap<string, Stored>,
  ) {}

  /** Gives the names of the indexes made: its own, or one for each partition. */
  async create(index: ShadowIndex): Promise<string[]> {
    // an index build reads its table: it must be empty while that happens
    const tables = index.tables.flatMap(table => this.stored.get(keyOf(table)) ?? []);
    for (const { file } of tables) if (file) this.storage.setPages(file, 0);
    try {
      const created = await this.build(index);
      const leaves = created.filter(({ kind }) => kind === 'i');
      const tuplesOf = (parent: string): number => Math.max(0, this.stored.get(parent)?.facts.tuples ?? 0);
      const total = leaves.reduce((sum, { parent }) => sum + tuplesOf(parent), 0);
      // building an index counts its table's rows, which are none
      const calls = tables.map(({ facts }) => restoreSize(facts));
      for (const { schema, name, parent, file } of leaves) {
        // a partitioned index: each partition's share follows its rows
        const share = leaves.length > 1 ? tuplesOf(parent) / Math.max(1, total) : 1;
        const pages = Math.max(2, Math.round(index.pages * share));
        const size = { schema, name, analyzedPages: pages, tuples: index.tuples * share, allVisiblePages: 0 };
        this.storage.raiseTree(file, index.treeHeight, pages);
        this.storage.setPages(file, pages);
        calls.push(restoreSize(size), ...index.attributes.map(each => restoreAttribute(schema, name, each)));
      }
      this.hypothetical.set(index.name, { oids: created.map(({ oid }) => oid), visible: true });
      try {
        await this.db.exec(`select ${calls.join(', ')}`);
      } catch (error) {
        await this.drop([index.name]);
        throw error;
      }
      return leaves.map(({ name }) => name);
    } finally {
      for (const { facts, file } of tables) if (file) this.storage.setPages(file, facts.currentPages);
    }
  }

  /** The index, and on a partitioned table those on its partitions. */
  private async build({ sql, name, schema }: ShadowIndex): Promise<BuiltIndex[]> {
    try {
      return await rowsOf<BuiltIndex>(
        this.db,
        `${sql};
         with recursive made(oid) as (
           select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relname = ${literal(name)} and n.nspname = ${literal(schema)}
           union all select i.inhrelid from pg_inherits i join made m on i.inhparent = m.oid)
         select c.oid::int8 as oid, c.relkind as kind, n.nspname as schema, c.relname as name,
           tn.nspname || '.' || t.relname as parent, pg_relation_filepath(c.oid) as file
         from made m join pg_class c on c.oid = m.oid join pg_namespace n on n.oid = c.relnamespace
         join pg_index x on x.indexrelid = c.oid join pg_class t on t.oid = x.indrelid
         join pg_namespace tn on tn.oid = t.relnamespace`,
      );
    } catch (error) {
      throw new StepFailed((error as Error).message, `index ${name}`, (error as { code?: string }).code);
    }
  }

  dropAll(): Promise<void> {
    return this.drop([...this.hypothetical.keys()]);
  }

  async drop(names: readonly string[]): Promise<void> {
    const known = names.flatMap(name => this.hypothetical.get(name)?.oids.slice(0, 1) ?? []);
    for (const oid of known) {
      const [row] = await rowsOf<{ sql: string }>(this.db, `select 'drop index ' || ${oid}::regclass as sql`);
      if (row) await this.db.exec(row.sql);
    }
    for (const name of names) this.hypothetical.delete(name);
  }

  /** The planner passes over an index that is not valid: cheaper than dropping and creating it again. */
  async showOnly(wanted: ReadonlySet<string>, among: readonly string[]): Promise<void> {
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

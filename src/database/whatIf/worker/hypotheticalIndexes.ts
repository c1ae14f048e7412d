import type { PGlite } from '@electric-sql/pglite';
import type { GinCounters } from '../../../core/advisor/indexes/ginSize';
import type { ShadowIndex } from '../shadowProtocol';
import { withGinCounters, withRangeMap } from './forgedFirstPage';
import { keyOf, type ForgedStorage, type Stored } from './forgedStorage';
import { restoreAttribute, restoreSize } from './restoreStatistics';
import { literal, quoted, rowsOf, StepFailed } from './sqlText';

interface Hypothetical {
  /** `pg_class.oid` of the index and, on a partitioned table, after it of those on its partitions. */
  readonly oids: readonly number[];
  visible: boolean;
}

interface BuiltIndex {
  /** The index that was asked for. */
  readonly root: string;
  readonly oid: number;
  /** `pg_class.relkind`: `I` for the index of a partitioned table, which has no file. */
  readonly kind: string;
  readonly method: string;
  readonly schema: string;
  readonly name: string;
  /** `schema.name` of its table. */
  readonly parent: string;
  readonly file: string;
}

/** Access methods that write the first page of a new index through shared buffers, and whose costs depend on it. */
const FIRST_PAGE_IN_BUFFERS = new Set(['gin', 'brin']);
const TABLESPACE = 'query_tuner_forged';

/** Indexes built once, on empty tables, and then shown to the planner or hidden from it. */
export class HypotheticalIndexes {
  private readonly hypothetical = new Map<string, Hypothetical>();
  private hasTablespace = false;

  /** `stored`: the tables by `schema.name`. */
  constructor(
    private readonly db: PGlite,
    private readonly storage: ForgedStorage,
    private readonly stored: ReadonlyMap<string, Stored>,
  ) {}

  /**
   * Makes all or, if one fails, none: many at once take half the time of one by one. Gives for each index the names of
   * those made: its own, or one for each partition.
   */
  async create(indexes: readonly ShadowIndex[]): Promise<string[][]> {
    // an index build reads its table: it must be empty while that happens
    const tables = new Set(
      indexes.flatMap(index => index.tables.flatMap(table => this.stored.get(keyOf(table)) ?? [])),
    );
    for (const { file } of tables) if (file) this.storage.setPages(file, 0);
    try {
      const built = await this.freshFiles(await this.build(indexes));
      // building an index counts its table's rows, which are none
      const calls = [...tables].map(({ facts }) => restoreSize(facts));
      const names: string[][] = [];
      for (const index of indexes) {
        const created = built.filter(({ root }) => root === index.name);
        const leaves = created.filter(({ kind }) => kind === 'i');
        calls.push(...this.forge(index, leaves));
        names.push(leaves.map(({ name }) => name));
        this.hypothetical.set(index.name, { oids: created.map(({ oid }) => oid), visible: true });
      }
      try {
        await this.db.exec(`select ${calls.join(', ')}`);
      } catch (error) {
        await this.drop(indexes.map(({ name }) => name));
        throw error;
      }
      return names;
    } finally {
      for (const { facts, file } of tables) if (file) this.storage.setPages(file, facts.currentPages);
    }
  }

  /** Makes the files look as large as the index would be. @returns calls that give them its statistics. */
  private forge(index: ShadowIndex, leaves: readonly BuiltIndex[]): string[] {
    const tuplesOf = (parent: string): number => Math.max(0, this.stored.get(parent)?.facts.tuples ?? 0);
    const total = leaves.reduce((sum, { parent }) => sum + tuplesOf(parent), 0);
    return leaves.flatMap(({ schema, name, method, parent, file }) => {
      // a partitioned index: each partition's share follows its rows
      const share = leaves.length > 1 ? tuplesOf(parent) / Math.max(1, total) : 1;
      const pages = Math.max(2, Math.round(index.pages * share));
      const size = { schema, name, analyzedPages: pages, tuples: index.tuples * share, allVisiblePages: 0 };
      if (method === 'gin' && index.gin)
        this.storage.editFirstPage(file, withGinCounters(shareOf(index.gin, share), pages));
      else if (method === 'brin')
        this.storage.editFirstPage(file, withRangeMap(this.stored.get(parent)?.facts.currentPages ?? 0));
      else this.storage.raiseTree(file, index.treeHeight, pages);
      this.storage.setPages(file, pages);
      return [restoreSize(size), ...index.attributes.map(each => restoreAttribute(schema, name, each))];
    });
  }

  /** The indexes, and on a partitioned table those on its partitions. */
  private async build(indexes: readonly ShadowIndex[]): Promise<BuiltIndex[]> {
    const names = indexes.map(({ schema, name }) => `(${literal(schema)}, ${literal(name)})`);
    try {
      return await rowsOf<BuiltIndex>(
        this.db,
        `${indexes.map(({ sql }) => sql).join(';\n')};
         with recursive made(root, oid, depth) as (
           select c.relname, c.oid, 0 from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where (n.nspname, c.relname) in (${names.join(', ')})
           union all select m.root, i.inhrelid, m.depth + 1 from pg_inherits i join made m on i.inhparent = m.oid)
         select m.root, c.oid::int8 as oid, c.relkind as kind, a.amname as method, n.nspname as schema,
           c.relname as name, tn.nspname || '.' || t.relname as parent, pg_relation_filepath(c.oid) as file
         from made m join pg_class c on c.oid = m.oid join pg_namespace n on n.oid = c.relnamespace
         join pg_am a on a.oid = c.relam
         join pg_index x on x.indexrelid = c.oid join pg_class t on t.oid = x.indrelid
         join pg_namespace tn on tn.oid = t.relnamespace order by m.depth`,
      );
    } catch (error) {
      const what = indexes.length === 1 ? `index ${indexes[0]!.name}` : `${indexes.length} indexes`;
      throw new StepFailed((error as Error).message, what, (error as { code?: string }).code);
    }
  }

  /** Copies indexes whose first page PostgreSQL holds in memory to files that it has not read yet. */
  private async freshFiles(built: readonly BuiltIndex[]): Promise<readonly BuiltIndex[]> {
    const held = built.filter(({ kind, method }) => kind === 'i' && FIRST_PAGE_IN_BUFFERS.has(method));
    if (held.length === 0) return built;
    try {
      if (!this.hasTablespace) {
        await this.db.exec(`set allow_in_place_tablespaces = on`);
        await this.db.exec(`create tablespace ${TABLESPACE} location ''`);
        this.hasTablespace = true;
      }
      const moves = held.map(
        ({ schema, name }) => `alter index ${quoted(schema)}.${quoted(name)} set tablespace ${TABLESPACE}`,
      );
      const moved = await rowsOf<{ oid: number; file: string }>(
        this.db,
        `${moves.join(';\n')};
         select oid::int8 as oid, pg_relation_filepath(oid) as file from pg_class
         where oid in (${held.map(({ oid }) => oid).join(', ')})`,
      );
      const files = new Map(moved.map(({ oid, file }) => [oid, file]));
      return built.map(index => ({ ...index, file: files.get(index.oid) ?? index.file }));
    } catch (error) {
      const roots = built.filter(({ root, name }) => root === name);
      await this.db.exec(`drop index ${roots.map(each => `${quoted(each.schema)}.${quoted(each.name)}`).join(', ')}`);
      throw error;
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
    const changed = among.flatMap(name => {
      const known = this.hypothetical.get(name);
      return known && known.visible !== wanted.has(name) ? [known] : [];
    });
    if (changed.length === 0) return;
    const all = changed.flatMap(({ oids }) => oids);
    const shown = changed.flatMap(({ oids, visible }) => (visible ? [] : oids));
    // oid 0 is no index: the list must not be empty
    const valid = `indexrelid in (${[0, ...shown].join(', ')})`;
    await this.db.exec(`update pg_index set indisvalid = ${valid} where indexrelid in (${all.join(', ')})`);
    for (const each of changed) each.visible = !each.visible;
  }
}

/** A partition has its share of the pages, but most of the keys may be in each: the tree of keys follows its pages. */
function shareOf({ entries, entryPages, dataPages }: GinCounters, share: number): GinCounters {
  const part = (count: number): number => Math.max(1, Math.round(count * share));
  return { entries: part(entries), entryPages: part(entryPages), dataPages: Math.round(dataPages * share) };
}

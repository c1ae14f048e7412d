import type { PGlite } from '@electric-sql/pglite';
import type { ExtendedStatisticsFacts } from '../shadowProtocol';
import { restoreAttribute } from './restoreStatistics';
import { literal, quoted, rowsOf } from './sqlText';

// Names and numbers of PostgreSQL's statistics.h.
const STATS_NDISTINCT_MAGIC = 0xa352bfa4;
const STATS_DEPS_MAGIC = 0xb4549a2c;
const STATS_TYPE_BASIC = 1;

/** A table of our own for a moment, in which PostgreSQL makes parts of the statistics. */
const SCRATCH = 'pg_temp.query_tuner_scratch';
const EXPRESSIONS = 'pg_catalog.query_tuner_expressions';

/** PostgreSQL takes no such value from outside, but stores them like any other bytes. */
export async function allowStatisticsFromBytes(db: PGlite): Promise<void> {
  for (const type of ['pg_ndistinct', 'pg_dependencies', 'pg_mcv_list'])
    await db.exec(`create cast (bytea as ${type}) without function`);
}

/** Gives a statistics object that exists already what the server's has. Throws PostgreSQL's error. */
export async function restoreExtendedStatistics(db: PGlite, facts: ExtendedStatisticsFacts): Promise<void> {
  const [object] = await rowsOf<{ oid: number; numbers: Record<string, number> }>(
    db,
    `select s.oid::int8 as oid, (select json_object_agg(attname, attnum) from pg_attribute
       where attrelid = s.stxrelid and attnum > 0) as numbers
     from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
     where n.nspname = ${literal(facts.schema)} and s.stxname = ${literal(facts.name)}`,
  );
  if (!object) return;
  const here = new Map(facts.keys.map((key, i) => [key, object.numbers[facts.columns[i]!]!]));
  const number = (key: number): number => (key < 0 ? key : (here.get(key) ?? key));
  const ndistinct = facts.ndistinct === null ? null : ndistinctBytes(facts.ndistinct, number);
  const dependencies = facts.dependencies === null ? null : dependenciesBytes(facts.dependencies, number);
  const common = facts.values === null ? null : await commonValueBytes(db, facts);
  try {
    const expressions = await expressionStatistics(db, facts);
    await db.exec(`
    delete from pg_statistic_ext_data where stxoid = ${object.oid} and stxdinherit = ${facts.inherited};
    insert into pg_statistic_ext_data (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv, stxdexpr)
    values (${object.oid}, ${facts.inherited}, ${bytes(ndistinct)}::pg_ndistinct, ${bytes(dependencies)}::pg_dependencies,
      ${bytes(common)}::pg_mcv_list, ${expressions})`);
  } finally {
    await db.exec(`drop table if exists ${EXPRESSIONS}`);
  }
}

function bytes(value: Uint8Array | null): string {
  return value === null ? 'null::bytea' : `'\\x${Buffer.from(value).toString('hex')}'::bytea`;
}

/** statext_ndistinct_serialize: a header, then for each item its count, the number of its attributes and these. */
function ndistinctBytes(text: string, number: (key: number) => number): Uint8Array {
  const items = [...text.matchAll(/"([-\d, ]+)": ([\d.]+)/g)].map(([, keys, count]) => ({
    keys: keys!.split(', ').map(key => number(Number(key))),
    count: Number(count),
  }));
  const writer = new Writer(STATS_NDISTINCT_MAGIC, items.length);
  for (const { keys, count } of items) writer.double(count).int32(keys.length).int16s(keys);
  return writer.bytes();
}

/** statext_dependencies_serialize: as above, but the number of attributes takes two bytes. */
function dependenciesBytes(text: string, number: (key: number) => number): Uint8Array {
  const items = [...text.matchAll(/"([-\d, ]+) => (-?\d+)": ([\d.]+)/g)].map(([, keys, implied, degree]) => ({
    keys: [...keys!.split(', '), implied!].map(key => number(Number(key))),
    degree: Number(degree),
  }));
  const writer = new Writer(STATS_DEPS_MAGIC, items.length);
  for (const { keys, degree } of items) writer.double(degree).int16s([keys.length, ...keys]);
  return writer.bytes();
}

class Writer {
  private readonly buffers: Buffer[] = [];

  constructor(magic: number, items: number) {
    this.int32(magic).int32(STATS_TYPE_BASIC).int32(items);
  }

  int32(value: number): this {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value >>> 0);
    this.buffers.push(buffer);
    return this;
  }

  int16s(values: readonly number[]): this {
    const buffer = Buffer.alloc(2 * values.length);
    values.forEach((value, i) => buffer.writeInt16LE(value, 2 * i));
    this.buffers.push(buffer);
    return this;
  }

  double(value: number): this {
    const buffer = Buffer.alloc(8);
    buffer.writeDoubleLE(value);
    this.buffers.push(buffer);
    return this;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.buffers);
  }
}

/** Columns and expressions of the object, in the order its statistics count them. */
function dimensions({ columns, expressions }: ExtendedStatisticsFacts): string[] {
  return [...columns.map(quoted), ...(expressions ?? []).map(text => `(${text})`)];
}

/**
 * PostgreSQL's own ANALYZE serialises the list: over a scratch table with each combination once. The frequencies it
 * finds there are then replaced by the server's; they stand before the dimension indexes of each item at the end.
 */
async function commonValueBytes(db: PGlite, facts: ExtendedStatisticsFacts): Promise<Uint8Array | null> {
  const values = facts.values ?? [];
  const parts = dimensions(facts);
  if (values.length === 0 || parts.length < 2) return null;
  const names = parts.map((_part, i) => `c${i + 1}`);
  const isNull = (item: number, i: number): boolean => facts.nulls?.[item]?.[i] ?? false;
  const rows = values.map(
    (item, row) => `(${item.map((value, i) => literal(isNull(row, i) ? null : value)).join(', ')})`,
  );
  await db.exec(`
    create temp table query_tuner_scratch as
      select ${parts.map((part, i) => `${part} as ${names[i]}`).join(', ')} from only ${facts.table} limit 0;
    create statistics pg_temp.query_tuner_statistics (mcv) on ${names.join(', ')} from ${SCRATCH};
    alter statistics pg_temp.query_tuner_statistics set statistics 10000;
    insert into ${SCRATCH} values ${rows.join(', ')};
    analyze ${SCRATCH}`);
  try {
    const [row] = await rowsOf<{ list: Uint8Array | null; items: { values: (string | null)[]; nulls: boolean[] }[] }>(
      db,
      `select d.stxdmcv::bytea as list, (
         select json_agg(json_build_object('values', m.values, 'nulls', m.nulls) order by m.index)
         from pg_mcv_list_items(d.stxdmcv) m) as items
       from pg_statistic_ext s join pg_statistic_ext_data d on d.stxoid = s.oid
       where s.stxrelid = '${SCRATCH}'::regclass`,
    );
    if (!row?.list) return null;
    const identity = (item: readonly (string | null)[], nulls: readonly boolean[]): string =>
      JSON.stringify(item.map((value, i) => (nulls[i] ? null : value)));
    const place = new Map(values.map((item, i) => [identity(item, facts.nulls?.[i] ?? []), i]));
    const list = Buffer.from(row.list);
    const itemBytes = parts.length * 3 + 16;
    for (const [index, item] of row.items.entries()) {
      const source = place.get(identity(item.values, item.nulls));
      if (source === undefined) return null;
      const offset = list.length - (row.items.length - index) * itemBytes + parts.length;
      list.writeDoubleLE(Number(facts.frequencies?.[source]), offset);
      list.writeDoubleLE(Number(facts.baseFrequencies?.[source]), offset + 8);
    }
    return list;
  } finally {
    await db.exec('drop table if exists pg_temp.query_tuner_scratch');
  }
}

/** Makes {@link EXPRESSIONS} and gives SQL for an array of `pg_statistic` rows, taken from its columns. */
async function expressionStatistics(db: PGlite, facts: ExtendedStatisticsFacts): Promise<string> {
  const known = facts.expressionStatistics ?? [];
  const expressions = facts.expressions ?? [];
  if (known.length === 0 || known.length !== expressions.length) return 'null';
  const [schema, name] = EXPRESSIONS.split('.') as [string, string];
  const calls = known.map((statistics, i) =>
    restoreAttribute(schema, name, { ...statistics, inherited: false, attname: `c${i + 1}` }),
  );
  await db.exec(`
    create table ${EXPRESSIONS} as
      select ${expressions.map((text, i) => `(${text}) as c${i + 1}`).join(', ')} from only ${facts.table} limit 0;
    select ${calls.join(', ')}`);
  return `array(select (select s from pg_statistic s where s.starelid = a.attrelid and s.staattnum = a.attnum)
    from pg_attribute a where a.attrelid = '${EXPRESSIONS}'::regclass and a.attnum > 0 order by a.attnum)`;
}

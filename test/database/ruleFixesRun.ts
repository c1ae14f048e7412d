import pg from 'pg';
import { bindParameters } from '../../src/core/sql/parameters';
import type { ParsedStatement } from '../../src/core/sql/statement';
import { walk } from '../../src/core/sql/walk';
import { sortPositions } from './ruleFixesOrder';
import { randomNumbers } from '../support/randomNumbers';
import { valuesOf } from './ruleFixesRows';

/** Lends a connection that gives values as the server writes them: a `Date` would lose microseconds. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const asText = { getTypeParser: () => (value: unknown) => value };
  const client = new pg.Client({ connectionString: url, types: asText as unknown as pg.CustomTypesConfig });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What running statements leaves to see. */
export interface Outcome {
  /** SQLSTATE and message of the statement that failed. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Rows of the last statement that gives any, in their order. */
  readonly rows: readonly string[];
  /** Names and types of their columns. */
  readonly columns: readonly string[];
  /** Positions in the rows that ORDER BY sorts by, -1 for what the rows do not show; undefined without an order. */
  readonly sortedBy: readonly number[] | undefined;
  /** Tables and definitions afterwards, where statements may change them. */
  readonly state: readonly string[];
}

/** By the number or name of a placeholder. */
export type Values = ReadonlyMap<string, string | null>;

/** Runs statements and undoes what they did; `writes` if what they leave behind is to be seen. */
export async function observe(
  client: pg.Client,
  statements: readonly ParsedStatement[],
  values: Values,
  writes: boolean,
): Promise<Outcome> {
  // Sequences go on counting after a rollback.
  if (writes) await client.query('SELECT setval(c.oid, 1000) FROM pg_class c WHERE relkind = $1', ['S']);
  await client.query('SAVEPOINT observed');
  let last: pg.QueryArrayResult<string[]> | undefined;
  let sorted: ParsedStatement | undefined;
  try {
    for (const statement of statements) {
      const { text, parameters } = sendable(statement, values);
      const result = await client.query<string[]>({ text, values: [...parameters], rowMode: 'array' });
      if (result.fields.length > 0) [last, sorted] = [result, statement];
    }
    const columns = (last?.fields ?? []).map(({ name, dataTypeID }) => `${name} ${dataTypeID}`);
    return {
      rows: (last?.rows ?? []).map(row => JSON.stringify(row)),
      columns,
      sortedBy: sorted && sortPositions(sorted),
      state: writes ? await readState(client) : [],
    };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code = '', message } = error;
    return { error: { code, message }, rows: [], columns: [], sortedBy: undefined, state: [] };
  } finally {
    await client.query('ROLLBACK TO observed');
  }
}

/** The text for the server, and the parameters that a driver would send with it. */
function sendable(statement: ParsedStatement, values: Values): { text: string; parameters: (string | null)[] } {
  const { placeholders } = statement;
  const isDollar = placeholders.length > 0 && placeholders.every(({ style }) => style === 'dollar');
  // A driver sends $1, $2 ... as they were, whatever the statement still mentions.
  if (isDollar) return { text: inTransaction(statement.text), parameters: [...values.values()] };
  const { sql, parameters } = bindParameters(statement);
  return { text: inTransaction(sql), parameters: parameters.map(({ name }) => values.get(name) ?? null) };
}

/** CONCURRENTLY changes how long others wait and not what is made; it cannot be undone. */
function inTransaction(sql: string): string {
  return sql.replace(/\bCONCURRENTLY\b/i, '');
}

/** How two outcomes differ; undefined if they mean the same. */
export function difference(before: Outcome, after: Outcome): string | undefined {
  if (before.error) return after.error ? undefined : `failed before (${before.error.message}), runs now`;
  if (after.error) return `fails now: ${after.error.message}`;
  const columns = after.columns.map((column, at) => {
    // A column without a name of its own has none to keep.
    const was = before.columns[at] ?? '';
    return was.startsWith('?column? ') ? column.replace(/^.* /, '?column? ') : column;
  });
  if (String(columns) !== String(before.columns)) return `columns ${before.columns} become ${after.columns}`;
  const lost = without(before.rows, after.rows);
  const added = without(after.rows, before.rows);
  if (lost.length + added.length > 0)
    return `${before.rows.length} rows become ${after.rows.length}: ${lost.length} lost (${lost[0]}), ${added.length} new (${added[0]})`;
  if (before.sortedBy && !isSameOrder(before.sortedBy, before, after)) return 'the order of the rows changes';
  const gone = without(before.state, after.state);
  const fresh = without(after.state, before.state);
  return gone.length + fresh.length > 0 ? `left behind: ${gone[0]} becomes ${fresh[0]}` : undefined;
}

function without(some: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
  return some.filter(each => {
    const left = counts.get(each) ?? 0;
    counts.set(each, left - 1);
    return left <= 0;
  });
}

/** Rows that tie may change places if their keys can be seen; else nothing may. */
function isSameOrder(positions: readonly number[], before: Outcome, after: Outcome): boolean {
  const keys = ({ rows }: Outcome): string[] =>
    rows.map(row => {
      const cells = JSON.parse(row) as unknown[];
      return positions.includes(-1) ? row : JSON.stringify(positions.map(at => cells[at]));
    });
  return String(keys(before)) === String(keys(after));
}

const STATE = `
SELECT format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm')
  WHERE a.attnum > 0 AND c.relnamespace IN (SELECT oid FROM mine)
UNION ALL
SELECT format('relation %s %s %s', oid::regclass, relkind, relpersistence) FROM pg_class
  WHERE relnamespace IN (SELECT oid FROM mine) AND relkind NOT IN ('i', 't')
UNION ALL
SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace IN (SELECT oid FROM mine)
UNION ALL
SELECT format('function %s %s %s', oid::regprocedure, provolatile, proconfig) FROM pg_proc
  WHERE pronamespace IN (SELECT oid FROM mine)
UNION ALL
SELECT format('view %s %s', oid::regclass, pg_get_viewdef(oid)) FROM pg_class
  WHERE relkind IN ('v', 'm') AND relnamespace IN (SELECT oid FROM mine)`;

interface Index {
  readonly line: string;
  readonly entries: string;
  /** Counts the NULLs, which a hash index leaves out. */
  readonly nulls: string | null;
}

/** What an index holds, and not how it keeps it, which a fix may well change. */
const INDEXES = `
SELECT format('index on %s (%s), unique: %s', i.indrelid::regclass,
    (SELECT array_agg(DISTINCT k ORDER BY k) FROM unnest(i.indkey) k), i.indisunique) AS line, c.reltuples AS entries,
    CASE WHEN m.amname = 'hash' THEN format('SELECT count(*) FROM %s WHERE %s IS NULL', i.indrelid::regclass, pg_get_indexdef(c.oid, 1, true)) END AS nulls
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam WHERE c.relnamespace IN (SELECT oid FROM mine)`;

/**
 * Tables with their rows, and the definitions around them. Of an index only what it holds: a fix may well change how
 * it is kept.
 */
async function readState(client: pg.Client): Promise<string[]> {
  const mine = `WITH mine AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_(?!temp)|information_schema)')`;
  const definitions = await client.query<[string]>({ text: `${mine} ${STATE}`, rowMode: 'array' });
  const tables = await client.query<[string]>({
    text: `${mine} SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace IN (SELECT oid FROM mine)`,
    rowMode: 'array',
  });
  const indexes = await client.query<Index>(`${mine} ${INDEXES}`);
  const state = definitions.rows.map(([line]) => line);
  for (const { line, entries, nulls } of indexes.rows) {
    const absent = nulls === null ? 0 : Number((await client.query<{ count: string }>(nulls)).rows[0]?.count);
    state.push(`${line}, ${Number(entries) + absent} entries`);
  }
  for (const [table] of tables.rows) {
    state.push(...(await rowsOf(client, table, table)));
    state.push(...(await rowsSeen(client, table)));
  }
  return state;
}

async function rowsOf(client: pg.Client, table: string, label: string): Promise<string[]> {
  const { rows } = await client.query<[string]>({ text: `SELECT t::text FROM ${table} t`, rowMode: 'array' });
  return rows.map(([row]) => `${label}: ${row}`);
}

/** What row security leaves a user to see, on tables that have a policy. */
async function rowsSeen(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query(`SELECT FROM pg_policy WHERE polrelid = $1::regclass`, [table]);
  if (rows.length === 0) return [];
  await client.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; GRANT SELECT ON ${table} TO authenticated`);
  await client.query('SET LOCAL ROLE authenticated');
  const seen = await rowsOf(client, table, `${table} as seen by a user`);
  await client.query('RESET ROLE');
  return seen;
}

const MOST_COMBINATIONS = 16;

/** Values for the placeholders of statements: NULL, values of the type the server finds for them, and constants near by. */
export async function valuesFor(
  client: pg.Client,
  statements: readonly ParsedStatement[],
  mentioned: readonly string[],
): Promise<Values[]> {
  const choices = new Map<string, readonly (string | null)[]>();
  for (const statement of statements) {
    if (statement.placeholders.length === 0) continue;
    const { sql, parameters } = bindParameters(statement);
    const types = await parameterTypes(client, sql);
    const dollars = parameters.filter(({ style }) => style === 'dollar');
    // $2 without $1 still is the second that a driver sends.
    for (let number = 1; number <= Math.max(0, ...dollars.map(({ name }) => Number(name))); number++)
      if (!choices.has(String(number))) choices.set(String(number), [null]);
    parameters.forEach(({ name }, at) => choices.set(name, [null, ...valuesOf(types[at] ?? 'text', mentioned)]));
  }
  if (choices.size === 0) return [new Map()];
  const random = randomNumbers(7);
  const most = Math.min(
    MOST_COMBINATIONS,
    [...choices.values()].reduce((product, { length }) => product * length, 1),
  );
  return Array.from(
    { length: most },
    (_, at) =>
      new Map([...choices].map(([name, all]) => [name, all[choices.size === 1 ? at : random(all.length)] ?? null])),
  );
}

async function parameterTypes(client: pg.Client, sql: string): Promise<string[]> {
  await client.query('SAVEPOINT prepared');
  try {
    await client.query(`PREPARE tried AS ${sql}`);
    const { rows } = await client.query<{ name: string }>(
      `SELECT t.typname AS name FROM pg_prepared_statements, unnest(parameter_types) WITH ORDINALITY AS p (type, n)
       JOIN pg_type t ON t.oid = p.type WHERE pg_prepared_statements.name = 'tried' ORDER BY n`,
    );
    await client.query('DEALLOCATE tried');
    return rows.map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK TO prepared');
    return [];
  }
}

/** Constants of a statement, and numbers next to them. */
export function constantsOf(statements: readonly ParsedStatement[]): string[] {
  const found = new Set<string>();
  for (const { tree } of statements) {
    walk(tree, (type, fields) => {
      if (type !== 'A_Const') return;
      const text = (fields.sval as { sval?: string } | undefined)?.sval;
      const decimal = (fields.fval as { fval?: string } | undefined)?.fval;
      const integer = fields.ival && ((fields.ival as { ival?: number }).ival ?? 0);
      if (text !== undefined) found.add(text).add(text.toUpperCase()).add(`${text} `);
      if (decimal !== undefined) found.add(decimal).add(decimal.replace(/\..*/, ''));
      if (typeof integer === 'number') for (const near of [integer - 1, integer, integer + 1]) found.add(String(near));
    });
  }
  return [...found];
}

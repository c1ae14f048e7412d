import pg from 'pg';
import { sortKeysOf, withExpressions, withoutLimit } from '../../../src/core/advisor/rewrites/comparedQuery';
import type { Grammar } from '../../../src/core/sql/grammar';
import { namesOf } from '../../../src/core/sql/names/namesOf';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { Script } from '../../../src/core/sql/script';
import type { ParsedStatement } from '../../../src/core/sql/statement';
import { COLUMNS } from './schema';

/** Two texts to run: one query each, or statements that write. */
export interface TextsToCompare {
  readonly original: string;
  readonly rewritten: string;
  /** Values of `$1`...; as many as the original has. */
  readonly parameters: readonly (string | null)[];
  /** A condition under which they are not compared. */
  readonly applies?: string;
}

export type Compared =
  | { readonly kind: 'equal'; readonly rows: number }
  | { readonly kind: 'applies' }
  | { readonly kind: 'original fails'; readonly code: string; readonly message: string }
  | { readonly kind: 'different'; readonly reason: string };

/**
 * Compares in the client what `verifyRewrite` counts in the server: written apart from it, so that each can find the
 * other's mistakes, and with one round trip for most pairs of queries.
 */
export async function compareTexts(client: pg.Client, grammar: Grammar, texts: TextsToCompare): Promise<Compared> {
  const before = new Script(grammar, texts.original).statements.map(({ statement }) => statement);
  const after = new Script(grammar, texts.rewritten).statements.map(({ statement }) => statement);
  const bad = after.find(({ syntaxError }) => syntaxError);
  const [first] = before;
  const [second] = after;
  if (bad || !first || !second) return different(`does not parse: ${bad?.syntaxError?.message}`);
  const isQuery = before.length === 1 && after.length === 1 && first.kind === 'SelectStmt';
  return isQuery ? compareQueries(client, grammar, texts, [first, second]) : compareWrites(client, texts);
}

type Pair = readonly [original: ParsedStatement, rewritten: ParsedStatement];

async function compareQueries(
  client: pg.Client,
  grammar: Grammar,
  texts: TextsToCompare,
  statements: Pair,
): Promise<Compared> {
  const keys = shownKeys(statements);
  const shown = keys ? { ...texts, original: keys.texts[0], rewritten: keys.texts[1] } : texts;
  const outcome = await run(client, shown);
  if ('kind' in outcome) return outcome;
  const reason = difference(outcome, keys?.positions);
  if (reason === undefined) return { kind: 'equal', rows: outcome.was.rows.length };
  const isTie = await differsOnlyByTies(client, grammar, shown, outcome, keys?.positions);
  return isTie ? { kind: 'equal', rows: outcome.was.rows.length } : different(reason);
}

interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

interface Results {
  readonly was: Result;
  readonly now: Result;
}

/** Both results, in one message unless something fails. */
async function run(client: pg.Client, texts: TextsToCompare): Promise<Results | Compared> {
  const { original, rewritten, parameters, applies = 'false' } = texts;
  const condition = `SELECT ${applies}`;
  const asked = [condition, sendable(original, parameters), sendable(rewritten, parameters)].join(';\n');
  const together = await resultsOf(client, asked);
  if (!(together instanceof pg.DatabaseError)) {
    const [said, was, now] = together;
    return isTrue(said) ? { kind: 'applies' } : { was: was!, now: now! };
  }
  const said = await resultsOf(client, condition);
  if (said instanceof pg.DatabaseError) throw new Error(`${condition}: ${said.message}`);
  if (isTrue(said[0])) return { kind: 'applies' };
  const alone = await resultsOf(client, sendable(original, parameters));
  return alone instanceof pg.DatabaseError
    ? { kind: 'original fails', code: alone.code ?? '', message: alone.message }
    : different(`fails: ${together.message}`);
}

/** With parameters as a driver would send them, each used or not. */
function sendable(sql: string, parameters: readonly (string | null)[]): string {
  if (parameters.length === 0) return sql;
  const values = parameters.map(value => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)).join(', ');
  return `DEALLOCATE ALL; PREPARE tried AS ${sql}\n; EXECUTE tried (${values})`;
}

/** The results of the SELECTs in a text, or the error. */
async function resultsOf(client: pg.Client, sql: string): Promise<Result[] | pg.DatabaseError> {
  try {
    const answer: unknown = await client.query({ text: sql, rowMode: 'array' });
    const all = (Array.isArray(answer) ? answer : [answer]) as pg.QueryArrayResult<(string | null)[]>[];
    return all
      .filter(({ command }) => command === 'SELECT')
      .map(({ fields, rows }) => ({
        columns: fields.map(({ name, dataTypeID }) => `${name} ${dataTypeID}`),
        rows: rows.map(row => row.map((cell, at) => (NUMBERS.has(fields[at]!.dataTypeID) ? plainNumber(cell) : cell))),
      }));
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error;
    throw error;
  }
}

/** `float8` and `numeric`, of which 0, -0 and 0.00 are one group, and nobody says which stands for it. */
const NUMBERS = new Set([701, 1700]);

function plainNumber(cell: string | null): string | null {
  if (cell === null || !/^-?[\d.]+$/.test(cell)) return cell;
  const plain = cell.includes('.') ? cell.replace(/\.?0+$/, '') : cell;
  return plain === '-0' ? '0' : plain;
}

function isTrue(result: Result | undefined): boolean {
  return result?.rows[0]?.[0] === 't';
}

interface ShownKeys {
  readonly texts: readonly [original: string, rewritten: string];
  /** Of each key of the original's ORDER BY, in the rows of both. */
  readonly positions: readonly number[];
}

/** Both texts with the original's sort keys in their rows; undefined without an order, or where none can be shown. */
function shownKeys([original, rewritten]: Pair): ShownKeys | undefined {
  const keys = sortKeysOf(original) ?? [];
  const others = sortKeysOf(rewritten) ?? [];
  if (keys.length === 0) return undefined;
  const outputs = namesOf(original).queries[0]?.outputs ?? [];
  const hasStar = outputs.some(({ kind }) => kind === 'star');
  const expressions: [string, string][] = [];
  const positions = keys.map((key, index) => {
    if (key.kind === 'position') return key.position;
    const place = key.kind === 'name' ? outputs.findIndex(output => 'name' in output && output.name === key.name) : -1;
    if (place >= 0 && !hasStar) return place;
    const other = others[index];
    // An order that is gone shows itself by the rows as they come.
    expressions.push([key.text, other && other.kind !== 'position' ? other.text : key.text]);
    return -expressions.length;
  });
  const texts = [
    withExpressions(
      original,
      expressions.map(([text]) => text),
    ),
    withExpressions(
      rewritten,
      expressions.map(([, text]) => text),
    ),
  ] as const;
  if (texts[0] === undefined || texts[1] === undefined) return undefined;
  return { texts: [texts[0], texts[1]], positions: positions.map(at => (at < 0 ? -at - 1 - expressions.length : at)) };
}

/** How two results differ; undefined if they mean the same. Keys at negative positions count from the end. */
function difference({ was, now }: Results, keys: readonly number[] | undefined): string | undefined {
  const columns = now.columns.map((column, at) => {
    // A column without a name of its own has none to keep.
    const isUnnamed = was.columns[at]?.startsWith('?column? ');
    return isUnnamed ? column.replace(/^.* /, '?column? ') : column;
  });
  if (String(columns) !== String(was.columns))
    return `columns ${was.columns.join(', ')} become ${now.columns.join(', ')}`;
  const lost = surplus(was.rows, now.rows);
  const added = surplus(now.rows, was.rows);
  if (lost.length + added.length > 0) {
    return `${was.rows.length} rows become ${now.rows.length}: ${lost.length} lost (${lost[0]}), ${added.length} new (${added[0]})`;
  }
  if (keys && String(keysOf(was, keys)) !== String(keysOf(now, keys))) return 'the order of the rows changes';
  return undefined;
}

function surplus(some: Result['rows'], others: Result['rows']): string[] {
  const counts = new Map<string, number>();
  for (const other of others.map(row => JSON.stringify(row))) counts.set(other, (counts.get(other) ?? 0) + 1);
  return some
    .map(row => JSON.stringify(row))
    .filter(each => {
      const left = counts.get(each) ?? 0;
      counts.set(each, left - 1);
      return left <= 0;
    });
}

function keysOf({ rows }: Result, keys: readonly number[]): string[] {
  return rows.map(row => JSON.stringify(keys.map(at => row.at(at))));
}

/** True if LIMIT cuts among rows that tie, and without it both give the same rows. */
async function differsOnlyByTies(
  client: pg.Client,
  grammar: Grammar,
  texts: TextsToCompare,
  { was, now }: Results,
  keys: readonly number[] | undefined,
): Promise<boolean> {
  if (was.rows.length !== now.rows.length) return false;
  if (keys && String(keysOf(was, keys)) !== String(keysOf(now, keys))) return false;
  const whole = [texts.original, texts.rewritten].map(text => withoutLimit(parseStatement(grammar, text)));
  const [original, rewritten] = whole;
  if (original === undefined) return false;
  const outcome = await run(client, { ...texts, original, rewritten: rewritten ?? texts.rewritten });
  return !('kind' in outcome) && difference(outcome, undefined) === undefined;
}

/** What both texts give back and leave in the tables; undone each time. */
async function compareWrites(client: pg.Client, texts: TextsToCompare): Promise<Compared> {
  const { original, rewritten, parameters, applies = 'false' } = texts;
  const tables = [...new Set(COLUMNS.map(({ table }) => table))];
  const look = tables.map(table => `SELECT t::text FROM ${table} t ORDER BY 1`).join(';');
  const observe = async (sql: string): Promise<Result[] | pg.DatabaseError> => {
    try {
      return await resultsOf(client, `BEGIN; SELECT ${applies}; ${sendable(sql, parameters)}\n; ${look}`);
    } finally {
      await client.query('ROLLBACK');
    }
  };
  const was = await observe(original);
  if (was instanceof pg.DatabaseError) return { kind: 'original fails', code: was.code ?? '', message: was.message };
  if (isTrue(was[0])) return { kind: 'applies' };
  const now = await observe(rewritten);
  if (now instanceof pg.DatabaseError) return different(`fails: ${now.message}`);
  const states = [was, now].map(results => JSON.stringify(results.slice(-tables.length)));
  return states[0] === states[1] ? { kind: 'equal', rows: 1 } : different('the tables are left otherwise');
}

function different(reason: string): Compared {
  return { kind: 'different', reason };
}

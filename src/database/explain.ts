import type { CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError, type ExplainRequest, type ExplainResult, type Row } from '../core/ports';
import { explainPrefixLength } from '../core/sql/explainPrefix';
import { endWithClient } from './clientCheck';
import type { SentStatement } from './databaseErrors';
import type { Session } from './session';

/** Long enough for a report, short enough not to be forgotten on somebody's server. */
const STATEMENT_TIMEOUT_MS = 60_000;

/** A statement that waits this long for a lock would tell about the lock, not about itself. */
const LOCK_TIMEOUT_MS = 2_000;

const PREPARED = 'query_tuner_explained';

type Plan = ExplainResult['plan'];

/**
 * Explains one statement in a transaction of its own that is always rolled back, read-only unless `writes`.
 * What a rollback does not undo is told by `irreversibleEffects`.
 * @throws DatabaseError with ranges in `request.sql`; CancelledError once the signal has fired.
 */
export async function explainStatement(
  session: Session,
  serverVersion: number,
  request: ExplainRequest,
  signal?: CancelSignal,
): Promise<ExplainResult> {
  const statement = withoutExplain(request.sql);
  const wanted = highestParameter(statement.sql);
  const isGeneric = wanted > 0 && request.parameters.length === 0;
  if (isGeneric && request.analyze) {
    throw new DatabaseError('unsupported', `ANALYZE runs the statement, so its ${count(wanted)} must be given`);
  }
  if (!isGeneric && request.parameters.length < wanted) {
    throw new DatabaseError('sql', `the statement has ${count(wanted)}, ${request.parameters.length} given`);
  }
  session.takeNotices();
  const ending = ['rollback'];
  try {
    await session.execute(openTransaction(serverVersion, request), signal);
    await applySettings(session, request);
    const plan = isGeneric
      ? await explainPrepared(session, serverVersion, statement, request, ending, signal)
      : await explainDirectly(session, serverVersion, statement, request, signal);
    return { plan, serverVersion, notices: session.takeNotices() };
  } finally {
    await close(session, ending);
  }
}

/**
 * The options of EXPLAIN that a server of this version knows.
 * https://www.postgresql.org/docs/current/sql-explain.html and the release notes of 12, 13 and 17.
 */
export function explainOptions(
  serverVersion: number,
  wanted: Pick<ExplainRequest, 'analyze' | 'writes' | 'options'>,
): string {
  const { analyze, writes, options = {} } = wanted;
  const isOn = (name: string, otherwise: boolean, since = 0): boolean =>
    serverVersion >= since && (options[name] ?? otherwise);
  const list = ['FORMAT JSON'];
  if (isOn('VERBOSE', true)) list.push('VERBOSE');
  if (isOn('SETTINGS', true, 120000)) list.push('SETTINGS');
  if (analyze) list.push('ANALYZE');
  if (analyze) list.push(isOn('BUFFERS', true) ? 'BUFFERS' : 'BUFFERS OFF');
  if (analyze && !isOn('TIMING', true)) list.push('TIMING OFF');
  if (analyze && isOn('WAL', writes, 130000)) list.push('WAL');
  if (isOn('MEMORY', true, 170000)) list.push('MEMORY');
  // Turning the result into text is work that the client causes and a plain EXPLAIN ANALYZE hides.
  if (analyze && !writes && isOn('SERIALIZE', true, 170000)) list.push('SERIALIZE TEXT');
  return `(${list.join(', ')})`;
}

function openTransaction(serverVersion: number, request: ExplainRequest): string {
  const { writes, statementTimeoutMs = STATEMENT_TIMEOUT_MS, lockTimeoutMs = LOCK_TIMEOUT_MS } = request;
  return [
    `begin ${writes ? 'read write' : 'read only'}`,
    `set local statement_timeout = ${Math.round(statementTimeoutMs)}`,
    `set local lock_timeout = ${Math.round(lockTimeoutMs)}`,
    // Times of reading and writing blocks: off by default, and only superusers may switch it on.
    request.analyze
      ? `select set_config('track_io_timing', 'on', true) where current_setting('is_superuser') = 'on'`
      : 'select',
    request.analyze ? endWithClient(serverVersion, 'transaction') : 'select',
  ].join('; ');
}

/** What keeps a trial from waiting, running or writing without end. */
const GUARDS = /timeout$|^(?:default_)?transaction_|^(?:role|session_authorization|session_replication_role)$/i;

async function applySettings(session: Session, request: ExplainRequest): Promise<void> {
  for (const [name, value] of Object.entries(request.settings ?? {})) {
    if (GUARDS.test(name)) {
      throw new DatabaseError(
        'unsupported',
        `${name} protects the server while a statement is tried; it is not changed`,
      );
    }
    await session.query('select set_config($1, $2, true)', [name, value]);
  }
}

async function explainDirectly(
  session: Session,
  serverVersion: number,
  statement: SentStatement,
  request: ExplainRequest,
  signal: CancelSignal | undefined,
): Promise<Plan> {
  const prefix = `EXPLAIN ${explainOptions(serverVersion, request)} `;
  // Bound values reach the planner as constants, exactly as if they were written into the statement.
  const rows = await session.query(prefix + statement.sql, request.parameters, {
    sent: { sql: request.sql, offset: prefix.length + statement.offset },
    ...(signal ? { signal } : {}),
  });
  return planOf(rows);
}

/**
 * The plan that suits every value, from a prepared statement that may not look at its values. GENERIC_PLAN (16+) does
 * the same, but only outside the extended protocol, where a second statement could follow the first.
 */
async function explainPrepared(
  session: Session,
  serverVersion: number,
  statement: SentStatement,
  request: ExplainRequest,
  ending: string[],
  signal: CancelSignal | undefined,
): Promise<Plan> {
  const prefix = `PREPARE ${PREPARED} AS `;
  await session.query(prefix + statement.sql, [], {
    sent: { sql: request.sql, offset: prefix.length + statement.offset },
    ...(signal ? { signal } : {}),
  });
  ending.push(`deallocate ${PREPARED}`);
  const [prepared] = await session.query<{ count: number }>(
    'select cardinality(parameter_types) as count from pg_prepared_statements where name = $1',
    [PREPARED],
  );
  await session.execute('set local plan_cache_mode = force_generic_plan');
  const nulls = Array.from({ length: Number(prepared?.count ?? 0) }, () => 'null').join(', ');
  const options = explainOptions(serverVersion, request);
  const call = nulls === '' ? PREPARED : `${PREPARED}(${nulls})`;
  return planOf(await session.query(`EXPLAIN ${options} EXECUTE ${call}`, [], signal ? { signal } : {}));
}

/** Prepared statements and advisory locks of the session outlive the transaction that made them. */
async function close(session: Session, ending: readonly string[]): Promise<void> {
  if (session.lost) return;
  try {
    // In one message, because a pooler may send the next one elsewhere.
    if (session.isInTransaction) await session.execute(`${ending.join('; ')}; select pg_advisory_unlock_all()`);
    if (!session.isPooled) await session.execute('discard all');
  } catch {
    await session.end();
  }
}

function planOf(rows: readonly Row[]): Plan {
  const value = rows[0]?.['QUERY PLAN'];
  const plan: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  if (!Array.isArray(plan)) throw new DatabaseError('unsupported', 'the server answered EXPLAIN without a plan');
  return plan as Plan;
}

/** Files often hold `EXPLAIN (ANALYZE) SELECT …`; the options are ours to choose. */
export function withoutExplain(sql: string): SentStatement {
  const length = explainPrefixLength(sql);
  return { sql: sql.slice(length).replace(/;\s*$/, ''), offset: -length };
}

/** The n of the highest `$n` outside strings, quoted names and comments; 0 if there is none. */
export function highestParameter(sql: string): number {
  const pattern =
    /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|[\p{L}_][\p{L}\p{N}_$]*|\$(\d+)/gu;
  let highest = 0;
  for (const match of sql.matchAll(pattern)) {
    if (match[2]) highest = Math.max(highest, Number(match[2]));
  }
  return highest;
}

function count(parameters: number): string {
  return parameters === 1 ? '1 parameter value' : `${parameters} parameter values`;
}

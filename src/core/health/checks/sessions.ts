import { formatCount, formatMs } from '../../base/units';
import { alarmingItems } from '../assess';
import { defineCheck, type HealthCheck, type HealthItem } from '../check';
import { quoteLiteral } from '../../sql/identifiers';

interface SessionRow {
  readonly [column: string]: unknown;
  readonly pid: number;
  readonly role: string | null;
  readonly application: string | null;
  readonly query: string | null;
  readonly seconds: number;
  /** When the session began and its statement: by them it is still the same one. */
  readonly session_began: string;
  readonly statement_began: string | null;
}

interface BlockedRow extends SessionRow {
  readonly blockers: readonly number[];
  readonly waits: boolean;
}

const SESSION = `a.pid, a.usename::text as role, a.application_name as application, left(a.query, 500) as query,
  a.backend_start::text as session_began, a.query_start::text as statement_began`;
const OTHER_CLIENTS = `a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()`;
const HIDDEN = "other roles' sessions";

/** Statements that run for long. */
export const longRunningStatements = oldestSession({
  id: 'long-running-statements',
  title: 'Longest running statement',
  limits: { worse: 'above', warning: 300, critical: 3600 },
  source: 'guides 002 and 004: 5 minutes; guide 002, 9.1: 1 hour',
  guideline: { guide: '002', section: '8.1 Key Metrics' },
  since: 'query_start',
  where: "a.state = 'active'",
  none: 'no statement is running',
  verb: 'runs',
  action: 'cancel',
});

/** Transactions that stay open: they keep dead rows from being removed. */
export const longTransactions = oldestSession({
  id: 'long-transactions',
  title: 'Longest open transaction',
  limits: { worse: 'above', warning: 600, critical: 3600 },
  source:
    'guide 000 alerts at 10 minutes, but counts from the start of the statement; here from the start of the transaction',
  guideline: { guide: '000', section: 'Performance Alerting' },
  since: 'xact_start',
  where: 'a.xact_start is not null',
  none: 'no transaction is open',
  verb: 'open for',
  action: 'terminate',
});

/** Sessions that hold a transaction open and do nothing. */
export const idleInTransaction = oldestSession({
  id: 'idle-in-transaction',
  title: 'Longest idle transaction',
  limits: { worse: 'above', warning: 60, critical: 600 },
  source: 'own: an idle transaction waits for a client, so a minute is long; measured since the state changed',
  since: 'state_change',
  where: "a.state in ('idle in transaction', 'idle in transaction (aborted)')",
  none: 'no session is idle in a transaction',
  verb: 'idle for',
  action: 'terminate',
});

/** Who waits for whose lock, and who is at the head of each queue. */
export const blockedSessions = defineCheck<BlockedRow>({
  id: 'blocked-sessions',
  title: 'Sessions waiting for a lock',
  group: 'sessions',
  unit: 'sessions',
  limits: { worse: 'above', warning: 0, critical: 5 },
  source: 'guide 002, 8.1: more than 0; who blocks is asked of pg_blocking_pids, which also knows row locks',
  guideline: { guide: '002', section: '8.1 Key Metrics' },
  hiddenFromOthers: HIDDEN,
  query: () => `
    with waiting as materialized (
      select a.pid, pg_catalog.pg_blocking_pids(a.pid) as blockers
      from pg_catalog.pg_stat_activity a where a.wait_event_type = 'Lock'
    ), involved as (
      select pid, true as waits, blockers from waiting
      union all
      select distinct b.pid, false, '{}'::int[] from waiting w, unnest(w.blockers) as b (pid)
      where b.pid not in (select pid from waiting)
    )
    select i.waits, i.blockers, ${SESSION},
      extract(epoch from clock_timestamp() - case when i.waits then a.query_start else a.xact_start end)::float8 as seconds
    from involved i join pg_catalog.pg_stat_activity a on a.pid = i.pid`,
  assess(rows) {
    const waiting = rows.filter(row => row.waits);
    if (waiting.length === 0) return { value: 0, detail: 'no session waits for a lock' };
    const longest = Math.max(...waiting.map(row => row.seconds));
    return {
      value: waiting.length,
      detail: `${formatCount(waiting.length)} ${waiting.length === 1 ? 'session waits' : 'sessions wait'} for a lock, the longest for ${formatMs(longest * 1000)}`,
      items: blockingTree(rows),
    };
  },
});

export const SESSION_CHECKS: readonly HealthCheck[] = [
  longRunningStatements,
  longTransactions,
  idleInTransaction,
  blockedSessions,
];

/** A check on the session that has been in some state for longest. */
function oldestSession({
  since,
  where,
  none,
  verb,
  action,
  ...check
}: Pick<HealthCheck, 'id' | 'title' | 'limits' | 'source' | 'guideline'> & {
  /** The column of `pg_stat_activity` from which on the time counts. */
  readonly since: 'query_start' | 'xact_start' | 'state_change';
  readonly where: string;
  readonly none: string;
  readonly verb: string;
  readonly action: 'cancel' | 'terminate';
}): HealthCheck {
  const lasts = (row: SessionRow): string => `${verb} ${formatMs(row.seconds * 1000)}`;
  return defineCheck<SessionRow>({
    ...check,
    group: 'sessions',
    unit: 's',
    hiddenFromOthers: HIDDEN,
    query: () => `
    select ${SESSION}, extract(epoch from clock_timestamp() - a.${since})::float8 as seconds
    from pg_catalog.pg_stat_activity a
    where ${where} and ${OTHER_CLIENTS} order by seconds desc nulls last limit 50`,
    assess(rows, limits) {
      const [first] = rows;
      if (!first) return { value: 0, detail: none };
      return {
        value: first.seconds,
        detail: `session ${first.pid} ${lasts(first)}`,
        items: alarmingItems(
          rows,
          limits,
          row => row.seconds,
          row => sessionItem(row, lasts(row), action),
        ),
      };
    },
  });
}

/** Heads of the queues first, each with those that wait for it indented below; a session is told of once. */
function blockingTree(rows: readonly BlockedRow[]): HealthItem[] {
  const told = new Set<number>();
  const items: HealthItem[] = [];
  const tell = (row: BlockedRow, depth: number): void => {
    if (told.has(row.pid)) return;
    told.add(row.pid);
    const waiters = rows.filter(other => other.blockers.includes(row.pid));
    const blocks = waiters.length > 0 ? `blocks ${waiters.map(({ pid }) => pid).join(', ')}` : '';
    const waits = row.waits ? `waits ${formatMs(row.seconds * 1000)} for ${row.blockers.join(', ')}` : '';
    const item = sessionItem(row, [waits, blocks].filter(Boolean).join('; '), row.waits ? 'cancel' : 'terminate');
    items.push({ ...item, name: '  '.repeat(depth) + item.name, status: blocks ? 'critical' : 'warning' });
    for (const waiter of waiters) tell(waiter, depth + 1);
  };
  for (const row of rows) if (!row.waits) tell(row, 0);
  // What is left waits in a circle, or for a session that is gone meanwhile.
  for (const row of rows) tell(row, 0);
  return items;
}

function sessionItem(
  { pid, role, application, query, session_began: sessionBegan, statement_began: statementBegan }: SessionRow,
  detail: string,
  action: 'cancel' | 'terminate',
): Omit<HealthItem, 'status'> {
  const who = [role, application].filter(Boolean).join(', ');
  // Process numbers are used again: whoever has this one by the time somebody presses must be left alone.
  const stillTheSame =
    action === 'cancel' && statementBegan !== null
      ? `query_start = ${quoteLiteral(statementBegan)}`
      : `backend_start = ${quoteLiteral(sessionBegan)}`;
  const text = query?.replace(/\s+/g, ' ').trim();
  return {
    name: `session ${pid}${who ? ` (${who})` : ''}`,
    detail: text ? `${detail}: ${text.slice(0, 200)}` : detail,
    step: {
      title: action === 'cancel' ? 'Cancel its statement' : 'End the session',
      action,
      sql: `SELECT ${action === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend'}(pid) AS done FROM pg_stat_activity WHERE pid = ${pid} AND ${stillTheSame};`,
    },
  };
}

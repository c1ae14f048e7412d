import { formatBytes, formatCount } from '../core/base/units';
import type { PostgresDatabase } from './connect';

export interface Progress {
  readonly text: string;
  /** 0 to 1; absent when the server does not say. */
  readonly fraction?: number;
}

/** Often enough to look alive, rarely enough to cost nothing: one look takes about a millisecond. */
const LOOK_EVERY_MS = 250;

interface Look {
  readonly command: string | null;
  readonly phase: string | null;
  readonly blocks_done: number;
  readonly blocks_total: number;
  readonly tuples_done: number;
  readonly tuples_total: number;
  readonly blockers: readonly string[] | null;
  [column: string]: unknown;
}

const LOOK = `
  select p.command, p.phase, p.blocks_done::float8 as blocks_done, p.blocks_total::float8 as blocks_total,
    p.tuples_done::float8 as tuples_done, p.tuples_total::float8 as tuples_total,
    array(select format('%s (%s, %s, %s)', a.pid, coalesce(a.usename, '?'),
        coalesce(nullif(a.application_name, ''), 'unnamed application'), coalesce(a.state, 'state unknown'))
      from unnest(pg_blocking_pids($1)) b(pid) join pg_stat_activity a on a.pid = b.pid) as blockers
  from (select $1::int as pid) me left join (
    select pid, command, phase, blocks_done, blocks_total, tuples_done, tuples_total from pg_stat_progress_create_index
    union all
    select pid, 'VACUUM', phase, case phase when 'vacuuming heap' then heap_blks_vacuumed else heap_blks_scanned end,
      case when phase in ('scanning heap', 'vacuuming heap') then heap_blks_total else 0 end, 0, 0
    from pg_stat_progress_vacuum
    union all
    select pid, 'ANALYZE', phase, sample_blks_scanned, sample_blks_total, 0, 0 from pg_stat_progress_analyze
  ) p on p.pid = me.pid limit 1`;

/** Follows work on one connection from another one, until the work ends, and returns or throws what the work does. */
export async function watchProgress<T>(
  db: PostgresDatabase,
  processId: number,
  sql: string,
  work: Promise<T>,
  report: (progress: Progress) => void,
): Promise<T> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  const end = work.then(over, over);
  report({ text: firstLine(sql) });
  while (!isOver) {
    try {
      // A look whose answer gets lost must not hold up the end of the work.
      const rows = await Promise.race([db.query<Look>(LOOK, [processId]), end]);
      if (!isOver && Array.isArray(rows) && rows[0]) report(describe(rows[0], sql));
    } catch {
      // Watching is a courtesy: without a second connection the work goes on unwatched.
      return work;
    }
    await untilNextLook(end);
  }
  return work;
}

async function untilNextLook(end: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([end, new Promise(resolve => (timer = setTimeout(resolve, LOOK_EVERY_MS)))]);
  clearTimeout(timer);
}

function describe(look: Look, sql: string): Progress {
  const waiting = look.blockers?.length ? `, waiting for session ${look.blockers.join(', ')}` : '';
  if (look.phase === null) return { text: firstLine(sql) + waiting };
  const { blocks_done, blocks_total, tuples_done, tuples_total } = look;
  const amount =
    blocks_total > 0
      ? ` ${formatBytes(blocks_done * 8192)} of ${formatBytes(blocks_total * 8192)}`
      : tuples_total > 0
        ? ` ${formatCount(tuples_done)} of ${formatCount(tuples_total)} rows`
        : '';
  const fraction = overallFraction(look);
  const what = look.command === 'VACUUM' || look.command === 'ANALYZE' ? `${look.command}: ` : '';
  return { text: what + look.phase + amount + waiting, ...(fraction === undefined ? {} : { fraction }) };
}

/**
 * Phases in their order, with the share of the time at which each begins. Shares from building a two-column index on a
 * million rows; they only make the bar move evenly.
 * https://www.postgresql.org/docs/current/progress-reporting.html
 */
type Phases = readonly (readonly [phase: string, begins: number])[];

const INDEX_PHASES: Phases = [
  ['initializing', 0],
  ['waiting for writers before build', 0],
  ['building index: initializing', 0.02],
  ['building index: scanning table', 0.02],
  ['building index: sorting live tuples', 0.3],
  ['building index: loading tuples in tree', 0.45],
  ['building index', 0.02],
  ['waiting for writers before validation', 0.6],
  ['index validation: scanning index', 0.6],
  ['index validation: sorting tuples', 0.75],
  ['index validation: scanning table', 0.8],
  ['waiting for old snapshots', 0.98],
];

/** For the heap, the indexes and what ANALYZE, if it follows, begins anew: guesses of ours. */
const VACUUM_PHASES: Phases = [
  ['initializing', 0],
  ['scanning heap', 0],
  ['vacuuming indexes', 0.5],
  ['vacuuming heap', 0.8],
  ['cleaning up indexes', 0.95],
  ['truncating heap', 0.97],
  ['performing final cleanup', 0.98],
];

const ANALYZE_PHASES: Phases = [
  ['initializing', 0],
  ['acquiring sample rows', 0],
  ['acquiring inherited sample rows', 0],
  ['computing statistics', 0.8],
  ['computing extended statistics', 0.95],
  ['finalizing analyze', 0.98],
];

function phasesOf(command: string | null): Phases {
  return command === 'VACUUM' ? VACUUM_PHASES : command === 'ANALYZE' ? ANALYZE_PHASES : INDEX_PHASES;
}

function overallFraction(look: Look): number | undefined {
  const phases = phasesOf(look.command);
  const at = phases.findIndex(([phase]) => phase === look.phase);
  const begins = phases[at]?.[1];
  if (begins === undefined) return undefined;
  const ends = phases.slice(at + 1).find(([, next]) => next > begins)?.[1] ?? 1;
  const [done, total] =
    look.blocks_total > 0 ? [look.blocks_done, look.blocks_total] : [look.tuples_done, look.tuples_total];
  return begins + (ends - begins) * (total > 0 ? Math.min(done / total, 1) : 0);
}

/** What runs, where nothing more is known. */
export function firstLine(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

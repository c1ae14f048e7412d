import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { installedMajors } from '../../src/database/embeddedBinaries';
import { readHealth } from '../../src/database/health/readHealth';
import { reviewIndexHealth } from '../../src/database/health/reviewIndexHealth';

const MAJORS = [14, 18];
/** The default of `queryTuner.health.refreshSeconds`. */
const INTERVAL_SECONDS = 30;
const TABLES = 300;
const STATEMENTS = 2_000;
const ROUNDS = 60;

/** A server with much to look at: tables with indexes and a key each, statements that were counted. */
const SETUP = `
  create extension pg_stat_statements;
  do $$ begin
    for i in 1..${TABLES} loop
      execute format('create table t%s (id serial primary key, a int, b text, at timestamptz default now())', i);
      execute format('insert into t%s (a, b) select g %% 10, repeat(''x'', 50) from generate_series(1, 200) g', i);
      execute format('create index on t%s (a); create index on t%s (at)', i, i);
    end loop;
  end $$;
  analyze;`;

/**
 * What a refresh of the health view costs the server: the processor time of the backend that answers, by the operating
 * system's own count (Linux), and the time by the clock, on an idle connection. Less than 1 % of one core is wanted.
 */
export async function benchHealth(): Promise<void> {
  for (const major of MAJORS) {
    if (!installedMajors().includes(major)) {
      console.log(`health: PostgreSQL ${major} is not installed`);
      continue;
    }
    const server = await startEmbedded({ major, settings: { shared_preload_libraries: 'pg_stat_statements' } });
    const db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    try {
      await db.withSession(session => session.execute(SETUP));
      await db.withSession(async session => {
        for (let i = 0; i < STATEMENTS; i++) await session.execute(`select ${'1, '.repeat(i % 200)}${i} as c${i}`);
      });
      await measure(db, major);
    } finally {
      await db.dispose();
      await server.stop();
    }
  }
}

async function measure(db: PostgresDatabase, major: number): Promise<void> {
  // Each use takes the connection that was given back last: one backend answers all.
  const [backend] = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
  const refresh = async (): Promise<void> => void (await readHealth(db));
  const view = await cost(backend!.pid, ROUNDS, refresh);
  const { server } = await readHealth(db, { only: new Set() });
  const catalog = await db.readCatalog();
  const review = await cost(backend!.pid, 5, async () => void (await reviewIndexHealth(db, catalog, server)));
  const share = (ms: number): string => `${((100 * ms) / (INTERVAL_SECONDS * 1000)).toFixed(3)} %`;
  console.log(
    `health: PostgreSQL ${major}, ${TABLES} tables, ${TABLES * 3} indexes, ${STATEMENTS} counted statements: a refresh takes ` +
      `${describe(view)}; every ${INTERVAL_SECONDS} s that is ${share(view.cpuMs ?? view.wallMs)} of one core (wanted: under 1 %); ` +
      `the review of indexes, only when asked for, ${describe(review)}; load average ${loadavg()[0]!.toFixed(1)}`,
  );
}

interface Cost {
  readonly wallMs: number;
  /** Undefined where the operating system does not say. */
  readonly cpuMs: number | undefined;
}

/** Of one round, on average; the first finds caches empty and is not counted. */
async function cost(pid: number, rounds: number, work: () => Promise<void>): Promise<Cost> {
  await work();
  const [cpu, clock] = [processorMs(pid), performance.now()];
  for (let round = 0; round < rounds; round++) await work();
  const wallMs = (performance.now() - clock) / rounds;
  const after = processorMs(pid);
  return { wallMs, cpuMs: cpu === undefined || after === undefined ? undefined : (after - cpu) / rounds };
}

/** Processor time of a process, in ms; the kernel counts ticks of 10 ms. */
function processorMs(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

function describe({ wallMs, cpuMs }: Cost): string {
  const cpu = cpuMs === undefined ? 'processor time not known here' : `${cpuMs.toFixed(1)} ms of processor time`;
  return `${cpu}, ${wallMs.toFixed(1)} ms by the clock`;
}

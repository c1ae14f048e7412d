import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { whyNoSchedule } from '../../../src/core/advisor/materializedViews/schedule';
import {
  cronJobs,
  crontabLines,
  maintenanceScript,
  maintenanceSql,
  maintenanceText,
  planMaintenance,
  systemdUnits,
  type MaintenanceFacts,
  type MaintenanceTask,
  type PartitionedFacts,
  type TableFacts,
} from '../../../src/core/maintenance/index';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { splitStatements } from '../../../src/core/sql/splitter';

const GIB = 1024 ** 3;

const TABLE: TableFacts = {
  name: 'public.orders',
  bytes: GIB,
  liveRows: 5_000_000,
  deadRows: 0,
  changedSinceAnalyze: 0,
  analyzed: true,
  inserts: 0,
  rewrites: 0,
  vacuumThreshold: 1_000_050,
  hoursSinceVacuum: 5,
  autovacuum: true,
  ownScaleFactor: false,
  age: 1000,
};
const PARTITIONED: PartitionedFacts = {
  name: 'public.events',
  plainName: 'public.events',
  isRoot: true,
  strategy: 'range',
  partitions: 12,
  hasDefault: false,
  defaultRows: 0,
  hoursSinceAnalyze: null,
  rows: 1_000_000,
  changes: 100_000,
  upkeepCall: null,
  keptByPartman: false,
};
const QUIET: MaintenanceFacts = {
  database: 'dairy',
  serverVersion: 180000,
  countedDays: 10,
  freezeMaxAge: 200_000_000,
  autovacuum: true,
  cronVersion: null,
  partmanSchema: null,
  tables: [],
  partitioned: [],
  materializedViews: [],
  foreignTables: [],
  indexes: [],
};

const tasks = (facts: Partial<MaintenanceFacts>): readonly MaintenanceTask[] =>
  planMaintenance({ ...QUIET, ...facts }).tasks;
const ids = (facts: Partial<MaintenanceFacts>): string[] =>
  tasks(facts)
    .filter(({ statements }) => statements.length > 0)
    .map(({ cadence, id }) => `${cadence} ${id}`);
const table = (facts: Partial<TableFacts>): Partial<MaintenanceFacts> => ({ tables: [{ ...TABLE, ...facts }] });

describe('core/maintenance', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const split = (text: string): string[] => splitStatements(text).map(({ start, end }) => text.slice(start, end));

  it('has nothing to run for a server that looks after itself', () => {
    assert.deepEqual(ids({ tables: [TABLE] }), []);
  });

  it('vacuums what autovacuum does not reach', () => {
    const dead = { deadRows: 2_000_000, changedSinceAnalyze: 0 };
    assert.deepEqual(ids(table({ ...dead, hoursSinceVacuum: 30 })), ['now vacuum-overdue public.orders']);
    assert.deepEqual(ids(table({ ...dead, hoursSinceVacuum: null })), ['now vacuum-overdue public.orders']);
    assert.deepEqual(ids(table({ ...dead, hoursSinceVacuum: 3 })), []);
    assert.deepEqual(ids(table({ deadRows: 900_000, hoursSinceVacuum: 30 })), []);
    assert.deepEqual(ids(table({ autovacuum: false })), ['daily vacuum public.orders']);
    // Switched off for the server: one command for all, and none for each.
    assert.deepEqual(ids({ ...table({ analyzed: false }), autovacuum: false }), ['daily vacuum-all']);
  });

  it('vacuums at night what changes by a fifth a day, and lets autovacuum come sooner where it takes weeks', () => {
    assert.deepEqual(ids(table({ rewrites: 10_000_000 })), ['daily vacuum public.orders']);
    assert.deepEqual(ids(table({ rewrites: 500_000 })), ['now autovacuum-sooner public.orders']);
    assert.deepEqual(ids(table({ rewrites: 500_000, ownScaleFactor: true })), []);
    assert.deepEqual(ids(table({ rewrites: 100 })), []);
  });

  it('analyzes tables without statistics, and never a table twice', () => {
    assert.deepEqual(ids(table({ analyzed: false })), ['now analyze public.orders']);
    assert.deepEqual(ids(table({ changedSinceAnalyze: 600_000 })), ['now analyze public.orders']);
    assert.deepEqual(ids(table({ analyzed: false, deadRows: 2_000_000, hoursSinceVacuum: 30 })), [
      'now vacuum-overdue public.orders',
    ]);
  });

  it('analyzes the database where most of it has no statistics', () => {
    const tables = Array.from({ length: 60 }, (_, at) => ({ ...TABLE, name: `public.t${at}`, analyzed: false }));
    assert.deepEqual(ids({ tables }), ['now analyze-all']);
    assert.equal(ids({ tables: tables.slice(0, 50) }).length, 50);
  });

  it('analyzes partitioned tables as a whole, by how fast they change', () => {
    const whole = (facts: Partial<PartitionedFacts>, serverVersion = 180000) =>
      tasks({ serverVersion, partitioned: [{ ...PARTITIONED, ...facts }] }).find(({ id }) =>
        id.startsWith('analyze-w'),
      );
    assert.equal(whole({})?.cadence, 'weekly');
    assert.equal(whole({ changes: 2_000_000 })?.cadence, 'daily');
    assert.deepEqual(whole({})?.statements, ['ANALYZE ONLY public.events']);
    assert.deepEqual(whole({}, 170000)?.statements, ['ANALYZE public.events']);
    assert.equal(whole({ isRoot: false }), undefined);
  });

  it('freezes ahead of the forced vacuum, oldest first', () => {
    const old = { ...TABLE, name: 'public.old', age: 160_000_000 };
    const older = { ...TABLE, name: 'public.older', age: 190_000_000 };
    const freeze = tasks({ tables: [old, older, TABLE] }).find(({ id }) => id === 'freeze-ahead');
    assert.deepEqual(freeze?.statements, ['VACUUM (FREEZE) public.older', 'VACUUM (FREEZE) public.old']);
    assert.match(freeze?.reason ?? '', /2 tables, the oldest public\.older \(1 GB\) at 190,000,000/);
  });

  it('keeps partitions by whatever keeps them', () => {
    const call = 'CALL public.run_maintenance_of_events()';
    assert.ok(ids({ partitioned: [{ ...PARTITIONED, upkeepCall: call }] }).includes('daily partitions public.events'));
    const partman = tasks({ partmanSchema: 'partman', partitioned: [{ ...PARTITIONED, keptByPartman: true }] });
    assert.deepEqual(partman.find(({ id }) => id === 'partitions pg_partman')?.statements, [
      'CALL partman.run_maintenance_proc()',
    ]);
    const nobody = tasks({ partitioned: [PARTITIONED] }).find(({ id }) => id === 'partitions public.events');
    assert.deepEqual(nobody?.statements, []);
    assert.match(nobody?.reason ?? '', /--upkeep --table public\.events/);
  });

  it('says for every task why, whence and how it is known', () => {
    for (const { id, reason, source, basis } of tasks(FULL)) {
      assert.ok(reason.length > 20 && source.length > 5 && basis, id);
    }
    const { leftOut } = planMaintenance(QUIET);
    for (const word of ['VACUUM FULL', 'REINDEX', 'statistics', 'ANALYZE']) {
      assert.ok(
        leftOut.some(each => each.includes(word)),
        word,
      );
    }
  });

  it('writes a job of pg_cron for each command, with names, times and texts that survive odd names', () => {
    const plan = planMaintenance(FULL);
    const commands = plan.tasks.filter(({ cadence }) => cadence !== 'now').flatMap(({ statements }) => statements);
    for (const cronVersion of [null, '1.6']) {
      const text = cronJobs(plan, { cronVersion });
      const statements = split(text);
      assert.equal(statements.length, commands.length, text);
      for (const sql of statements) assert.equal(parseStatement(grammar, sql).syntaxError, undefined, sql);
      const times = statements.map(sql => /', '(\d\d? \d\d? [\d*]+ \* [\d*]+)', '/.exec(sql)?.[1]);
      for (const time of times) assert.equal(whyNoSchedule(time ?? ''), undefined, time);
      assert.equal(new Set(times).size, times.length, 'two jobs begin at once');
      const call = cronVersion === null ? 'cron.schedule_in_database(' : 'cron.schedule(';
      assert.ok(statements.every(sql => sql.includes(call)));
    }
    const jobs = cronJobs(plan, { cronVersion: null });
    assert.match(jobs, /'VACUUM \(ANALYZE\) public\."it''s\n odd"', 'dairy'\);/);
    assert.doesNotMatch(cronJobs(planMaintenance(QUIET), { cronVersion: null }), /^SELECT/m);
  });

  it('writes a script that bash reads, whatever the names are', () => {
    const script = maintenanceScript(planMaintenance({ ...FULL, database: `it's $(touch /tmp/x)` }));
    const read = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    assert.equal(read.stderr, '');
    assert.equal(read.status, 0);
    // psql replaced by one that prints what it is given, no command of a name is run.
    const shown = spawnSync('bash', ['-s', 'daily'], {
      input: script.replace('failed=0', `failed=0\npsql() { printf '<%s>' "\${@: -1}"; echo "{$PGDATABASE}"; }`),
      encoding: 'utf8',
    });
    assert.equal(shown.status, 0, shown.stderr);
    assert.ok(shown.stdout.includes(`<VACUUM (ANALYZE) public."it's\n odd">{it's $(touch /tmp/x)}`), shown.stdout);
  });

  it('waits for index builds without a limit, and for nothing else', () => {
    const script = maintenanceScript(planMaintenance(FULL));
    const patient = script.split('\n').filter(line => line.includes('PGOPTIONS="$PATIENT"'));
    assert.equal(patient.length, 1);
    assert.match(patient[0]!, /REINDEX INDEX CONCURRENTLY public\.bloated/);
  });

  it('writes crontab lines and units for the cadences that have something to run', () => {
    const [quiet, full] = [planMaintenance(QUIET), planMaintenance(FULL)];
    const lines = crontabLines(full)
      .split('\n')
      .filter(line => /^\d/.test(line));
    assert.deepEqual(
      lines.map(line => line.split(' ').slice(0, 5).join(' ')),
      ['0 2 * * *', '0 3 * * 0'],
    );
    for (const line of lines) assert.ok(!line.includes('%'), 'a line break to cron');
    assert.doesNotMatch(crontabLines(quiet), /^0 2/m);
    assert.match(systemdUnits(full), /OnCalendar=Sun \*-\*-\* 03:00:00/);
    assert.match(systemdUnits(full), /ExecStart=\S+ %i/);
  });

  it('keeps names with line breaks inside comments in the SQL it shows', () => {
    const sql = maintenanceSql(planMaintenance(FULL));
    const statements = planMaintenance(FULL).tasks.flatMap(task => task.statements);
    assert.equal(split(sql).length, statements.length);
    assert.match(maintenanceText(planMaintenance(FULL)), /^Now, once\n {2}/m);
  });
});

/** Something of everything, with a name that holds a quote and a line break. */
const FULL: MaintenanceFacts = {
  ...QUIET,
  partmanSchema: 'partman',
  tables: [
    { ...TABLE, name: `public."it's\n odd"`, autovacuum: false },
    { ...TABLE, name: 'public.old', age: 190_000_000 },
    { ...TABLE, analyzed: false },
  ],
  partitioned: [PARTITIONED, { ...PARTITIONED, name: 'public.kept', keptByPartman: true }],
  materializedViews: [
    { name: 'public.sales', bytes: 8192, hasUniqueIndex: true, populated: true },
    { name: 'public.of_sales', bytes: 8192, hasUniqueIndex: false, populated: true },
  ],
  foreignTables: ['public.far'],
  indexes: [
    {
      name: 'public.bloated',
      problem: 'bloated',
      detail: '300 MB, 100 MB needed.',
      basis: 'estimated',
      statements: ['REINDEX INDEX CONCURRENTLY public.bloated'],
    },
  ],
};

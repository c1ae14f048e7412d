import * as assert from 'node:assert/strict';
import { readAggregation, type Aggregation } from '../../../../src/core/advisor/materializedViews/aggregation';
import { designView } from '../../../../src/core/advisor/materializedViews/design';
import { differencesOf, rewriteStatement } from '../../../../src/core/advisor/materializedViews/rewriteStatement';
import { whyNoSchedule } from '../../../../src/core/advisor/materializedViews/schedule';
import { viewMigration } from '../../../../src/core/advisor/materializedViews/viewMigration';
import { migrationScript } from '../../../../src/core/advisor/migration/migrationScript';
import { emptyCatalog, type Catalog } from '../../../../src/core/catalog/catalog';
import { catalogFromText } from '../../../../src/core/catalog/catalogFromDdl';
import { loadGrammar, type Grammar } from '../../../../src/core/sql/grammar';
import { Script } from '../../../../src/core/sql/script';

const SCHEMA = `
create table counting_results (
  id bigint primary key, camera_id int not null, count_type text, count_value int, confidence_score real,
  created_at timestamptz not null, status text);
create table milk_production (animal_id int, production_date date not null, quantity_liters numeric(8, 2), fat_percentage numeric(4, 2));
create table tasks (id int primary key, organization_id int not null, status text, assigned_to int, created_at timestamp);
create table task_executions (id int primary key, task_id int, status text);
create table waits (waited interval);
create table customer (id int primary key, name text);
create function slow(int) returns int language sql volatile as 'select $1';
create view recent as select * from tasks;
`;

describe('core/advisor/materializedViews', () => {
  let grammar: Grammar;
  let catalog: Catalog;
  before(async () => {
    grammar = await loadGrammar();
    catalog = catalogFromText(grammar, SCHEMA, emptyCatalog('ddl'));
  });

  function read(sql: string): readonly ReturnType<typeof readAggregation>[] {
    return new Script(grammar, sql).statements.map(({ statement }, i) =>
      readAggregation({ id: i + 1, statement, weight: 1 }, catalog),
    );
  }

  function aggregations(sql: string): Aggregation[] {
    return read(sql).map(each => {
      if ('reason' in each) throw new Error(each.reason);
      return each;
    });
  }

  const reasons: readonly (readonly [sql: string, reason: RegExp])[] = [
    ['select * from tasks', /aggregates nothing/],
    ['delete from tasks', /no SELECT/],
    ['select status, percentile_cont(0.5) within group (order by id) from tasks group by 1', /put together from parts/],
    ['select count(distinct assigned_to) from tasks', /may be in several/],
    ['select string_agg(status, \',\' order by id) from tasks', /order of the rows/], // prettier-ignore
    ['select stddev(id) from tasks', /put together from parts/],
    ['select sum(id * $1) from tasks', /parameter/],
    ["select count(*) filter (where created_at > now() - interval '1 day') from tasks", /frozen/],
    ['select age(created_at), count(*) from tasks group by age(created_at)', /frozen/],
    ['select slow(id), count(*) from tasks group by slow(id)', /frozen/],
    ['select sum(x) from (select 1 as x) t', /subquery or function in FROM/],
    ['select sum(id) from recent', /the view recent/],
    ['select sum(id) from nowhere', /nowhere, which is not known/],
    ['with t as (select 1) select count(*) from tasks', /WITH/],
    ['select status, count(*) from tasks group by rollup (status)', /ROLLUP/],
    ['select distinct count(*) from tasks group by status', /DISTINCT/],
    ['select status, count(*), sum(count(*)) over () from tasks group by status', /window/],
    ['select count(*) from tasks where id in (select task_id from task_executions)', /subquery/],
    ['select count(*) from tasks t join task_executions e using (id)', /USING/],
    ['select status, count(*) from tasks where random() < 0.1 group by status', /volatile/],
    ['select status, count(*) from tasks where slow(organization_id) = 1 group by status', /volatile/],
    ['select waited, count(*) from waits group by waited', /written differently/],
    ['select count(*) from tasks t join customer c on c.id > random()', /frozen/],
  ];
  for (const [sql, reason] of reasons) {
    it(`says why it keeps no ${sql}`, () => {
      const [found] = read(sql);
      assert.ok(found && 'reason' in found, 'it is taken for an aggregation');
      assert.match(found.reason, reason);
    });
  }

  it('tells the same rows under other names and orders, and other rows apart', () => {
    const graphs = (sql: string): number => new Set(aggregations(sql).map(({ graph }) => graph)).size;
    const same = `
      select count(*) from tasks t join task_executions e on e.task_id = t.id;
      select count(*) from task_executions, tasks where tasks.id = task_id;
      select count(*) from task_executions x inner join tasks y on (y.id = x.task_id)`;
    assert.equal(graphs(same), 1);
    const other = `
      select count(*) from tasks t join task_executions e on e.task_id = t.id;
      select count(*) from tasks t join task_executions e on e.id = t.id;
      select count(*) from tasks t left join task_executions e on e.task_id = t.id;
      select count(*) from task_executions e left join tasks t on e.task_id = t.id;
      select count(*) from tasks t`;
    assert.equal(graphs(other), 5);
  });

  it('groups by the columns of changing conditions and keeps the common one inside', () => {
    const members = aggregations(`
      select camera_id, sum(count_value) from counting_results where status = 'ok' and count_type = $1 group by camera_id;
      select count_type, max(count_value) from counting_results where camera_id = 7 and status = 'ok' group by count_type`);
    const design = designView(members, catalog);
    assert.equal(
      design.query,
      [
        'SELECT',
        '  camera_id AS camera_id,',
        '  count_type AS count_type,',
        '  sum(count_value) AS sum_count_value,',
        '  max(count_value) AS max_count_value',
        'FROM counting_results',
        "WHERE status = 'ok'",
        'GROUP BY 1, 2',
      ].join('\n'),
    );
    assert.deepEqual(
      members.map(member => rewriteStatement(member, design)),
      [
        'select camera_id, sum(sum_count_value)::bigint AS sum from counting_results_by_camera_id_count_type WHERE count_type = $1 group by camera_id',
        'select count_type, max(max_count_value) AS max from counting_results_by_camera_id_count_type WHERE camera_id = 7 group by count_type',
      ],
    );
  });

  const windows: readonly (readonly [condition: string, days: boolean])[] = [
    ["created_at >= '2025-01-01'", true],
    ["created_at < '2025-01-01 00:00:00'", true],
    ["created_at >= date_trunc('day', now()) - interval '7 days'", true],
    ["created_at >= date_trunc('month', now())", true],
    ['created_at >= current_date', true],
    ["created_at >= current_date - interval '30 days'", true],
    ["created_at >= now() - interval '7 days'", false],
    ["created_at > '2025-01-01'", false],
    ["created_at <= '2025-01-01'", false],
    ["created_at >= '2025-01-01 12:00'", false],
    ["created_at >= '2025-01-01 00:00+02'", false],
    ["created_at >= current_date - interval '3 hours'", false],
    ['created_at >= $1', false],
    ["created_at between '2025-01-01' and '2025-02-01'", false],
  ];
  for (const [condition, days] of windows) {
    it(`${days ? 'asks the days' : 'needs the moments'} for ${condition}`, () => {
      const [member] = aggregations(
        `select date_trunc('day', created_at), count(*) from counting_results where ${condition} and camera_id = $2 group by 1`,
      );
      const design = designView(
        [{ ...member!, conditions: member!.conditions.map(each => ({ ...each, isFixed: false })) }],
        catalog,
      );
      const columns = design.dimensions.map(({ column }) => column);
      assert.deepEqual(columns, days ? ['day', 'camera_id'] : ['day', 'created_at', 'camera_id']);
    });
  }

  it('never puts a moving window inside, though every query has it', () => {
    const sql =
      "select camera_id, count(*) from counting_results where created_at > now() - interval '30 days' group by 1";
    const design = designView(aggregations(`${sql}; ${sql}`), catalog);
    assert.doesNotMatch(design.query, /now\(\)|WHERE|ORDER BY/);
    assert.deepEqual(design.dimensions.map(({ column }) => column), ['camera_id', 'created_at']); // prettier-ignore
  });

  it("keeps the guide's daily counts without their window and order, averages split", () => {
    const [daily] = aggregations(`
      SELECT camera_id, DATE(created_at) as count_date, count_type, COUNT(*) as total_records,
        AVG(count_value) as avg_count, MIN(count_value) as min_count, AVG(confidence_score) as avg_confidence
      FROM counting_results WHERE created_at >= CURRENT_DATE - INTERVAL '30 days'
      GROUP BY camera_id, DATE(created_at), count_type ORDER BY camera_id, count_date DESC, count_type`);
    const design = designView([daily!], catalog);
    assert.deepEqual(
      design.dimensions.map(({ column }) => column),
      ['camera_id', 'count_date', 'count_type'],
    );
    assert.match(design.query, /sum\(\(confidence_score\)::double precision\)/);
    assert.doesNotMatch(design.query, /CURRENT_DATE|ORDER|avg/i);
    const rewritten = rewriteStatement(daily!, design);
    assert.match(rewritten, /WHERE count_date >= CURRENT_DATE - INTERVAL '30 days'/);
    assert.match(rewritten, /sum\(sum_count_value\) \/ nullif\(sum\(count_count_value\), 0\) as avg_count/);
    assert.deepEqual(differencesOf(daily!, design), [
      'floating point numbers are added in another order: the last digits may differ',
      'days and hours are cut in the TimeZone of the session that refreshes the view, not of the reader',
    ]);
  });

  it("keeps the guide's milk by month", () => {
    const [monthly] = aggregations(`
      SELECT animal_id, DATE_TRUNC('month', production_date) AS month, SUM(quantity_liters) AS total_milk, AVG(fat_percentage) AS avg_fat
      FROM milk_production GROUP BY animal_id, DATE_TRUNC('month', production_date)`);
    const design = designView([monthly!], catalog);
    assert.equal(design.name, 'milk_production_by_animal_id_month');
    assert.match(
      rewriteStatement(monthly!, design),
      /SELECT animal_id, month AS month, SUM|SELECT animal_id, month AS month, sum\(sum_quantity_liters\) AS total_milk/,
    );
  });

  it("refuses the guide's task summary, whose distinct assignees cannot be added up", () => {
    const [found] = read(`SELECT DATE(t.created_at) as date, t.organization_id, COUNT(*) as total_tasks,
      COUNT(*) FILTER (WHERE t.status = 'completed') as completed, COUNT(DISTINCT t.assigned_to) as unique_assignees
      FROM tasks t LEFT JOIN task_executions te ON t.id = te.task_id GROUP BY DATE(t.created_at), t.organization_id`);
    assert.ok(found && 'reason' in found);
    assert.match(found.reason, /DISTINCT t.assigned_to|DISTINCT assigned_to/);
  });

  it('does not take a name of the select list in GROUP BY for a column of the view', () => {
    const members = aggregations(`
      select status as kind, count(*) from tasks group by 1;
      select organization_id as kind, count(*) from tasks group by kind`);
    const design = designView(members, catalog);
    const [, second] = members.map(member => rewriteStatement(member, design));
    const column = design.dimensions[1]!.column;
    assert.equal(
      second,
      `select ${column} as kind, sum(row_count)::bigint AS count from ${design.name} group by ${column}`,
    );
  });

  it('orders by a column of the view though an item of the select list has its name', () => {
    const members = aggregations(`
      select status as kind, count(*) from tasks group by 1;
      select organization_id as kind, status, count(*) from tasks group by organization_id, status order by tasks.status`);
    const design = designView(members, catalog);
    const [, second] = members.map(member => rewriteStatement(member, design));
    assert.match(second!, new RegExp(`order by ${design.name}\\.kind$`));
  });

  describe('the migration', () => {
    function plan(extensions: Catalog['extensions']): string {
      const [member] = aggregations('select status, count(*) from tasks group by status');
      const design = designView([member!], catalog);
      const estimate = { groups: 5, baseRows: 1000, bytes: 8192, refreshCost: 100, readCost: 2 };
      const facts = { catalog: { ...catalog, extensions }, readers: ['reporting', 'Odd Role'], schedule: '0 * * * *' };
      return migrationScript(viewMigration(design, estimate, facts));
    }

    it('indexes plain columns, grants to readers, and schedules by pg_cron where it is', () => {
      const script = plan([{ name: 'pg_cron', version: '1.6' }]);
      assert.match(script, /CREATE UNIQUE INDEX tasks_by_status_key ON public.tasks_by_status \(status\);/);
      assert.match(script, /GRANT SELECT ON public.tasks_by_status TO reporting, "Odd Role";/);
      assert.match(script, /cron.schedule\('refresh public.tasks_by_status', '0 \* \* \* \*', \$refresh\$REFRESH MATERIALIZED VIEW CONCURRENTLY public.tasks_by_status\$refresh\$\)/); // prettier-ignore
      assert.match(script, /-- DROP MATERIALIZED VIEW public.tasks_by_status;/);
      for (const { statement } of new Script(grammar, script).statements)
        assert.equal(statement.syntaxError, undefined);
    });

    it('says how to refresh without pg_cron', () => {
      const script = plan([]);
      assert.doesNotMatch(script, /^SELECT cron/m);
      assert.match(
        script.replace(/\n--\s+/g, ' '),
        /pg_cron is not installed here: run "REFRESH MATERIALIZED VIEW CONCURRENTLY/,
      );
    });
  });

  it('knows schedules of five fields', () => {
    for (const good of ['0 * * * *', '*/5 0-6,22 1 1-12/2 1-5', '15 2 * * 7'])
      assert.equal(whyNoSchedule(good), undefined, good);
    for (const bad of ['*/30 * * * * *', '60 * * * *', '* * 0 * *', '5-1 * * * *', '*/0 * * * *', 'hourly', ''])
      assert.ok(whyNoSchedule(bad) !== undefined, bad);
    assert.match(whyNoSchedule('*/30 * * * * *') ?? '', /has 6/);
  });
});

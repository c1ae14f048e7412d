import assert from 'node:assert/strict';
import type { MigrationPlan } from '../../src/core/advisor/migration/migrationPlan';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import type { KeptMigration, MigrationResult, PartitionAdviceView } from '../../src/protocol/migration';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';

const SETUP = `
  create table event (id bigint primary key, at timestamptz not null, kind int not null, note text not null);
  insert into event select n, timestamptz '2026-01-01 00:00Z' + n * interval '10 minutes', n % 7, 'note ' || n
    from generate_series(1, 20000) n;
  create table sale (id int primary key, shop int not null, spent int not null);
  insert into sale select n, n % 40, n % 700 from generate_series(1, 150000) n;
  create table place (id int primary key, city text not null, country text not null);
  insert into place select n, 'city ' || n % 500, 'country ' || n % 500 / 10 from generate_series(1, 60000) n;
  analyze;`;

const WORKLOAD = {
  name: 'report.sql',
  text: `select * from event where at >= '2026-02-01' and at < '2026-02-02';
select shop, sum(spent) from sale group by shop;
select shop, count(*) from sale group by shop;`,
};

describe('server: migrations', function () {
  this.timeout(120_000);
  let connected: ConnectedEditor;

  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
  });
  after(() => connected?.dispose());

  const common = { connectionId: 'test', progressToken: 'migration' };
  const advise = (): Promise<PartitionAdviceView> =>
    connected.editor.request('queryTuner/partition/advise', {
      connectionId: 'test',
      schema: 'public',
      table: 'event',
      workload: WORKLOAD,
    });
  const run = (plan: MigrationPlan, kept?: KeptMigration, only?: readonly string[]): Promise<MigrationResult> =>
    connected.editor.request('queryTuner/migration/run', {
      ...common,
      plan,
      ...(kept && { kept }),
      ...(only && { only }),
    });
  const undo = (kept: KeptMigration, downTo?: string): Promise<MigrationResult> =>
    connected.editor.request('queryTuner/migration/undo', { ...common, kept, ...(downTo !== undefined && { downTo }) });
  const kindOf = async (): Promise<string> =>
    (
      await connected.query<{ kind: string }>(
        "select relkind::text as kind from pg_class where oid = 'event'::regclass",
      )
    )[0]!.kind;
  const rowsOf = (): Promise<unknown> =>
    connected.query('select count(*)::int as n, sum(id)::text as ids, min(at)::text as first from event');

  it('lists tables, the largest first', async () => {
    const tables = await connected.editor.request('queryTuner/partition/tables', { connectionId: 'test' });
    assert.deepEqual(new Set(tables.map(({ name }) => name)), new Set(['event', 'sale', 'place']));
    const sizes = tables.map(({ sizeBytes }) => sizeBytes ?? 0);
    assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a)); // prettier-ignore
  });

  it('says no to a small table, with figures, and plans it all the same for who insists', async () => {
    const view = await advise();
    assert.equal(view.isAdvised, false);
    assert.match(view.reasons.join(' '), /less than the/);
    assert.match(view.scheme ?? '', /^range \(at\)/);
    assert.deepEqual(view.refusals, []);
    assert.ok(view.plan);
  });

  it('shows the whole script with the line of each step', async () => {
    const { plan } = await advise();
    const preview = await connected.editor.request('queryTuner/migration/preview', {
      plan: plan!,
      header: [
        'Why: a long paragraph that has to be wrapped so that nobody must scroll sideways to read it, '.repeat(3),
      ],
    });
    const lines = preview.text.split('\n');
    assert.match(lines[0]!, /^-- Why/);
    assert.deepEqual(
      preview.steps.map(({ id }) => id),
      plan!.steps
        .filter(step => !step.onRequest)
        .concat(plan!.steps.filter(step => step.onRequest))
        .map(({ id }) => id),
    );
    for (const { id, line } of preview.steps) {
      const { title, onRequest } = plan!.steps.find(step => step.id === id)!;
      const [first = ''] = lines[line]!.split(title.split(' ')[0]!);
      assert.match(first, onRequest ? /^-- Later/ : /^-- Step \d+ of \d+: $/);
    }
    const grammar = await loadGrammar();
    for (const { statement } of new Script(grammar, preview.text).statements) {
      assert.equal(statement.syntaxError, undefined, statement.text);
    }
    assert.deepEqual(preview.changes.length, plan!.steps.filter(step => !step.onRequest).length);
  });

  it('runs a partition migration step by step, keeps each state before it goes on, and takes it back', async () => {
    const { plan } = await advise();
    const before = await rowsOf();
    const planned = plan!.steps.filter(step => !step.onRequest);
    let kept: KeptMigration | undefined;
    for (const { id } of planned) {
      const saved = connected.editor.saved.length;
      const result = await run(plan!, kept, [id]);
      assert.equal(result.kind, 'finished', JSON.stringify(result));
      kept = result.kept;
      const states = connected.editor.saved.slice(saved).map(each => each.kept.begun ?? each.kept.finished.at(-1)?.id);
      assert.deepEqual(states, [id, id]);
      assert.deepEqual(connected.editor.saved.at(-1), { connectionId: 'test', kept });
    }
    assert.equal(await kindOf(), 'p');
    assert.deepEqual(await rowsOf(), before);
    const first = planned[0]!.id;
    const back = await undo(kept!, first);
    assert.equal(back.kind, 'finished', JSON.stringify(back));
    assert.deepEqual(back.kept.finished, []);
    assert.equal(await kindOf(), 'r');
    assert.deepEqual(await rowsOf(), before);
  });

  it('changes nothing where nobody keeps its state', async () => {
    const { plan } = await advise();
    connected.editor.keeps = false;
    const stopped = await run(plan!).finally(() => (connected.editor.keeps = true));
    assert.equal(stopped.kind, 'stopped');
    assert.match(JSON.stringify(stopped), /nobody keeps it/);
    assert.deepEqual([stopped.kept.finished, stopped.kept.begun], [[], undefined]);
    const [{ n } = { n: -1 }] = await connected.query<{ n: number }>(
      "select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    );
    assert.equal(n, 3);
    assert.equal(await kindOf(), 'r');
  });

  it('stops at a failure, tells what stands, and goes on from there once the reason is gone', async () => {
    const { plan } = await advise();
    const [first, second] = plan!.steps;
    const broken: MigrationPlan = {
      ...plan!,
      id: 'broken',
      steps: [
        first!,
        {
          ...second!,
          id: 'fails',
          title: 'Fails',
          sql: ['select 1 / (select count(*) from gate)'],
          inverse: [],
          isDone: 'select false',
        },
      ],
    };
    await connected.query('create table gate (n int)');
    const failed = await run(broken);
    assert.equal(failed.kind, 'stopped');
    assert.equal(failed.kind === 'stopped' && failed.stepId, 'fails');
    assert.match(failed.kind === 'stopped' ? failed.message : '', /division by zero/);
    assert.match(
      failed.kind === 'stopped' ? failed.stands.join('\n') : '',
      new RegExp(`Done: ${first!.title.slice(0, 10)}`),
    );
    await connected.query('insert into gate values (1)');
    const resumed = await run(broken, JSON.parse(JSON.stringify(failed.kept)) as KeptMigration);
    assert.equal(resumed.kind, 'finished', JSON.stringify(resumed));
    assert.equal((await undo(resumed.kept)).kind, 'finished');
    await connected.query('drop table gate');
  });

  it('advises a materialized view, makes it, and does not drop one that somebody changed', async () => {
    const view = await connected.editor.request('queryTuner/materializedView/advise', {
      ...common,
      workload: WORKLOAD,
      whatIf: 'trial',
    });
    assert.deepEqual(
      view.views.map(({ title }) => title),
      ['public.sale_by_shop'],
    );
    const [{ plan, rewritten }] = view.views as [(typeof view.views)[number]];
    assert.match(rewritten, /-- report\.sql:2, written over the view:\n-- select shop, sum\(sum_spent\)/);
    const made = await run(plan);
    assert.equal(made.kind, 'finished', JSON.stringify(made));
    await connected.query("comment on materialized view sale_by_shop is 'mine now'");
    const refused = await undo(made.kept);
    assert.equal(refused.kind === 'stopped' && refused.reason, 'refused', JSON.stringify(refused));
    const [there] = await connected.query<{ there: boolean }>(
      "select to_regclass('sale_by_shop') is not null as there",
    );
    assert.equal(there?.there, true);
    await connected.query('drop materialized view sale_by_shop');
  });

  it('tries statistics for the wrong estimates of a plan', async () => {
    const sql = "select * from place where city = 'city 77' and country = 'country 7'";
    const { rawPlan } = await connected.editor.request('queryTuner/explain/run', {
      connectionId: 'test',
      connection: 'test',
      sql,
      title: 'place',
      analyze: true,
    });
    const tried = await connected.editor.request('queryTuner/statistics/try', { ...common, plan: rawPlan });
    assert.deepEqual(tried.refusals, [], JSON.stringify(tried));
    assert.match(
      tried.trials[0]?.suggestion?.change.sql[0] ?? JSON.stringify(tried),
      /^CREATE STATISTICS \S+ \(dependencies\) ON city, country FROM place$/,
    );
  });
});

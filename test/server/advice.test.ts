import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AdviceParams, AdviceSource, AdviceView } from '../../src/protocol/advice';
import type { Change } from '../../src/core/advisor/suggestion';
import type { ApplyOutcome } from '../../src/protocol/server';
import { startConnectedEditor, type ConnectedEditor } from './connectedEditor';

const SETUP = `
  create table readings (id int primary key, camera int not null, noted text not null);
  insert into readings select n, n % 500, 'note ' || n from generate_series(1, 30000) n;
  create index readings_camera on readings (camera);
  create index readings_noted on readings (noted);
  create index readings_noted_again on readings (noted);
  create table visits (day date not null, camera int not null, people int not null) partition by range (day);
  create table visits_2025 partition of visits for values from ('2025-01-01') to ('2026-01-01');
  create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01');
  insert into visits select date '2025-01-01' + n % 700, n % 400, n % 9 from generate_series(1, 60000) n;
  analyze readings, visits;`;

const QUERIES = `select noted from readings where camera = 7 order by id desc limit 3;
select noted from readings where camera = 8 order by id desc limit 3;
insert into readings values (0, 1, 'x');
select camera from readings where lower(noted) = 'note 5';
select camera from readings where id = $1;
selec nonsense;
`;

describe('server: index advice', function () {
  this.timeout(120_000);
  let connected: ConnectedEditor;
  let folder = '';

  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-advice-'));
  });
  after(async () => {
    await connected?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (source: AdviceSource, more: Partial<AdviceParams> = {}): Promise<AdviceView> =>
    connected.editor.request('queryTuner/advice/run', {
      connectionId: 'test',
      source,
      whatIf: 'trial',
      progressToken: 'advice',
      ...more,
    });
  const text: AdviceSource = { kind: 'text', name: 'queries.sql', text: QUERIES };

  it('advises on a text: indexes with what they serve, statements, and the existing indexes', async () => {
    const view = await run(text);
    assert.equal(view.source, 'queries.sql');
    assert.ok(view.costAfter < view.costBefore);
    const expression = view.indexes.find(({ title }) => title.includes('lower('));
    assert.ok(expression, JSON.stringify(view.indexes));
    assert.deepEqual(expression.gains, [4]);
    assert.deepEqual(expression.change.sql.slice(1), ['ANALYZE public.readings']);
    assert.match(expression.change.inverse[0] ?? '', /^DROP INDEX CONCURRENTLY IF EXISTS public\.readings_/);
    const measurable = view.statements.filter(each => each.measurable).map(({ id }) => id);
    assert.ok(measurable.includes(1) && !measurable.includes(3) && !measurable.includes(5), measurable.join());
    assert.equal(view.statements.find(({ id }) => id === 4)?.place, 'queries.sql:4');
    assert.deepEqual(
      view.skipped.map(({ id, sql }) => [id, sql]),
      [[6, 'selec nonsense']],
    );
    assert.deepEqual(
      view.existing.map(({ problem, index }) => `${problem} ${index}`),
      ['duplicate public.readings_noted_again'],
    );
  });

  it('plans what is chosen of the advice, and other forms of an index', async () => {
    const { costBefore, costAfter, indexes, statements } = await run(text);
    const design = {
      connectionId: 'test',
      statements: statements.map(({ id, sql, calls }) => ({ id, sql, calls })),
      indexes: indexes.map(({ definition }) => definition),
      whatIf: 'trial' as const,
      progressToken: 'design',
    };
    const whole = await connected.editor.request('queryTuner/advice/cost', design);
    assert.deepEqual(
      whole.indexes.map(({ title, change, estimatedBytes }) => ({ title, change, estimatedBytes })),
      indexes.map(({ title, change, estimatedBytes }) => ({ title, change, estimatedBytes })),
    );
    assert.ok(Math.abs(whole.costAfter / costAfter - 1) < 0.01, `${whole.costAfter} ${costAfter}`);
    const none = await connected.editor.request('queryTuner/advice/cost', { ...design, indexes: [] });
    assert.ok(Math.abs(none.costAfter / costBefore - 1) < 0.01, `${none.costAfter} ${costBefore}`);
    const position = indexes.findIndex(({ title }) => title.includes('(camera'));
    const asked = { ...design, position, advised: design.indexes[position]! };
    const found = await connected.editor.request('queryTuner/advice/alternatives', asked);
    assert.ok(found.forms.length > 0 && found.costWith < found.costWithout, JSON.stringify(found));
    const form = found.forms[0]!;
    assert.notEqual(form.title, indexes[position]!.title);
    const withIt = design.indexes.map((index, at) => (at === position ? form.definition : index));
    const taken = await connected.editor.request('queryTuner/advice/cost', { ...design, indexes: withIt });
    assert.ok(Math.abs(taken.costAfter / form.costAfter - 1) < 0.01, `${taken.costAfter} ${form.costAfter}`);
    assert.equal(taken.indexes[position]?.title, form.title);
  });

  it('applies an index, and undo compares first', async () => {
    const { indexes } = await run(text);
    const { change } = indexes[0]!;
    const common = { connectionId: 'test', change, progressToken: 'apply' };
    const applied = await connected.editor.request('queryTuner/change/apply', common);
    assert.equal(applied.created.length, 1);
    assert.ok(!(await run(text)).indexes.some(each => each.change.sql[0] === change.sql[0]));
    await connected.editor.request('queryTuner/change/undo', { ...common, expected: applied.created });
    await assert.rejects(
      connected.editor.request('queryTuner/change/undo', { ...common, expected: applied.created }),
      /already gone/,
    );
  });

  describe('on a partitioned table', () => {
    const visits: AdviceSource = {
      kind: 'text',
      name: 'v.sql',
      text: 'select sum(people) from visits where camera = 3;',
    };
    const indexes = async (): Promise<string[]> => {
      const sql = `select indexrelid::regclass::text as name from pg_index
        where indrelid in (select relid from pg_partition_tree('visits')) order by 1`;
      return (await connected.query<{ name: string }>(sql)).map(({ name }) => name);
    };
    const apply = async (change: Change): Promise<ApplyOutcome> =>
      connected.editor.request('queryTuner/change/apply', { connectionId: 'test', change, progressToken: 'apply' });

    it('builds without blocking writers, partition by partition, and takes all of it back', async () => {
      const { change } = (await run(visits)).indexes[0]!;
      assert.equal(change.sql.filter(sql => sql.includes('CONCURRENTLY')).length, 2, change.sql.join('\n'));
      const { created } = await apply(change);
      assert.equal((await indexes()).length, 3);
      const undo = { connectionId: 'test', change, progressToken: 'undo', expected: created };
      await connected.editor.request('queryTuner/change/undo', undo);
      assert.deepEqual(await indexes(), []);
    });

    it('leaves nothing half done when a partition fails, and what was there before alone', async () => {
      const { change } = (await run(visits)).indexes[0]!;
      const last = change.sql.findLast(sql => sql.includes('CONCURRENTLY')) ?? '';
      const name = /CONCURRENTLY (\S+) ON/.exec(last)?.[1] ?? '';
      await connected.query(`create index ${name} on visits_2026 (people)`);
      await assert.rejects(apply(change), /already exists/);
      assert.deepEqual(await indexes(), [name]);
    });
  });

  it('takes files and folders, and a budget that nothing fits in', async () => {
    writeFileSync(path.join(folder, 'a.sql'), QUERIES);
    const files: AdviceSource = { kind: 'files', paths: [folder], by: 'total', top: 10 };
    assert.ok((await run(files)).indexes.length > 0);
    assert.deepEqual((await run(files, { budgetBytes: 1 })).indexes, []);
  });

  it('reviews the existing indexes without a workload', async () => {
    const view = await run({ kind: 'none' });
    assert.equal(view.source, null);
    assert.equal(view.existing.length, 1);
    assert.deepEqual(view.indexes, []);
  });

  it('says after how many days an index counts as unused', async () => {
    const { notes } = await run({ kind: 'none' }, { unusedDays: 7 });
    assert.ok(
      notes.some(note => note.endsWith('an index counts as unused after 7 days')),
      notes.join('\n'),
    );
  });

  it('tells what to do where pg_stat_statements is missing', async () => {
    await assert.rejects(run({ kind: 'statements', by: 'total', top: 10 }), /not installed in this database/);
  });

  it('measures what reads, and nothing else', async () => {
    const measured = await connected.editor.request('queryTuner/advice/measure', {
      connectionId: 'test',
      statements: [
        { id: 1, sql: 'select count(*) from readings' },
        { id: 2, sql: 'delete from readings' },
        { id: 3, sql: 'select pg_sleep(60)' },
      ],
      timeoutMs: 200,
      progressToken: 'measure',
    });
    const [read, write, slow] = measured;
    assert.ok((read?.executionMs ?? 0) > 0);
    assert.match(write?.problem ?? '', /read-only transaction/);
    assert.match(slow?.problem ?? '', /statement timeout/);
  });
});

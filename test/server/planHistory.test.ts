import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parsePlan } from '../../src/core/plan/parsePlan';
import type { ComparisonView } from '../../src/protocol/planPanel';
import type { ExplainOutcome, ExplainParams, HistoryPlace } from '../../src/protocol/server';
import { onEachServer } from '../database/servers';
import { Editor } from './editor';

const SETUP = `
  create table reading (id int primary key, camera int not null, note text);
  insert into reading select n, case when n % 100 = 0 then n else 1 end, repeat('x', 40) from generate_series(1, 50000) n;
  analyze reading;
`;

describe('server: plan history', function () {
  this.timeout(120_000);

  onEachServer(SETUP, server => {
    let editor: Editor;
    let history: HistoryPlace;

    beforeEach(async () => {
      const root = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-history-'));
      history = { folder: path.join(root, 'planHistory'), keepValues: false, secret: 'known to this window' };
      editor = await Editor.start({ trusted: true });
      for (const connectionId of ['test', 'other'])
        await editor.request('queryTuner/connections/connect', { connectionId, target: { url: server().url } });
    });
    afterEach(async () => {
      await editor.dispose();
      fs.rmSync(path.dirname(history.folder), { recursive: true, force: true });
    });

    const explain = async (sql: string, more: Partial<ExplainParams> = {}): Promise<ExplainOutcome> => {
      const params = { connectionId: 'test', connection: 'test', sql, title: sql, analyze: true, history, ...more };
      const outcome = await editor.request('queryTuner/explain/run', params);
      assert.equal(outcome.failed, false, outcome.view.error);
      return outcome;
    };
    const pin = (outcome: ExplainOutcome, entry: string | null) =>
      editor.request('queryTuner/history/pin', {
        folder: history.folder,
        fingerprint: outcome.facts?.fingerprint ?? '',
        entry,
      });
    const idsOf = ({ view }: ExplainOutcome): string[] => view.history?.entries.map(({ id }) => id) ?? [];
    /** But for those about time, which is not the same on a busy machine. */
    const cautionsIn = (comparison: ComparisonView | undefined): string =>
      comparison?.cautions?.filter(caution => !/\btime\b/.test(caution)).join('\n') ?? 'no comparison';
    const cautionsOf = ({ view }: ExplainOutcome): string => cautionsIn(view.comparison);
    const storedText = (): string =>
      fs
        .readdirSync(history.folder, { recursive: true, encoding: 'utf8' })
        .filter(file => /\.\w+$/.test(file))
        .map(file => fs.readFileSync(path.join(history.folder, file), 'utf8'))
        .join('\n');

    it('remembers each run, and compares with the pinned one from then on', async () => {
      const first = await explain('select * from reading where camera = 700');
      assert.equal(first.view.comparison, undefined);
      const [pinned] = idsOf(first);
      assert.ok(pinned);
      const second = await explain('SELECT *\nfrom reading -- the same\nwhere camera = 700');
      assert.deepEqual(idsOf(second).slice(0, 1), [pinned]);
      assert.equal(second.view.history?.entries.length, 2);
      assert.equal(second.view.comparison, undefined);

      const view = await pin(second, pinned);
      assert.equal(view.baseline, pinned);
      await server().run('create index reading_camera on reading (camera)');
      try {
        const third = await explain('select * from reading where camera = 700');
        const { comparison } = third.view;
        assert.equal(comparison?.verdict, 'better');
        assert.equal(cautionsOf(third), '');
        assert.deepEqual(comparison?.against, { kind: 'baseline', at: view.entries[0]?.at });
        assert.match(third.view.history?.entries[2]?.note ?? '', /other plan/);

        assert.equal((await pin(third, null)).baseline, undefined);
        assert.equal((await explain('select * from reading where camera = 700')).view.comparison, undefined);
      } finally {
        await server().run('drop index reading_camera');
      }
    });

    it('does not take another statement for it', async () => {
      await explain('select * from reading where camera = 700');
      const other = await explain('select id from reading where camera = 700');
      assert.equal(idsOf(other).length, 1);
    });

    it('says what was different: values, server, settings, and a generic plan', async () => {
      const sql = 'select * from reading where camera = :camera';
      const first = await explain(sql, { parameters: { camera: '700' } });
      await pin(first, idsOf(first)[0]!);
      const cautions = async (more: Partial<ExplainParams>): Promise<string> => cautionsOf(await explain(sql, more));
      const parameters = { camera: '700' };
      assert.equal(await cautions({ parameters }), '');
      assert.match(
        await cautions({ parameters: { camera: '800' } }),
        /^The statements were run with different values\.$/,
      );
      assert.match(await cautions({ parameters, settings: { work_mem: '64kB' } }), /work_mem default -> 64kB/);
      assert.match(await cautions({ parameters, connectionId: 'other' }), /servers or databases: test, .* -> other, /);
      const generic = await cautions({ analyze: false });
      assert.match(generic, /Only the first plan was executed/);
      assert.match(generic, /Only the second plan is generic/);
      assert.doesNotMatch(generic, /different values|plan_cache_mode/);
    });

    it('tells constants in the statement apart, too', async () => {
      const first = await explain('select * from reading where id = 7');
      await pin(first, idsOf(first)[0]!);
      const same = await explain('select * from reading where id = 7');
      const negative = await explain('select * from reading where id = -7');
      const other = await explain('select * from reading where id = 8');
      const cautions = [same, negative, other].map(cautionsOf);
      assert.equal(cautions[0], '');
      for (const caution of cautions.slice(1)) assert.match(caution, /different values/);
      assert.equal(other.view.history?.entries.at(-1)?.note, 'other values');
    });

    it('keeps no value, unless it may', async () => {
      const sql = "select * from reading where camera = :camera and note <> 'confidential'";
      const parameters = { camera: '47110815' };
      await explain(sql, { parameters });
      assert.ok(storedText().length > 0);
      assert.doesNotMatch(storedText(), /47110815|confidential/);
      const { view } = await explain(sql, { parameters, history: { ...history, keepValues: true } });
      assert.match(storedText(), /47110815/);
      assert.match(storedText(), /confidential/);
      assert.equal(view.history?.entries.length, 2);
    });

    it('compares with any earlier run, and not with one that is gone', async () => {
      const first = await explain('select * from reading where camera = 700', { analyze: false });
      const shown = await explain('select * from reading where camera = 700');
      const { folder } = history;
      const [entry = ''] = idsOf(first);
      const comparison = await editor.request('queryTuner/history/compare', { folder, entry, shown });
      assert.equal(comparison.measure, 'cost');
      assert.equal(comparison.verdict, 'same');
      assert.deepEqual(comparison.against, { kind: 'run', at: shown.view.history?.entries[0]?.at });
      assert.match(comparison.cautions?.[0] ?? '', /Only the second plan was executed/);

      const fingerprint = shown.facts!.fingerprint;
      await editor.request('queryTuner/history/clear', { folder, fingerprint });
      await assert.rejects(
        editor.request('queryTuner/history/compare', { folder, entry, shown }),
        /no longer in the history/,
      );
      await assert.rejects(pin(shown, entry), /only the figures/);
    });

    it('goes on when a plan that was kept is damaged, and says so', async () => {
      const first = await explain('select * from reading where camera = 700');
      const [entry = ''] = idsOf(first);
      await pin(first, entry);
      const files = fs.readdirSync(history.folder, { recursive: true, encoding: 'utf8' });
      const plan = files.find(file => file.endsWith('.plan'))!;
      fs.writeFileSync(path.join(history.folder, plan), '{');
      const second = await explain('select * from reading where camera = 700');
      assert.equal(second.view.comparison, undefined);
      assert.ok(second.view.notes.some(note => /pinned run is gone/.test(note)));
      assert.equal(second.view.history?.entries.length, 2);
    });

    it('shows the plan when the history cannot be written, and says so', async () => {
      fs.writeFileSync(history.folder, 'a file stands in the way');
      const { view } = await explain('select * from reading where camera = 700');
      assert.ok(view.nodes.length > 0);
      assert.ok(view.notes.some(note => /could not be added to the history/.test(note)));
    });

    it('compares with the plan shown before instead, when asked to', async () => {
      const sql = 'select * from reading where camera = 700 order by note';
      const first = await explain(sql);
      await pin(first, idsOf(first)[0]!);
      const second = await explain(sql, { before: first, settings: { enable_sort: 'off' }, runs: 3 });
      assert.equal(second.view.comparison?.against, undefined);
      assert.match(second.view.comparison?.cautions?.join() ?? '', /enable_sort default -> off/);
      assert.equal(second.view.runs?.timesMs.length, 3);
      assert.equal(second.view.history?.entries.length, 2);
    });

    it('shares runs and pins with the other windows of the workspace', async () => {
      const other = await Editor.start({ trusted: true });
      try {
        const target = { url: server().url };
        await other.request('queryTuner/connections/connect', { connectionId: 'test', target });
        const sql = 'select count(*) from reading';
        const params = { connectionId: 'test', connection: 'test', sql, title: sql, analyze: false, history };
        const [mine, theirs] = await Promise.all([
          explain(sql, { analyze: false }),
          other.request('queryTuner/explain/run', params),
        ]);
        const ids = new Set([...idsOf(mine), ...idsOf(theirs)]);
        assert.equal(ids.size, 2);
        await pin(mine, [...ids][0]!);
        const later = await other.request('queryTuner/explain/run', params);
        assert.equal(later.view.history?.entries.length, 3);
        assert.equal(later.view.comparison?.against?.kind, 'baseline');
      } finally {
        await other.dispose();
      }
    });

    it('compares with a saved plan in any format, and doubts that of another statement', async () => {
      const shown = await explain('select * from reading where camera = 700');
      const compare = async (sql: string) => {
        const rows = await server().db.query<Record<string, string>>(`explain (analyze, buffers, format text) ${sql}`);
        const text = rows.map(row => row['QUERY PLAN']).join('\n');
        const before = { name: 'before.txt', rawPlan: parsePlan(text).map(({ raw }) => raw) };
        return editor.request('queryTuner/plan/compare', { before, shown });
      };
      const same = await compare('select * from reading where camera = 700');
      assert.deepEqual([same.against, cautionsIn(same)], [{ kind: 'file', name: 'before.txt' }, '']);
      assert.deepEqual(new Set(same.rows.map(({ change }) => change)), new Set(['same']));
      const values = await compare('select * from reading where camera = 800');
      assert.match(values.cautions?.[0] ?? '', /different values/);
      const other = await compare('select * from pg_namespace');
      assert.match(other.cautions?.[0] ?? '', /before\.txt seems to hold the plan of another statement/);
    });

    it('counts what would be lost, and forgets it', async () => {
      const first = await explain('select 1');
      await pin(first, idsOf(first)[0]!);
      await explain('select now()');
      await explain('select now()');
      const { folder } = history;
      const size = () => editor.request('queryTuner/history/size', { folder });
      assert.deepEqual(await size(), { statements: 2, runs: 3, baselines: 1 });
      await editor.request('queryTuner/history/clear', { folder });
      assert.deepEqual(await size(), { statements: 0, runs: 0, baselines: 0 });
    });

    it('stores nothing where nothing is asked for, nor what failed, nor in an untrusted workspace', async () => {
      const unasked = await explain('select 1', { history: undefined });
      assert.equal(unasked.view.history, undefined);
      const params = {
        connectionId: 'test',
        connection: 'test',
        sql: 'select nosuch',
        title: '',
        analyze: true,
        history,
      };
      assert.equal((await editor.request('queryTuner/explain/run', params)).failed, true);
      const untrusted = await Editor.start({ trusted: false });
      await assert.rejects(untrusted.request('queryTuner/explain/run', { ...params, sql: 'select 1' }), /not trusted/);
      await untrusted.dispose();
      assert.ok(!fs.existsSync(history.folder));
    });
  });
});

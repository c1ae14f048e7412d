import assert from 'node:assert/strict';
import type { ApplyParams, ExplainOutcome, ExplainParams } from '../../src/protocol/server';
import type { ConnectedEditor } from './connectedEditor';
import { startConnectedEditor } from './connectedEditor';

const SETUP = `
  create table reading (id int primary key, camera int not null, place text not null, note text);
  insert into reading select n, n % 100, 'place ' || n % 100, repeat('x', 40) from generate_series(1, 20000) n;
  analyze reading;
`;

describe('server: from a plan to its SQL and to what can be done', function () {
  this.timeout(120_000);
  let connected: ConnectedEditor;

  before(async function () {
    connected = await startConnectedEditor(this, SETUP);
  });
  after(() => connected?.dispose());

  const explain = (sql: string, more: Partial<ExplainParams> = {}): Promise<ExplainOutcome> =>
    connected.editor.request('queryTuner/explain/run', {
      connectionId: 'test',
      connection: 'test (development)',
      sql,
      title: sql,
      analyze: true,
      ...more,
    });
  /** The parts of the SQL shown that nodes come from, node by node. */
  const partsOf = ({ view }: ExplainOutcome): string[][] =>
    view.nodes.map(({ sqlRanges = [] }) => sqlRanges.map(({ start, end }) => view.sql.slice(start, end)));

  it('traces nodes to the text as the user wrote it', async () => {
    const sql = 'select note from reading r where camera = :camera and r.place <> %(somewhere)s order by id desc';
    const parameters = { camera: '7', somewhere: 'a place with a long name' };
    assert.deepEqual(
      partsOf(await explain(sql, { parameters })).find(([first]) => first === 'reading r'),
      ['reading r', 'camera = :camera', 'r.place <> %(somewhere)s'],
    );
    const generic = await explain(sql, { analyze: false });
    assert.ok(partsOf(generic).some(parts => parts.includes('camera = :camera')));
  });

  it('counts from the beginning of the text that is shown', async () => {
    const outcome = await explain('-- über alles\nselect id from reading where camera = 3 -- done');
    assert.deepEqual(partsOf(outcome), [['reading', 'camera = 3']]);
  });

  describe('a step of a finding', () => {
    const stepOf = (sql: readonly string[], runsInTransaction: boolean): ApplyParams => ({
      connectionId: 'test',
      change: { sql, runsInTransaction, locks: '', inverse: [] },
      progressToken: 'step',
    });

    it('makes statistics, which are then dropped again', async () => {
      const sql = ['CREATE STATISTICS together ON camera, place FROM reading;', 'ANALYZE reading;'];
      const step = stepOf(sql, true);
      const { created } = await connected.editor.request('queryTuner/change/apply', step);
      assert.deepEqual(
        created.map(({ kind, schema, name }) => ({ kind, schema, name })),
        [{ kind: 'statistics', schema: 'public', name: 'together' }],
      );
      await assert.rejects(connected.editor.request('queryTuner/change/apply', step), /already exists/);
      const undo = { ...step, expected: created };
      await connected.editor.request('queryTuner/change/undo', undo);
      await assert.rejects(connected.editor.request('queryTuner/change/undo', undo), /together is already gone/);
    });

    it('leaves statistics alone that somebody made anew', async () => {
      const make = (columns: string) => stepOf([`create statistics shared on ${columns} from reading`], true);
      const { created } = await connected.editor.request('queryTuner/change/apply', make('camera, place'));
      await connected.editor.request(
        'queryTuner/change/apply',
        stepOf(['drop statistics shared', 'create statistics shared on place, note from reading'], true),
      );
      await assert.rejects(
        connected.editor.request('queryTuner/change/undo', { ...make('camera, place'), expected: created }),
        /no longer the statistics that was created/,
      );
    });

    it('makes an index that PostgreSQL names, which is then dropped again', async () => {
      const step = stepOf(['CREATE INDEX CONCURRENTLY ON reading (camera);'], false);
      const { created } = await connected.editor.request('queryTuner/change/apply', step);
      assert.deepEqual(
        created.map(({ name }) => name),
        ['reading_camera_idx'],
      );
      await connected.editor.request('queryTuner/change/undo', { ...step, expected: created });
      const outcome = await explain('select id from reading where camera = 3');
      assert.equal(outcome.view.nodes[0]?.nodeType, 'Seq Scan');
    });

    it('runs VACUUM and ANALYZE, which leave nothing to take back', async () => {
      for (const [sql, inTransaction] of [
        ['VACUUM (ANALYZE) reading;', false],
        ['ANALYZE reading;', true],
      ] as const) {
        const { created } = await connected.editor.request('queryTuner/change/apply', stepOf([sql], inTransaction));
        assert.deepEqual(created, []);
      }
    });
  });
});

import assert from 'node:assert/strict';
import { readPlans } from '../../../src/core/plan/readPlans';
import type { SavedPlans } from '../../../src/protocol/savedPlanView';
import { problemText, savedPlanEntry, savedPlanView } from '../../../src/protocol/savedPlanView';

const saved = (text: string, name = 'a.explain'): SavedPlans => ({ name, text, reading: readPlans(text) });

const PLAN = `Sort  (cost=9.00..9.50 rows=5 width=8) (actual time=8.000..8.500 rows=400 loops=1)
  Sort Key: a
  ->  Seq Scan on t  (cost=0.00..3.00 rows=400 width=4) (actual time=0.010..1.000 rows=400 loops=1)
        Flavour of the day
`;

const entry = (ms: number, query: string): string =>
  `2026-03-01 10:00:00 UTC [1] LOG:  duration: ${ms} ms  plan:\n\tQuery Text: ${query}\n${PLAN.replace(/^(?=.)/gm, '\t')}`;

const LOG = `${entry(8.5, 'select a\n\t  from t -- all\n\torder by a')}2026-03-01 10:00:01 UTC [1] LOG:  checkpoint\n${entry(9, `select '${'x'.repeat(100)}'`)}`;

/** A plan of `count` scans below one node. */
function wide(count: number): string {
  const scan = { 'Node Type': 'Seq Scan', 'Relation Name': 't', 'Total Cost': 10, 'Plan Rows': 1 };
  return JSON.stringify([
    { Plan: { 'Node Type': 'Append', 'Total Cost': count * 10, 'Plan Rows': count, Plans: Array(count).fill(scan) } },
  ]);
}

describe('protocol/savedPlanView', () => {
  it('is a view that nothing can be run from, with the text as it was given', () => {
    const view = savedPlanView(saved(PLAN), 0);
    assert.equal(view.source, 'file');
    assert.equal(view.title, 'a.explain');
    assert.equal(view.connection, '', 'the name is the title already');
    assert.deepEqual(view.raw, { format: 'text', text: PLAN });
    assert.deepEqual(view.problems, ['line 4: not understood: Flavour of the day']);
    assert.deepEqual(view.notes, ['Not all of it was understood.']);
    assert.deepEqual(view.suggestions, []);
    assert.equal(view.place, undefined);
  });

  it('names a plan of a log after its statement, and takes the time from the log', () => {
    const both = saved(LOG, 'app.log');
    const [first, second] = both.reading.plans.map(savedPlanEntry);
    assert.deepEqual(first, {
      title: 'select a from t order by a',
      line: 5,
      executionMs: 8.5,
      totalCost: 9.5,
      nodes: 2,
    });
    assert.equal(second?.title.length, 80);
    const view = savedPlanView(both, 1);
    assert.equal(view.connection, 'app.log, line 12');
    assert.equal(view.executionMs, 9);
    assert.ok(view.notes.includes('The log says that the statement took 9 ms.'));
    assert.match(view.sql, /^select 'x+'$/);
    assert.deepEqual(view.place, { index: 1, count: 2 });
    assert.deepEqual(view.problems, ['Flavour of the day']);
  });

  it('shows the lines of the plan that was chosen', () => {
    const both = saved(LOG);
    const first = savedPlanView(both, 0).raw?.text ?? '';
    assert.match(first, /^\tSort {2}\(cost/);
    assert.match(first, /checkpoint/, 'up to the next plan');
    assert.equal([...first.matchAll(/Sort Key/g)].length, 1);
    assert.ok(LOG.endsWith(savedPlanView(both, 1).raw?.text ?? '?'));
    const oneLine = `${wide(1).slice(0, -1)},${wide(2).slice(1)}`;
    const raw = savedPlanView(saved(oneLine), 1).raw;
    assert.deepEqual(JSON.parse(raw?.text ?? ''), JSON.parse(wide(2)));
  });

  it('takes the time of the log for no measurement of a plan that was only estimated', () => {
    const planned = LOG.replace(/ \(actual[^)]*\)/g, '');
    const view = savedPlanView(saved(planned), 0);
    assert.equal(view.analyzed, false);
    assert.equal(view.executionMs, undefined);
  });

  it('shows ten thousand nodes, and of very many the first, and says so', () => {
    const all = savedPlanView(saved(wide(10_000)), 0);
    assert.equal(all.nodes.length, 10_001);
    assert.deepEqual(all.notes, []);
    const part = savedPlanView(saved(wide(30_000)), 0);
    assert.equal(part.nodes.length, 20_000);
    assert.deepEqual(part.notes.slice(0, 1), ['The first 20,000 of 30,001 nodes.']);
    assert.equal(part.nodes[0]?.childCount, 19_999);
    assert.equal(part.totalCost, 300_000, 'the figures are those of the whole');
    assert.ok(part.findings.every(({ nodeId }) => nodeId === undefined || nodeId < 20_000));
  });

  it('shows the beginning of a very long text, and says so', () => {
    const view = savedPlanView(saved(`${PLAN}\n${' '.repeat(2_000_000)}`), 0);
    assert.equal(view.raw?.text.length, 2_000_000);
    assert.ok(view.notes.includes('The text is shown up to 2,000,000 characters.'));
  });

  it('says what was left out of the file', () => {
    const both = saved(LOG);
    const problems = [{ message: 'only the first 50 MB of the file were read' }];
    const view = savedPlanView({ ...both, reading: { plans: both.reading.plans.slice(0, 1), problems } }, 0);
    assert.equal(view.notes.at(-1), 'Only the first 50 MB of the file were read.');
    assert.deepEqual(view.problems, ['only the first 50 MB of the file were read']);
  });

  it('names the plan that is not there', () => {
    assert.throws(() => savedPlanView(saved(PLAN), 7), /There is no plan 8 in a\.explain/);
  });

  it('puts a problem into one line', () => {
    assert.equal(problemText({ message: 'no plan was found' }), 'no plan was found');
    assert.equal(problemText({ message: 'not understood', line: 3, text: 'x' }), 'line 3: not understood: x');
  });
});

import assert from 'node:assert/strict';
import { parsePlan, PlanInputError } from '../../../src/core/plan/parsePlan';

const DOCUMENT = {
  Plan: {
    'Node Type': 'Limit',
    'Total Cost': 2.5,
    'Plan Rows': 1,
    Plans: [{ 'Node Type': 'Seq Scan', 'Relation Name': 't', 'Plan Rows': 9 }],
  },
};
const TYPES = ['Limit', 'Seq Scan'];

function types(input: unknown): string[] {
  return parsePlan(input).flatMap(tree => tree.nodes.map(node => node.nodeType));
}

/** The frame psql draws around a JSON plan. */
function aligned(end: string): string {
  const lines = JSON.stringify([DOCUMENT], null, 2).split('\n');
  const body = lines.map((line, i) => ` ${line.padEnd(60)}${i < lines.length - 1 ? end : ''}`);
  return ['  QUERY PLAN  ', '-'.repeat(62), ...body, '(1 row)', ''].join('\n');
}

describe('core/plan/parsePlan', () => {
  it('reads a document, an array, a bare node, text, and rows of a driver', () => {
    for (const input of [
      DOCUMENT,
      [DOCUMENT],
      DOCUMENT.Plan,
      JSON.stringify([DOCUMENT]),
      [{ 'QUERY PLAN': [DOCUMENT] }],
      [{ 'QUERY PLAN': JSON.stringify([DOCUMENT]) }],
    ]) {
      assert.deepEqual(types(input), TYPES);
    }
  });

  it('reads text plans that a driver gives row by row', () => {
    const lines = ['Limit  (cost=0.00..1.00 rows=1 width=1)', '  ->  Seq Scan on t  (cost=0.00..1.00 rows=1 width=1)'];
    for (const rows of [lines, lines.map(line => [line]), lines.map(line => ({ 'QUERY PLAN': line }))]) {
      assert.deepEqual(types(rows), TYPES);
      assert.deepEqual(types(JSON.stringify(rows)), TYPES);
    }
  });

  it('takes no words of SQL for a plan', () => {
    for (const text of ['select *\nfrom t\nLimit\n', 'Insert the disk, please.', 'Update on Monday follows;']) {
      assert.throws(() => parsePlan(text), PlanInputError);
    }
  });

  it('reads all plans of an array', () => assert.equal(parsePlan([DOCUMENT, DOCUMENT]).length, 2));

  it("reads JSON inside psql's frame, with every continuation mark", () => {
    for (const mark of ['+', '↵', '']) assert.deepEqual(types(aligned(mark)), TYPES);
  });

  it('keeps the query text of a log entry', () => {
    const [tree] = parsePlan(
      `LOG:  duration: 3.1 ms  plan:\n\t${JSON.stringify({ 'Query Text': 'select 1', ...DOCUMENT })}`,
    );
    assert.equal(tree?.raw['Query Text'], 'select 1');
  });

  it('keeps what PostgreSQL said untouched', () => assert.equal(parsePlan(DOCUMENT)[0]?.raw, DOCUMENT));

  it('accepts COSTS OFF', () => {
    const [tree] = parsePlan([{ Plan: { 'Node Type': 'Seq Scan' } }]);
    assert.equal(tree?.root.figures.totalCost, undefined);
    assert.equal(tree?.analyzed, false);
  });

  it('keeps the names of custom scans', () => {
    assert.deepEqual(types({ Plan: { 'Node Type': 'Custom Scan', 'Custom Plan Provider': 'ColumnarScan' } }), [
      'Custom Scan (ColumnarScan)',
    ]);
    assert.deepEqual(types('Custom Scan (ColumnarScan) on t  (cost=0.00..1.00 rows=1 width=4)'), [
      'Custom Scan (ColumnarScan)',
    ]);
  });

  it('reads XML and YAML with the names of JSON', () => {
    const xml =
      '<explain xmlns="x"><Query><Plan><Node-Type>Sort</Node-Type><Sort-Key><Item>a &lt; 1</Item></Sort-Key><I-O-Read-Time>1.5</I-O-Read-Time></Plan></Query></explain>';
    const yaml =
      '- Plan: \n    Node Type: "Sort"\n    Sort Key: \n      - "a < 1"\n    I/O Read Time: 1.5\n  Planning Time: 0.2';
    for (const input of [xml, yaml]) {
      const [tree] = parsePlan(input);
      assert.deepEqual(tree?.root.raw, { 'Node Type': 'Sort', 'Sort Key': ['a < 1'], 'I/O Read Time': 1.5 });
    }
    assert.equal(parsePlan(yaml)[0]?.planningMs, 0.2);
  });

  it('says what to paste when nothing is understood', () => {
    for (const input of ['', 'hello', 'select 1', '{}', '[', null, 42, [], { Plan: {} }]) {
      assert.throws(
        () => parsePlan(input),
        (error: unknown) => error instanceof PlanInputError && /FORMAT JSON/.test(error.message),
      );
    }
  });
});

import assert from 'node:assert/strict';
import type { ExplainAgain, NodeView } from '../../src/protocol/planPanel';
import { cellText, offeredColumns, shownColumns } from '../../src/webview/plan/columns';
import { changeOf, differs } from '../../src/webview/plan/comparisonRows';
import { orderChoices, rankNodes } from '../../src/webview/plan/nodeOrder';
import { searchNodes, searchTexts, typeahead } from '../../src/webview/plan/nodeSearch';
import { nodeText } from '../../src/webview/plan/nodeText';
import { readPageState, writePageState } from '../../src/webview/plan/pageState';
import { emptyForm, majorVersion, readForm } from '../../src/webview/plan/runAgainModel';
import type { RunForm } from '../../src/webview/plan/runAgainModel';
import { segmentsWithin, sqlParts, sqlSegments } from '../../src/webview/plan/sqlParts';
import { layOut } from '../../src/webview/plan/tableLayout';
import { RICH } from './richView';
import { ESTIMATED, MEASURED, nodesOf } from './sampleViews';

const ids = (nodes: readonly { readonly id: number }[]): number[] => nodes.map(node => node.id);

describe('webview/plan/columns', () => {
  it('offers an estimated plan nothing measured, and a measured plan no share of the cost', () => {
    assert.deepEqual(
      offeredColumns(false).filter(column => column.kind === 'measured'),
      [],
    );
    assert.ok(!offeredColumns(true).some(column => column.id === 'costShare'));
    assert.deepEqual(
      shownColumns(false, ['self', 'total', 'cost']).map(column => column.id),
      ['cost'],
      'what was chosen for another kind of plan is left out',
    );
  });

  it('says that a node never ran instead of giving figures that were not measured', () => {
    const never = MEASURED.nodes.find(node => node.neverExecuted)!;
    const texts = shownColumns(true, undefined).map(column => `${column.id}: ${cellText(column, never)}`);
    assert.deepEqual(texts, [
      'self: never run',
      'total: –',
      'rows: –',
      'planned: 10',
      'error: –',
      'loops: –',
      'buffers: –',
    ]);
  });
});

describe('webview/plan/tableLayout', () => {
  const columns = shownColumns(true, undefined);
  const shownAt = (width: number, isChosen = false): string[] =>
    layOut(columns, width, isChosen).columns.map(column => column.id);

  it('leaves out what one can do without as the room shrinks, and keeps the own time', () => {
    assert.equal(shownAt(1_000).length, columns.length);
    const narrower = [700, 500, 400, 300].map(width => shownAt(width).length);
    assert.deepEqual(
      narrower,
      [...narrower].sort((a, b) => b - a),
    );
    assert.deepEqual(shownAt(150), ['self']);
  });

  it('keeps what somebody chose, and what the rows are ranked by', () => {
    assert.equal(shownAt(300, true).length, columns.length);
    assert.ok(layOut(columns, 300, true).minWidth > 300, 'the table is scrolled sideways');
    assert.ok(layOut(columns, 150, false, 'loops').columns.some(column => column.id === 'loops'));
  });
});

describe('webview/plan/nodeOrder', () => {
  it('ranks by a figure, equal ones in the order of the plan, those that never ran last', () => {
    assert.deepEqual(ids(rankNodes(RICH.nodes, 'self')), [2, 1, 5, 0, 4, 3, 6]);
    assert.deepEqual(ids(rankNodes(RICH.nodes, 'read')).slice(0, 4), [2, 0, 1, 5]);
    assert.deepEqual(ids(rankNodes(RICH.nodes, 'never')), [6]);
  });

  it('offers a plan that was not run only its estimates', () => {
    const orders = orderChoices(false).map(choice => choice.order);
    assert.deepEqual(orders, ['tree', 'planned', 'costShare', 'cost', 'startupCost']);
  });
});

describe('webview/plan/nodeSearch', () => {
  const texts = searchTexts(RICH.nodes);
  const find = (query: string): number[] => searchNodes(RICH.nodes, texts, query);

  it('finds by type, relation, index, subplan and condition, whatever the case', () => {
    assert.deepEqual(find('seq SCAN'), [2]);
    assert.deepEqual(find('cameras_pkey'), [5]);
    assert.deepEqual(find('initplan'), [3]);
    assert.deepEqual(find("direction = 'in'"), [2]);
    assert.deepEqual(find('never executed'), [6]);
    assert.deepEqual(find('  '), []);
  });

  it('looks for words apart, and for quoted words together', () => {
    assert.deepEqual(find('scan on'), [2, 5]);
    assert.deepEqual(find('"scan on counting"'), []);
    assert.deepEqual(find('"index scan" cameras'), [5]);
  });

  it('goes to the next name that begins with the letters typed, and round', () => {
    assert.equal(typeahead(RICH.nodes, 0, 'h'), 1);
    assert.equal(typeahead(RICH.nodes, 1, 'h'), 4);
    assert.equal(typeahead(RICH.nodes, 4, 'hh'), 1, 'a letter again goes on');
    assert.equal(typeahead(RICH.nodes, 4, 'hash j'), 1);
    assert.equal(typeahead(RICH.nodes, 0, 'counting'), 2, 'the relation counts, too');
    assert.equal(typeahead(RICH.nodes, 0, 'x'), -1);
  });
});

describe('webview/plan/sqlParts', () => {
  const node = (id: number, ...ranges: [number, number][]): NodeView => ({
    ...nodesOf({})[0]!,
    id,
    sqlRanges: ranges.map(([start, end]) => ({ start, end })),
  });

  it('gathers nodes of the same part, and leaves out ranges beyond the text', () => {
    const parts = sqlParts([node(1, [5, 9]), node(2, [5, 9], [0, 99]), node(3, [7, 7], [-1, 4], [0, 20])], 20);
    assert.deepEqual(parts, [
      { start: 0, end: 20, nodeIds: [3] },
      { start: 5, end: 9, nodeIds: [1, 2] },
    ]);
  });

  it('cuts the text where parts begin and end, and names the innermost', () => {
    const parts = sqlParts([node(1, [2, 12]), node(2, [4, 6])], 15);
    assert.deepEqual(
      sqlSegments(parts, 15).map(({ start, end, part, isFirst }) => [start, end, part, isFirst]),
      [
        [0, 2, undefined, false],
        [2, 4, 0, true],
        [4, 6, 1, true],
        [6, 12, 0, false],
        [12, 15, undefined, false],
      ],
    );
  });

  it('gives a row of the text its own pieces; only the beginning of a part is a button', () => {
    const segments = sqlSegments(sqlParts([node(1, [2, 12])], 15), 15);
    assert.deepEqual(segmentsWithin(segments, 5, 14), [
      { start: 5, end: 12, part: 0, isFirst: false },
      { start: 12, end: 14, part: undefined, isFirst: false },
    ]);
    assert.deepEqual(segmentsWithin(segments, 15, 20), []);
  });
});

describe('webview/plan/runAgainModel', () => {
  const read = (part: Partial<RunForm>, version = 18): ExplainAgain | undefined =>
    readForm({ ...emptyForm(true), ...part }, version).request;

  it('asks for what was filled in', () => {
    assert.deepEqual(
      read({
        off: new Set(['enable_seqscan']),
        workMem: '64 MB',
        settings: "random_page_cost = 1.1\nSET LOCAL plan_cache_mode TO 'force_custom_plan'\n",
        runs: '5',
        askParameters: true,
      }),
      {
        analyze: true,
        options: {
          BUFFERS: true,
          WAL: false,
          SETTINGS: true,
          VERBOSE: false,
          TIMING: true,
          MEMORY: false,
          SERIALIZE: false,
        },
        settings: {
          enable_seqscan: 'off',
          work_mem: '64MB',
          random_page_cost: '1.1',
          plan_cache_mode: 'force_custom_plan',
        },
        askParameters: true,
        runs: 5,
        compare: true,
      },
    );
  });

  it('leaves out options that the server does not know, or that need ANALYZE', () => {
    assert.deepEqual(Object.keys(read({}, 15)?.options ?? {}), ['BUFFERS', 'WAL', 'SETTINGS', 'VERBOSE', 'TIMING']);
    const planned = read({ analyze: false, runs: '5' }, 18);
    assert.deepEqual(Object.keys(planned?.options ?? {}), ['BUFFERS', 'SETTINGS', 'VERBOSE', 'MEMORY']);
    assert.equal(planned?.runs, undefined, 'planning again and again tells nothing');
    assert.equal(majorVersion('PostgreSQL 9.6.24'), 9);
    assert.equal(majorVersion('EnterpriseDB'), undefined);
  });

  it('says what is wrong and asks for nothing', () => {
    const errorsOf = (part: Partial<RunForm>): unknown => {
      const { request, errors } = readForm({ ...emptyForm(true), ...part }, 18);
      assert.equal(request, undefined);
      return errors;
    };
    assert.match(JSON.stringify(errorsOf({ workMem: '64' })), /unit/);
    assert.match(JSON.stringify(errorsOf({ settings: 'drop table orders' })), /not of the form/);
    assert.match(JSON.stringify(errorsOf({ settings: 'work_mem = 1MB', workMem: '2MB' })), /set twice/);
    assert.match(JSON.stringify(errorsOf({ runs: '0' })), /1 to 50/);
    assert.match(JSON.stringify(errorsOf({ runs: '2.5' })), /1 to 50/);
  });
});

describe('webview/plan/nodeText', () => {
  it('tells everything about a node in plain lines', () => {
    const text = nodeText(RICH.nodes[2]!);
    assert.match(text, /^Seq Scan on counting_results cr\n {2}Self time: 346 ms \(82 %\)\n/);
    assert.match(text, /\n {2}Filter: \(\(created_at >= \$0\)/);
    assert.match(text, /\n {2}Leader: 344 ms, 20,480 rows, 1 loops\n/);
    assert.match(text, /\n {2}Worker 1: [^\n]+\n {4}Blocks: 2,790\n$/);
  });

  it('gives an estimated node no measured figure', () => {
    assert.doesNotMatch(nodeText(ESTIMATED.nodes[1]!), /time|Rows:|Loops/i);
  });
});

describe('webview/plan/pageState', () => {
  it('reads back what it wrote', () => {
    const state = {
      selected: 4,
      collapsed: new Set([1, 2]),
      tab: 'sql',
      columns: { measured: ['self', 'io'], estimated: undefined },
    } as const;
    assert.deepEqual(readPageState(JSON.parse(JSON.stringify(writePageState(state)))), state);
  });

  it('begins anew with anything else', () => {
    const fresh = readPageState(undefined);
    assert.equal(fresh.tab, 'table');
    for (const saved of [null, 7, 'x', [], { selected: 'a', collapsed: 'b', tab: 'nothing', columns: [1] }]) {
      assert.deepEqual(readPageState(saved), fresh);
    }
    assert.deepEqual(readPageState({ columns: { measured: ['self', '<script>'] } }).columns.measured, ['self']);
  });
});

describe('webview/plan/comparisonRows', () => {
  it('calls a difference within a tenth none', () => {
    assert.equal(changeOf(100, 95), undefined);
    assert.equal(changeOf(100, 50), 'less');
    assert.equal(changeOf(100, 120), 'more');
    assert.equal(changeOf(0, 0), undefined);
    assert.equal(changeOf(undefined, 4), undefined);
  });

  it('calls a node different that did other work, but not one that only took another time', () => {
    const row = { depth: 0, change: 'same', before: 'Sort', after: 'Sort', beforeMs: 420, afterMs: 18 } as const;
    assert.equal(differs(row), false);
    assert.equal(differs({ ...row, beforeBlocks: 48_211, afterBlocks: 3_880 }), true);
    assert.equal(differs({ ...row, beforeRows: 10, afterRows: 1_000 }), true);
    assert.equal(differs({ ...row, change: 'removed' }), true);
  });
});

import assert from 'node:assert/strict';
import { parseNodeLabel } from '../../../src/core/plan/nodeLabel';
import type { PlanTree } from '../../../src/core/plan/planTree';
import { readPlans } from '../../../src/core/plan/readPlans';

function only(text: string): PlanTree {
  const { plans, problems } = readPlans(text);
  assert.deepEqual(problems, []);
  assert.equal(plans.length, 1);
  assert.ok(plans[0]);
  return plans[0];
}

function outline(tree: PlanTree): string[] {
  return tree.nodes.map(node => [node.depth, node.nodeType, node.subplanName ?? ''].join(' ').trim());
}

describe('core/plan/nodeLabel', () => {
  const labels: Readonly<Record<string, object>> = {
    'Parallel Async Foreign Scan on s.t': {
      'Node Type': 'Foreign Scan',
      'Relation Name': 't',
      Schema: 's',
      'Async Capable': true,
      'Parallel Aware': true,
      Alias: 't',
    },
    'Parallel Hash Right Semi Join': { 'Node Type': 'Hash Join', 'Join Type': 'Right Semi', 'Parallel Aware': true },
    'Merge Join': { 'Node Type': 'Merge Join', 'Join Type': 'Inner' },
    'Merge Append': { 'Node Type': 'Merge Append' },
    'Merge on public.t x': {
      'Node Type': 'ModifyTable',
      Operation: 'Merge',
      'Relation Name': 't',
      Schema: 'public',
      Alias: 'x',
    },
    'Foreign Update on t': { 'Node Type': 'Foreign Scan', Operation: 'Update', 'Relation Name': 't', Alias: 't' },
    'Finalize GroupAggregate': { 'Node Type': 'Aggregate', Strategy: 'Sorted', 'Partial Mode': 'Finalize' },
    'HashSetOp Intersect All': { 'Node Type': 'SetOp', Strategy: 'Hashed', Command: 'Intersect All' },
    'Tid Range Scan on t': { 'Node Type': 'Tid Range Scan', 'Relation Name': 't', Alias: 't' },
    'Table Function Scan on "json_table" j': {
      'Node Type': 'Table Function Scan',
      'Table Function Name': 'json_table',
      Alias: 'j',
    },
    'Named Tuplestore Scan on new_rows': {
      'Node Type': 'Named Tuplestore Scan',
      'Tuplestore Name': 'new_rows',
      Alias: 'new_rows',
    },
    'Custom Scan (ChunkAppend) on metrics m': {
      'Node Type': 'Custom Scan',
      'Custom Plan Provider': 'ChunkAppend',
      'Relation Name': 'metrics',
      Alias: 'm',
    },
    'Index Scan Backward using "a b" on "S""x"."T (1)" "al ias"': {
      'Node Type': 'Index Scan',
      'Scan Direction': 'Backward',
      'Index Name': 'a b',
      'Relation Name': 'T (1)',
      Schema: 'S"x',
      Alias: 'al ias',
    },
    'Index Scan using <13543>btree_t_a on t': {
      'Node Type': 'Index Scan',
      'Scan Direction': 'Forward',
      'Index Name': '<13543>btree_t_a',
      'Relation Name': 't',
      Alias: 't',
    },
    'Quantum Scan': { 'Node Type': 'Quantum Scan' },
  };
  for (const [label, fields] of Object.entries(labels))
    it(label, () => assert.deepEqual(parseNodeLabel(label), fields));
});

describe('core/plan/parseTextPlan: nodes', () => {
  it('keeps what workers did apart from what the node did', () => {
    const tree = only(`Gather  (cost=0.00..9.00 rows=9 width=4) (actual time=0.1..9.0 rows=9 loops=1)
  Workers Planned: 2
  Workers Launched: 2
  Buffers: shared hit=30
  JIT for worker 0:
    Functions: 2
    Timing: Generation 1.0 ms, Inlining 0.0 ms, Optimization 0.5 ms, Emission 1.0 ms, Total 2.5 ms
  ->  Parallel Seq Scan on t  (cost=0.00..9.00 rows=4 width=4) (actual time=0.1..8.0 rows=3 loops=3)
        Filter: (a > 1)
        Buffers: shared hit=30
        Worker 0:  actual time=0.2..7.0 rows=4 loops=1
          Buffers: shared hit=11
        Worker 1:  actual time=0.3..6.0 rows=2 loops=1
          Sort Method: quicksort  Memory: 25kB
          Buffers: shared hit=12
Planning:
  Buffers: shared hit=7
  Memory: used=17kB  allocated=32kB
Planning Time: 0.1 ms
Serialization: time=0.012 ms  output=3kB  format=text
  Buffers: shared hit=1
Execution Time: 9.1 ms`);
    const scan = tree.nodes[1]?.raw;
    assert.equal(scan?.['Shared Hit Blocks'], 30);
    assert.deepEqual(scan?.['Workers'], [
      {
        'Worker Number': 0,
        'Actual Startup Time': 0.2,
        'Actual Total Time': 7,
        'Actual Rows': 4,
        'Actual Loops': 1,
        'Shared Hit Blocks': 11,
      },
      {
        'Worker Number': 1,
        'Actual Startup Time': 0.3,
        'Actual Total Time': 6,
        'Actual Rows': 2,
        'Actual Loops': 1,
        'Sort Method': 'quicksort',
        'Sort Space Used': 25,
        'Sort Space Type': 'Memory',
        'Shared Hit Blocks': 12,
      },
    ]);
    assert.equal((tree.root.raw['Workers'] as { JIT: { Functions: number } }[])[0]?.JIT.Functions, 2);
    assert.deepEqual(tree.raw['Planning'], { 'Shared Hit Blocks': 7, 'Memory Used': 17, 'Memory Allocated': 32 });
    assert.deepEqual(tree.raw['Serialization'], {
      Time: 0.012,
      'Output Volume': 3,
      Format: 'text',
      'Shared Hit Blocks': 1,
    });
  });

  it('knows the line of each node', () => {
    const tree = only(
      '\n\n QUERY PLAN\n-----\n Sort  (cost=0.00..1.00 rows=1 width=1)\n   Sort Key: a\n   ->  Seq Scan on t  (cost=0.00..1.00 rows=1 width=1)\n',
    );
    assert.deepEqual(
      tree.nodes.map(node => node.line),
      [5, 7],
    );
    assert.deepEqual(tree.source, { format: 'text', line: 5 });
  });

  it('tells the constraint of a trigger from its name', () => {
    const tree = only(`Delete on c  (cost=0.28..12.60 rows=0 width=0)
Trigger RI_ConstraintTrigger_a_16399 for constraint o_cid_fkey on c: time=27.190 calls=2
Trigger audit on c: time=1.5 calls=2
Trigger for constraint o_cid_fkey: time=0.190 calls=2`);
    assert.deepEqual(
      tree.triggers.map(({ name, constraint, relation }) => [name, constraint, relation]),
      [
        ['RI_ConstraintTrigger_a_16399', 'o_cid_fkey', 'c'],
        ['audit', undefined, 'c'],
        ['o_cid_fkey', 'o_cid_fkey', undefined],
      ],
    );
  });

  it('reads every name of subplans: before 17, from 17 on, and of servers long gone', () => {
    const plan = (first: string, second: string) => `Seq Scan on t  (cost=0.00..1.00 rows=1 width=1)
  ${first}
    ->  Result  (cost=0.00..0.01 rows=1 width=4)
  ${second}
    ->  Result  (cost=0.00..0.01 rows=1 width=4)`;
    for (const [first, second] of [
      ['InitPlan 1 (returns $0)', 'SubPlan 2'],
      ['InitPlan 1', 'SubPlan 2'],
      ['InitPlan', 'SubPlan'],
      ['CTE a b', 'InitPlan expr_1'],
    ] as const) {
      const tree = only(plan(first, second));
      assert.deepEqual(outline(tree), ['0 Seq Scan', `1 Result ${first}`, `1 Result ${second}`]);
    }
  });

  it('counts the targets of a statement that writes to several tables', () => {
    const tree = only(`Update on public.r  (cost=0.00..9.00 rows=0 width=0)
  Update on public.r_a
  Foreign Update on public.r_b r_1
    Remote SQL: UPDATE public.b SET v = $2 WHERE ctid = $1
  ->  Result  (cost=0.00..9.00 rows=4 width=4)`);
    assert.deepEqual(tree.root.raw['Target Tables'], [
      { 'Relation Name': 'r_a', Schema: 'public', Alias: 'r_a' },
      {
        'Relation Name': 'r_b',
        Schema: 'public',
        Alias: 'r_1',
        'Remote SQL': 'UPDATE public.b SET v = $2 WHERE ctid = $1',
      },
    ]);
    assert.deepEqual(outline(tree), ['0 ModifyTable', '1 Result']);
  });

  it('TimescaleDB: chunks and compressed batches', () => {
    const tree =
      only(`Custom Scan (ChunkAppend) on metrics  (cost=0.15..9.00 rows=9 width=8) (actual time=0.1..1.0 rows=9 loops=1)
  Order: metrics."time" DESC
  Startup Exclusion: true
  Runtime Exclusion: false
  Chunks excluded during startup: 3
  ->  Custom Scan (DecompressChunk) on _hyper_1_2_chunk  (cost=0.10..4.00 rows=9 width=8) (actual time=0.1..0.9 rows=9 loops=1)
        Vectorized Filter: (device = 1)
        Rows Removed by Filter: 4
        Batches Removed by Filter: 2
        ->  Seq Scan on compress_hyper_2_3_chunk  (cost=0.00..4.00 rows=1 width=8) (actual time=0.1..0.2 rows=1 loops=1)`);
    assert.deepEqual(outline(tree), ['0 Custom Scan (ChunkAppend)', '1 Custom Scan (DecompressChunk)', '2 Seq Scan']);
    assert.equal(tree.root.raw['Chunks excluded during startup'], 3);
    assert.equal(tree.nodes[1]?.raw['Vectorized Filter'], '(device = 1)');
    assert.equal(tree.nodes[1]?.raw['Batches Removed by Filter'], 2);
  });

  it('Citus: tasks and subplans are nodes, in text as in JSON', () => {
    const text =
      only(`Custom Scan (Citus Adaptive)  (cost=0.00..0.00 rows=100000 width=8) (actual time=9.0..9.1 rows=4 loops=1)
  ->  Distributed Subplan 1_1
        Intermediate Data Size: 30 bytes
        ->  Seq Scan on local_t  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=1)
  Task Count: 32
  Tuple data received from nodes: 4 bytes
  Tasks Shown: One of 32
  ->  Task
        Tuple data received from node: 4 bytes
        Node: host=10.0.0.2 port=5432 dbname=postgres
        ->  Aggregate  (cost=1.00..2.00 rows=1 width=8) (actual time=0.5..0.6 rows=1 loops=1)
              ->  Seq Scan on t_102008 t  (cost=0.00..1.00 rows=9 width=0) (actual time=0.1..0.4 rows=9 loops=1)
            Planning Time: 0.050 ms
            Execution Time: 0.700 ms
Planning Time: 1.500 ms
Execution Time: 9.200 ms`);
    assert.deepEqual(outline(text), [
      '0 Custom Scan (Citus Adaptive)',
      '1 Distributed Subplan 1_1',
      '2 Seq Scan',
      '1 Task',
      '2 Aggregate',
      '3 Seq Scan',
    ]);
    assert.deepEqual([text.root.raw['Task Count'], text.planningMs, text.executionMs], [32, 1.5, 9.2]);
    const scan = { 'Node Type': 'Seq Scan' };
    const { plans } = readPlans([
      {
        Plan: {
          'Node Type': 'Custom Scan',
          'Custom Plan Provider': 'Citus Adaptive',
          Subplans: [{ 'Intermediate Data Size': '30 bytes', PlannedStmt: [{ Plan: scan }] }],
          'Distributed Query': {
            Job: {
              'Task Count': 32,
              Tasks: [
                { Node: 'host=10.0.0.2', 'Remote Plan': [[{ Plan: { 'Node Type': 'Aggregate', Plans: [scan] } }]] },
              ],
            },
          },
        },
      },
    ]);
    assert.ok(plans[0]);
    assert.deepEqual(outline(plans[0]), [
      '0 Custom Scan (Citus Adaptive)',
      '1 Distributed Subplan',
      '2 Seq Scan',
      '1 Task',
      '2 Aggregate',
      '3 Seq Scan',
    ]);
  });

  it('Citus: jobs that bring rows to other nodes are nodes, in text as in JSON', () => {
    const text = only(`Custom Scan (Citus Adaptive)  (cost=0.00..0.00 rows=100000 width=8)
  Task Count: 4
  Tasks Shown: None, not supported for re-partition queries
  ->  MapMergeJob
        Map Task Count: 3
        Merge Task Count: 4
        ->  MapMergeJob
              Map Task Count: 2
              Merge Task Count: 4`);
    const job = { 'Map Task Count': 2, 'Merge Task Count': 4 };
    const { plans } = readPlans([
      {
        Plan: {
          'Node Type': 'Custom Scan',
          'Custom Plan Provider': 'Citus Adaptive',
          'Distributed Query': {
            Job: {
              'Task Count': 4,
              'Dependent Jobs': [{ 'Map Task Count': 3, 'Merge Task Count': 4, 'Dependent Jobs': [job] }],
            },
          },
        },
      },
    ]);
    const json = plans[0]!;
    for (const tree of [text, json]) {
      assert.deepEqual(outline(tree), ['0 Custom Scan (Citus Adaptive)', '1 MapMergeJob', '2 MapMergeJob']);
      assert.deepEqual(
        tree.nodes.slice(1).map(({ raw }) => raw['Map Task Count']),
        [3, 2],
      );
    }
  });

  it('reads versions as far apart as 9.6 and 18', () => {
    const old = only(
      'Seq Scan on t  (cost=0.00..1.00 rows=1 width=1) (actual time=0.008..0.009 rows=3 loops=2)\nPlanning time: 0.5 ms\nExecution time: 1.5 ms',
    );
    assert.deepEqual([old.planningMs, old.executionMs, old.root.raw['Actual Rows']], [0.5, 1.5, 3]);
    const recent = only(
      'Seq Scan on t  (cost=0.00..1.00 rows=1 width=1) (actual time=0.008..0.009 rows=0.67 loops=3)\n  Disabled: true\n  Index Searches: 2\n  Storage: Memory  Maximum Storage: 17kB',
    );
    const { raw } = recent.root;
    assert.deepEqual(
      [raw['Actual Rows'], raw['Disabled'], raw['Index Searches'], raw['Maximum Storage']],
      [0.67, true, 2, 17],
    );
  });
});

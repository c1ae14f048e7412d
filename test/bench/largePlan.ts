interface RawNode {
  'Node Type': string;
  Plans: RawNode[];
  [property: string]: unknown;
}

const JOINS = ['Nested Loop', 'Hash Join', 'Append', 'Sort', 'Aggregate'];
const SCANS = ['Index Scan', 'Seq Scan', 'Index Only Scan'];

/**
 * The text of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) for a plan of `count` nodes: joins over appends over scans, three
 * children each, with a long chain now and then. The same for the same count.
 */
export function largePlan(count: number): string {
  const nodes: RawNode[] = [];
  for (let id = 0; id < count; id++) {
    const node: RawNode = {
      'Node Type': SCANS[id % SCANS.length]!,
      'Parallel Aware': false,
      'Startup Cost': 0.43,
      'Total Cost': 10 * (count - id),
      'Plan Rows': (id * 13) % 5_000,
      'Plan Width': 48,
      'Actual Startup Time': 0.01,
      'Actual Total Time': (count - id) / 10,
      'Actual Rows': (id * 29) % 9_000,
      'Actual Loops': 1,
      'Shared Hit Blocks': 4 * (count - id),
      'Shared Read Blocks': count - id,
      Plans: [],
    };
    nodes.push(node);
    if (id === 0) continue;
    const parent = nodes[id % 100 < 90 ? Math.floor((id - 1) / 3) : id - 1]!;
    parent.Plans.push({ ...node, 'Parent Relationship': 'Outer' });
    nodes[id] = parent.Plans.at(-1)!;
  }
  nodes.forEach((node, id) => {
    if (node.Plans.length > 0) {
      node['Node Type'] = JOINS[id % JOINS.length]!;
      return;
    }
    Object.assign(node, {
      'Relation Name': `counting_results_p${id}`,
      Schema: 'public',
      Alias: `cr_${id}`,
      Filter: `((direction = 'in'::text) AND (camera_id = ${id}))`,
      'Rows Removed by Filter': (id * 7) % 1_000,
    });
  });
  return JSON.stringify([{ Plan: nodes[0], 'Planning Time': 12.5, 'Execution Time': count / 10 + 1 }]);
}

import assert from 'node:assert/strict';
import { buildPlanTree } from '../../../src/core/plan/buildPlanTree';
import type { PlanFigures, PlanNode, PlanTree } from '../../../src/core/plan/planTree';

export type Fields = Record<string, unknown>;

/** An executed node as EXPLAIN (FORMAT JSON) gives it: `[ms, rows, loops]`, the first two per loop. */
export function node(
  type: string,
  actual: [ms: number, rows: number, loops: number],
  more: Fields = {},
  ...plans: Fields[]
): Fields {
  const [ms, rows, loops] = actual;
  const figures = { 'Actual Startup Time': 0, 'Actual Total Time': ms, 'Actual Rows': rows, 'Actual Loops': loops };
  return {
    'Node Type': type,
    'Parent Relationship': 'Outer',
    'Plan Rows': rows,
    ...figures,
    ...more,
    ...(plans.length ? { Plans: plans } : {}),
  };
}

/** A node that was only planned. */
export function planned(type: string, cost: number, rows: number, more: Fields = {}, ...plans: Fields[]): Fields {
  return {
    'Node Type': type,
    'Parent Relationship': 'Outer',
    'Startup Cost': 0,
    'Total Cost': cost,
    'Plan Rows': rows,
    ...more,
    ...(plans.length ? { Plans: plans } : {}),
  };
}

export function tree(plan: Fields, document: Fields = {}): PlanTree {
  const built = buildPlanTree({ Plan: plan, ...document });
  assert.ok(built);
  return built;
}

/** The only node of that type, or with that alias. */
export function find(from: PlanTree, name: string): PlanNode {
  const found = from.nodes.filter(candidate => candidate.nodeType === name || candidate.alias === name);
  assert.equal(found.length, 1, `${found.length} nodes are called ${name}`);
  return found[0]!;
}

/** One figure of all nodes, in their order. */
export function each(from: PlanTree, figure: keyof PlanFigures): unknown[] {
  return from.nodes.map(({ figures }) => figures[figure]);
}

export const inner = { 'Parent Relationship': 'Inner' };
export const member = { 'Parent Relationship': 'Member' };

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMs } from '../../../src/core/base/units';
import { parsePlan } from '../../../src/core/plan/parsePlan';
import type { PlanTree } from '../../../src/core/plan/planTree';
import { findPlanFindings } from '../../../src/core/rules/plan/index';
import { describeType } from '../../../src/protocol/buildPlanView';

const ROOT = join(process.cwd(), 'test/golden/plans');

function describeTree(tree: PlanTree): string {
  const nodes = tree.nodes.map(node => {
    const { selfMs = 0, rowsActual = 0, rowsPlanned, loops = 0 } = node.figures;
    const name = [node.subplanName && `${node.subplanName}:`, describeType(node), node.relation].filter(Boolean).join(' ');
    return `${'  '.repeat(node.depth)}${name} | self ${formatMs(selfMs)} | rows ${Math.round(rowsActual)} of ${Math.round(rowsPlanned)} | loops ${loops}`;
  });
  const triggers = tree.triggers.map(trigger => `trigger ${trigger.name} | ${formatMs(trigger.ms)} | calls ${trigger.calls}`);
  const findings = findPlanFindings(tree).map(
    finding => `${finding.severity} ${finding.rule}\n  ${finding.message}\n  ${finding.evidence}\n  ${finding.nextStep ?? ''}`,
  );
  const none = findings.length === 0 ? ['no findings'] : findings;
  return [`execution ${formatMs(tree.executionMs ?? 0)}`, ...nodes, ...triggers, '', ...none, ''].join('\n');
}

describe('golden/plans', () => {
  for (const major of readdirSync(ROOT).filter(name => /^pg\d+$/.test(name))) {
    for (const name of readdirSync(join(ROOT, major))) {
      const folder = join(ROOT, major, name);
      it(`${major}/${name} gives the figures and findings written beside it`, () => {
        const [tree] = parsePlan(readFileSync(join(folder, 'plan.json'), 'utf8'));
        assert.ok(tree);
        const actual = describeTree(tree);
        const file = join(folder, 'findings.txt');
        if (process.env['UPDATE_GOLDEN']) writeFileSync(file, actual);
        assert.ok(existsSync(file), `${file} is missing: record it with UPDATE_GOLDEN=1 and read it`);
        const expected = readFileSync(file, 'utf8');
        if (actual === expected) rmSync(`${file}.actual`, { force: true });
        else writeFileSync(`${file}.actual`, actual);
        assert.equal(actual, expected);
      });

      it(`${major}/${name}: self times are never negative and add up to the root's time`, () => {
        const [tree] = parsePlan(readFileSync(join(folder, 'plan.json'), 'utf8'));
        assert.ok(tree);
        const selves = tree.nodes.map(node => node.figures.selfMs ?? 0);
        assert.ok(selves.every(ms => ms >= 0));
        const whole = tree.root.figures.totalMs ?? 0;
        const sum = selves.reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - whole) <= 0.05 * whole, `${sum} ms of ${whole} ms`);
      });
    }
  }
});

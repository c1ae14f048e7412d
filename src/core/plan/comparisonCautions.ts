import { formatCount } from '../base/units';
import type { NodeMatches } from './matchNodes';
import type { PlanTree } from './planTree';
import { rawTexts } from './rawValue';
import { statementFigures } from './statementFigures';

/** What is known of two runs beside their plans; absent what is not known. */
export interface RunCircumstances {
  readonly sameParameters?: boolean;
  /** Where each of them ran, in words. */
  readonly places?: readonly [before: string, after: string];
  /** Which of them was planned without values. */
  readonly generic?: readonly [before: boolean, after: boolean];
}

/** Half of the blocks read makes a run cold, a tenth leaves it warm; small statements are neither. */
const COLD_SHARE = 0.5;
const WARM_SHARE = 0.1;
const LEAST_BLOCKS = 100;
/** Times twice as long are no scheduling noise. */
const CLEARLY = 2;

/** Why the figures of two runs may say nothing about each other, in sentences. */
export function comparisonCautions(
  before: PlanTree,
  after: PlanTree,
  matches: NodeMatches,
  { sameParameters, places, generic }: RunCircumstances,
): string[] {
  const cautions: string[] = [];
  if (before.analyzed !== after.analyzed) {
    const [executed, estimated] = before.analyzed ? ['first', 'second'] : ['second', 'first'];
    cautions.push(
      `Only the ${executed} plan was executed; the ${estimated} is an estimate, so only costs are compared.`,
    );
  }
  if (places && places[0] !== places[1])
    cautions.push(`The plans come from different servers or databases: ${places[0]} -> ${places[1]}.`);
  if (generic && generic[0] !== generic[1]) {
    cautions.push(
      `Only the ${generic[0] ? 'first' : 'second'} plan is generic: it was made without values and has to fit them all.`,
    );
  } else if (sameParameters === false || (sameParameters === undefined && haveOtherValues(matches)))
    cautions.push('The statements were run with different values.');
  const settings = differentSettings(before, after, generic);
  if (settings) cautions.push(`The settings differ: ${settings}.`);
  const results = differentResults(before, after);
  if (results) cautions.push(results);
  const cache = differentCache(before, after);
  if (cache) cautions.push(cache);
  else if (pullApart(before, after))
    cautions.push('Blocks and time say the opposite of each other: run both again before believing either.');
  return cautions;
}

const CONDITIONS = ['Index Cond', 'Recheck Cond', 'Filter', 'Hash Cond', 'Join Filter'];

/** True if a condition is the same but for its values. */
function haveOtherValues({ beforeOf }: NodeMatches): boolean {
  for (const [after, before] of beforeOf) {
    for (const key of CONDITIONS) {
      const [then, now] = [before, after].map(({ raw }) => partsOf(rawTexts(raw, key)[0] ?? '')) as [Parts, Parts];
      if (then.condition === now.condition && then.values.join() !== now.values.join()) return true;
    }
  }
  return false;
}

interface Parts {
  readonly condition: string;
  readonly values: readonly string[];
}

/** The names of tables do not count: only VERBOSE writes them everywhere. */
function partsOf(text: string): Parts {
  const values: string[] = [];
  const condition = text.replace(/'(?:[^']|'')*'|(?<![\w$.])-?\d+(?:\.\d+)?\b/g, value => {
    values.push(value);
    return '?';
  });
  return { condition: condition.replace(/(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)\./gu, ''), values };
}

function differentSettings(
  before: PlanTree,
  after: PlanTree,
  generic: RunCircumstances['generic'],
): string | undefined {
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  // The way to a generic plan, not a setting of anybody's.
  if (generic?.includes(true)) names.delete('plan_cache_mode');
  const changed = [...names].filter(name => before.settings[name] !== after.settings[name]);
  if (changed.length === 0) return undefined;
  const value = (tree: PlanTree, name: string) => tree.settings[name] ?? 'default';
  return changed.map(name => `${name} ${value(before, name)} -> ${value(after, name)}`).join(', ');
}

/** Fewer rows are less work, but no better plan. */
function differentResults(before: PlanTree, after: PlanTree): string | undefined {
  if (!before.analyzed || !after.analyzed) return undefined;
  const [then, now] = [before.root.figures.rowsActual, after.root.figures.rowsActual].map(
    count => count && Math.round(count),
  );
  if (then === undefined || now === undefined || then === now) return undefined;
  return `The results differ: ${formatCount(then)} -> ${formatCount(now)} rows.`;
}

function differentCache(before: PlanTree, after: PlanTree): string | undefined {
  const [then, now] = [temperature(before), temperature(after)];
  if (then === undefined || now === undefined || then === now) return undefined;
  return `The first run was ${then}, the second ${now}: compare their blocks, not their times.`;
}

function temperature(tree: PlanTree): 'cold' | 'warm' | undefined {
  const { blocksHit = 0, blocksRead = 0 } = statementFigures(tree);
  const all = blocksHit + blocksRead;
  if (all < LEAST_BLOCKS) return undefined;
  const share = blocksRead / all;
  if (share >= COLD_SHARE) return 'cold';
  return share <= WARM_SHARE ? 'warm' : undefined;
}

function pullApart(before: PlanTree, after: PlanTree): boolean {
  const [blocksThen, blocksNow] = [before.root.figures.totalBlocks, after.root.figures.totalBlocks];
  const [msThen, msNow] = [before.executionMs, after.executionMs];
  if (!blocksThen || !blocksNow || !msThen || !msNow) return false;
  const [blocks, time] = [blocksThen / blocksNow, msThen / msNow];
  return (blocks >= CLEARLY && time <= 1 / CLEARLY) || (blocks <= 1 / CLEARLY && time >= CLEARLY);
}

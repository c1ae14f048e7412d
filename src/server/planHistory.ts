import { buildPlanTree } from '../core/plan/buildPlanTree';
import { comparePlans } from '../core/plan/comparePlans';
import type { RunFacts } from '../core/plan/history';
import { planToKeep, unpackPlan, withoutValues } from '../core/plan/historyPlan';
import type { PlanTree } from '../core/plan/planTree';
import { fingerprint } from '../core/sql/fingerprint';
import { buildComparison } from '../protocol/comparisonView';
import { buildHistoryView } from '../protocol/historyView';
import type { ComparisonView, HistoryView } from '../protocol/planPanel';
import type {
  CompareFileParams,
  CompareRunParams,
  HistoryPlace,
  HistorySize,
  ParameterValues,
  PinParams,
  ShownPlan,
} from '../protocol/server';
import { firstTree } from './firstTree';
import { PlanHistoryStore } from './planHistoryStore';
import { circumstancesOf } from './runFacts';

/** A run just made. */
export interface ExplainedRun {
  readonly tree: PlanTree;
  readonly facts: RunFacts;
  readonly parameters?: ParameterValues;
}

/** What the history has to say about a run. */
export interface Remembered {
  readonly history?: HistoryView;
  /** With the pinned run. */
  readonly comparison?: ComparisonView;
  /** What did not work, with what to do next. */
  readonly note?: string;
}

/** Remembers the run and compares it with the pinned one. Never throws: a plan is shown whether it can be kept or not. */
export async function rememberRun(
  { folder, keepValues }: HistoryPlace,
  { tree, facts, parameters }: ExplainedRun,
  at = new Date(),
): Promise<Remembered> {
  const store = new PlanHistoryStore(folder);
  try {
    const run = { at: at.toISOString(), facts, tree, ...(keepValues && parameters && { parameters }) };
    const { id } = await store.add(run, keepValues);
    const statement = await store.statement(facts.fingerprint);
    const history = buildHistoryView(statement);
    const pinned = statement.entries.find(entry => entry.id === statement.baseline);
    if (!pinned || pinned.id === id) return { history };
    const plan = await store.plan(facts.fingerprint, pinned.id);
    if (!plan) return { history, note: 'The plan of the pinned run is gone. Pin another run to compare with.' };
    const comparison = compareRemembered(plan, pinned, tree, facts);
    return {
      history,
      ...(comparison && { comparison: { ...comparison, against: { kind: 'baseline', at: pinned.at } } }),
    };
  } catch (error) {
    return { note: `The run could not be added to the history: ${(error as Error).message}` };
  }
}

/** The shown plan beside that of an earlier run. @throws Error if that is no longer kept */
export async function compareWithRun({ folder, entry, shown }: CompareRunParams): Promise<ComparisonView> {
  const store = new PlanHistoryStore(folder);
  const { facts } = shown;
  const run = facts && (await store.statement(facts.fingerprint)).entries.find(({ id }) => id === entry);
  if (!facts || !run) throw new Error('This run is no longer in the history.');
  const plan = await store.plan(facts.fingerprint, entry);
  const comparison = plan && compareRemembered(plan, run, firstTree(shown.rawPlan), facts);
  if (!comparison) throw new Error('Of this run only the figures are kept, not its plan. Choose a later one.');
  return { ...comparison, against: { kind: 'run', at: run.at } };
}

/** The shown plan beside one that was saved, of which nothing is known but what stands in it. */
export function compareWithFile({ before: { name, rawPlan }, shown }: CompareFileParams): ComparisonView {
  const [before, after] = [firstTree(rawPlan), firstTree(shown.rawPlan)];
  const comparison = buildComparison(comparePlans(before, after));
  const doubt = areOfOneStatement(before, after, shown.facts)
    ? []
    : [`${name} seems to hold the plan of another statement.`];
  return { ...comparison, cautions: [...doubt, ...(comparison.cautions ?? [])], against: { kind: 'file', name } };
}

/** @throws Error if there is nothing to compare with */
export async function pinRun({ folder, fingerprint, entry }: PinParams): Promise<HistoryView> {
  const store = new PlanHistoryStore(folder);
  if (entry !== null && !(await store.plan(fingerprint, entry)))
    throw new Error('Of this run only the figures are kept, not its plan. Pin a later one.');
  await store.pin(fingerprint, entry);
  return buildHistoryView(await store.statement(fingerprint));
}

export async function clearHistory(folder: string, fingerprint: string | undefined): Promise<null> {
  await new PlanHistoryStore(folder).clear(fingerprint);
  return null;
}

export function historySize(folder: string): Promise<HistorySize> {
  return new PlanHistoryStore(folder).size();
}

/** Two plans that were both shown. */
export function compareShown(before: ShownPlan, tree: PlanTree, facts: RunFacts | undefined): ComparisonView {
  return buildComparison(comparePlans(firstTree(before.rawPlan), tree, circumstancesOf(before.facts, facts)));
}

/** What was remembered has no values, so they are taken out of the other plan too: else all conditions would differ. */
function compareRemembered(
  plan: Readonly<Record<string, unknown>>,
  then: RunFacts,
  tree: PlanTree,
  now: RunFacts,
): ComparisonView | undefined {
  const shown = planToKeep(tree, false);
  const [before, after] = [withoutValues(plan), shown && unpackPlan(shown)].map(each => each && buildPlanTree(each));
  return before && after && buildComparison(comparePlans(before, after, circumstancesOf(then, now)));
}

/** By the statements where both are known, else by whether they read any table in common. */
function areOfOneStatement(before: PlanTree, after: PlanTree, facts: RunFacts | undefined): boolean {
  const [then, now] = [before.queryText, after.queryText].map(text => text && fingerprint(text));
  const shown = facts?.fingerprint ?? now;
  if (then && shown) return then === shown;
  const tables = new Set(relationsOf(after));
  const others = relationsOf(before);
  return tables.size === 0 || others.length === 0 || others.some(table => tables.has(table));
}

function relationsOf({ nodes }: PlanTree): string[] {
  return nodes.flatMap(({ relation }) => relation ?? []);
}

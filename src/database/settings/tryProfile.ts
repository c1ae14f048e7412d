import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { planShape } from '../../core/plan/historyPlan';
import { parsePlan } from '../../core/plan/parsePlan';
import type { PlanNode, PlanTree } from '../../core/plan/planTree';
import { DatabaseError } from '../../core/ports';
import type { MeasuredTrial, ProfileTrial, TrialSettings, TriedStatement } from '../../core/profiles/profileTrial';
import { changesSomething } from '../../core/sql/writes';
import type { PlannedEntry } from '../../core/workload/planningTexts';
import type { PostgresDatabase } from '../connect';
import { highestParameter } from '../explain';
import { planNodeNames } from './planNodeNames';

type Settings = Readonly<Record<string, string>>;

interface TryOptions {
  /** Run the statements that only read, and time them. */
  readonly measure: boolean;
  readonly signal?: CancelSignal;
  readonly placeOf?: (id: number) => string | undefined;
  onProgress?(progress: { readonly text: string; readonly fraction: number }): void;
}

/** Runs with each setting, after one of each that warms the caches. */
const RUNS = 3;
/** A statement that takes longer is not run as often as it would have to be. */
const MEASURE_TIMEOUT_MS = 60_000;

/**
 * Plans statements with the present settings and with a profile's, each set for one transaction that reads only and is
 * rolled back. Nothing is run unless it is to be measured.
 */
export async function tryProfile(
  database: PostgresDatabase,
  entries: readonly PlannedEntry[],
  settings: TrialSettings,
  options: TryOptions,
): Promise<Pick<ProfileTrial, 'statements' | 'skipped'>> {
  const statements: TriedStatement[] = [];
  const skipped: ProfileTrial['skipped'][number][] = [];
  for (const [position, entry] of entries.entries()) {
    options.onProgress?.({ text: `statement ${entry.id}`, fraction: position / entries.length });
    try {
      statements.push(await tryStatement(database, entry, settings, options));
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof DatabaseError)) throw error;
      if (error.kind === 'connection' || error.kind === 'cancelled') throw error;
      skipped.push({ id: entry.id, sql: entry.sql, reason: error.message });
    }
  }
  return { statements, skipped };
}

async function tryStatement(
  database: PostgresDatabase,
  entry: PlannedEntry,
  { prices, means }: TrialSettings,
  options: TryOptions,
): Promise<TriedStatement> {
  const { id, sql, weight: calls } = entry;
  const plan = (settings: Settings): Promise<PlanTree> => planOf(database, sql, settings, options.signal);
  const before = await plan({});
  const after = await plan({ ...means, ...prices });
  const changed = planShape(before) !== planShape(after);
  const [nodesBefore, nodesAfter] = changed ? differentNodes(before, after) : [[], []];
  const place = options.placeOf?.(id);
  return {
    id,
    sql,
    ...(place !== undefined && { place }),
    calls,
    changed,
    nodesBefore,
    nodesAfter,
    costBefore: costOf(before) ?? 0,
    costAfter: (await costAtTodaysPrices(plan, means, after)) ?? null,
    ...(options.measure && (await measure(database, entry, { ...means, ...prices }, options.signal))),
  };
}

/**
 * What the new plan costs at today's prices, with what the profile lets it use. Where today's prices lead to another plan,
 * the kinds of nodes that the new one does without are forbidden one after the other; none of them is in it, so its cost
 * holds no penalty.
 */
async function costAtTodaysPrices(
  plan: (settings: Settings) => Promise<PlanTree>,
  means: Settings,
  after: PlanTree,
): Promise<number | undefined> {
  const used = new Set(after.nodes.flatMap(switchesOf));
  const forbidden = new Map<string, string>();
  for (;;) {
    const tree = await plan({ ...means, ...Object.fromEntries(forbidden) });
    if (planShape(tree) === planShape(after)) return costOf(tree);
    const further = tree.nodes.flatMap(switchesOf).filter(name => !used.has(name) && !forbidden.has(name));
    if (further.length === 0) return undefined;
    for (const name of further) forbidden.set(name, OFF[name] ?? 'off');
  }
}

/** Planner method settings by node type (manual, "Planner Method Configuration"). */
const SWITCHES: Readonly<Record<string, string>> = {
  'Seq Scan': 'enable_seqscan',
  'Index Scan': 'enable_indexscan',
  'Index Only Scan': 'enable_indexonlyscan',
  'Bitmap Heap Scan': 'enable_bitmapscan',
  'Tid Scan': 'enable_tidscan',
  'Nested Loop': 'enable_nestloop',
  'Merge Join': 'enable_mergejoin',
  'Hash Join': 'enable_hashjoin',
  Sort: 'enable_sort',
  'Incremental Sort': 'enable_incremental_sort',
  Materialize: 'enable_material',
  Memoize: 'enable_memoize',
  Gather: 'max_parallel_workers_per_gather',
  'Gather Merge': 'max_parallel_workers_per_gather',
};

const OFF: Readonly<Record<string, string>> = { max_parallel_workers_per_gather: '0' };

function switchesOf({ nodeType, raw }: PlanNode): string[] {
  if (nodeType === 'Aggregate') return raw['Strategy'] === 'Hashed' ? ['enable_hashagg'] : [];
  const name = SWITCHES[nodeType];
  return name === undefined ? [] : [name];
}

async function planOf(
  database: PostgresDatabase,
  sql: string,
  settings: Settings,
  signal: CancelSignal | undefined,
): Promise<PlanTree> {
  const { plan } = await database.explain({ sql, analyze: false, parameters: [], writes: false, settings }, signal);
  const [tree] = parsePlan(plan);
  if (!tree) throw new DatabaseError('unsupported', 'the server gave no plan for it');
  return tree;
}

function costOf({ root }: PlanTree): number | undefined {
  return root.figures.totalCost;
}

async function measure(
  database: PostgresDatabase,
  { sql, statement }: PlannedEntry,
  profile: Settings,
  signal: CancelSignal | undefined,
): Promise<Pick<TriedStatement, 'measured' | 'notMeasured'>> {
  if (highestParameter(sql) > 0) return { notMeasured: 'it has parameters without values' };
  if (!statement.tree || changesSomething(statement.tree)) return { notMeasured: 'it may change something' };
  const run = async (settings: Settings): Promise<PlanTree> => {
    const request = { sql, analyze: true, parameters: [], writes: false, settings };
    const { plan } = await database.explain({ ...request, statementTimeoutMs: MEASURE_TIMEOUT_MS }, signal);
    return parsePlan(plan)[0]!;
  };
  try {
    await run({});
    await run(profile);
    const [before, after]: [PlanTree[], PlanTree[]] = [[], []];
    for (let turn = 0; turn < RUNS; turn++) {
      before.push(await run({}));
      after.push(await run(profile));
    }
    return { measured: figuresOf(before, after) };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind === 'connection' || error.kind === 'cancelled') throw error;
    return { notMeasured: error.message };
  }
}

function figuresOf(before: readonly PlanTree[], after: readonly PlanTree[]): MeasuredTrial {
  const blocksOf = (trees: readonly PlanTree[]): number | null => trees.at(-1)?.root.figures.totalBlocks ?? null;
  return {
    runs: before.length,
    beforeMs: middle(before.map(tree => tree.executionMs ?? 0)),
    afterMs: middle(after.map(tree => tree.executionMs ?? 0)),
    beforeBlocks: blocksOf(before),
    afterBlocks: blocksOf(after),
  };
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The nodes by name that only one of two plans has. */
function differentNodes(before: PlanTree, after: PlanTree): [string[], string[]] {
  const [left, right] = [planNodeNames(before), planNodeNames(after)];
  return [without(left, right), without(right, left)];
}

function without(names: readonly string[], taken: readonly string[]): string[] {
  const rest = [...taken];
  return names.filter(name => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

import {
  adviseMaterializedViews,
  HOURLY,
  type MaterializedViewAdvice,
} from '../../core/advisor/materializedViews/index';
import { whyNoSchedule } from '../../core/advisor/materializedViews/schedule';
import { viewScript } from '../../core/advisor/materializedViews/viewScript';
import { formatBytes, formatCost, formatCount, formatMs } from '../../core/base/units';
import { loadGrammar, type Grammar } from '../../core/sql/grammar';
import { plannedEntries } from '../../core/workload/planningTexts';
import type { PostgresDatabase } from '../../database/connect';
import { measureView, type MeasuredView } from '../../database/materializedViews/measureView';
import { readReaders } from '../../database/materializedViews/readReaders';
import { openCostEstimator } from '../../database/whatIf/index';
import { readStatStatements, type ReadWorkload } from '../../database/workload/readStatStatements';
import { readWorkloadFiles } from '../../database/workload/readWorkloadFiles';
import { findFiles } from '../../workspace/findFiles';
import { choose, positiveInteger, type CommandLine } from '../arguments';
import { print, printJson, progress } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

const TOP = 50;

/** `query-tuner matviews`: materialized views for what a workload aggregates again and again. Builds nothing unless told to measure. */
export async function matviews({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'sql'], 'text');
  const method = choose('what-if', options['what-if'], ['auto', 'hypopg', 'shadow', 'trial'], 'auto');
  const top = positiveInteger('top', options.top, TOP);
  const schedule = options.schedule ?? HOURLY;
  const problem = whyNoSchedule(schedule);
  if (problem) throw new UsageError(`--schedule: ${problem}.`);
  const named = [...(options.workload === undefined ? [] : [options.workload]), ...operands];
  const statements = options.statements ?? false;
  if (named.length === 0 && !statements) throw new UsageError('matviews needs --workload FILE or --statements.');
  if (named.length > 0 && statements)
    throw new UsageError('matviews takes a workload of files or --statements, not both.');
  const files = findFiles(named, process.cwd());
  if (named.length > 0 && files.length === 0) throw new UsageError(`no files match ${named.join(' ')}.`);
  const grammar = await loadGrammar();
  const { advice, workload, measured } = await withServer(options, async database => {
    const read = statements
      ? await readStatStatements(database, grammar, { by: 'total', top })
      : await readWorkloadFiles(grammar, files, { database: database.settings.database, by: 'total', top });
    if (read.entries.length === 0) throw new UsageError('the workload has no statements.');
    const found = await adviseOn(database, grammar, read, method, schedule);
    const built = new Map<string, MeasuredView>();
    for (const view of options.measure ? found.views : []) {
      progress(`building ${view.name} in a transaction that is rolled back`);
      built.set(view.name, await measureView(database, view));
    }
    return { workload: read, advice: found, measured: built };
  });
  const places = new Map(workload.entries.map(({ id, place }) => [id, place]));
  const placeOf = (id: number): string =>
    `statement ${id}${places.get(id) === undefined ? '' : ` (${places.get(id)})`}`;
  if (format === 'json') {
    const views = advice.views.map(view => ({ ...view, measured: measured.get(view.name) ?? null }));
    printJson({ version: 1, source: workload.source, ...advice, views });
  } else if (format === 'sql') print(advice.views.map(view => viewScript(view, placeOf)).join('\n'));
  else print(adviceText(advice, placeOf, measured));
  return 0;
}

async function adviseOn(
  database: PostgresDatabase,
  grammar: Grammar,
  { entries }: ReadWorkload,
  method: 'auto' | 'hypopg' | 'shadow' | 'trial',
  schedule: string,
): Promise<MaterializedViewAdvice> {
  const catalog = await database.readCatalog();
  progress(`planning ${entries.length} statements`);
  // --what-if trial is the agreement
  const estimator = await openCostEstimator(database, catalog, { method, trialAgreed: true });
  try {
    return await adviseMaterializedViews({
      statements: plannedEntries(grammar, entries),
      catalog,
      estimator,
      schedule,
      readersOf: (relations, signal) => readReaders(database, relations, signal),
      onProgress: ({ text }) => progress(text),
    });
  } finally {
    await estimator.dispose();
  }
}

function adviceText(
  { views, refusals, skipped, whatIf }: MaterializedViewAdvice,
  placeOf: (id: number) => string,
  measured: ReadonlyMap<string, MeasuredView>,
): string {
  return [
    ...views.flatMap(({ schema, name, evidence, staleness, query, statements, plan }) => [
      `materialized view ${schema}.${name}`,
      `  ${evidence}`,
      `  ${staleness}`,
      ...query.split('\n').map(line => `    ${line}`),
      ...statements.flatMap(({ id, rewritten, costNow, costWithIndexes, costWithView, differences }) => [
        `  ${placeOf(id)}: planner cost ${formatCost(costNow)} now, ${formatCost(costWithIndexes)} with the best indexes, at most ${formatCost(costWithView)} over the view (estimated)`,
        ...rewritten.split('\n').map(line => `    ${line}`),
        ...differences.map(difference => `    note: ${difference}`),
      ]),
      ...plan.notes.map(note => `  note: ${note}`),
      ...measuredLines(measured.get(name), placeOf),
    ]),
    ...(views.length === 0 ? ['no materialized view is worth having for this workload'] : []),
    ...refusals.map(({ statements, reason }) => `no view for ${statements.map(placeOf).join(', ')}: ${reason}`),
    ...skipped.map(({ id, reason }) => `${placeOf(id)} skipped: ${reason}`),
    ...(views.length > 0 ? ['--format sql writes the migration; nothing of it stands'] : []),
    `indexes were tried by ${whatIf}`,
  ].join('\n');
}

function measuredLines(measured: MeasuredView | undefined, placeOf: (id: number) => string): string[] {
  if (!measured) return [];
  const { rows, bytes, buildMs, statements } = measured;
  return [
    `  measured: ${formatCount(rows)} rows, ${formatBytes(bytes)} with its index, filled in ${formatMs(buildMs)}; taken back`,
    ...statements.map(({ id, tablesMs, viewMs }) =>
      tablesMs === null || viewMs === null
        ? `  ${placeOf(id)}: not measured, it has parameters`
        : `  ${placeOf(id)}: measured ${formatMs(tablesMs)} over the tables, ${formatMs(viewMs)} over the view`,
    ),
  ];
}

import { adviseWorkload, type WorkloadAdvice } from '../../core/advisor/indexes/adviseWorkload';
import type { IndexReview } from '../../core/advisor/existingIndexes/index';
import { parseSize } from '../../core/profiles/profile';
import { loadGrammar, type Grammar } from '../../core/sql/grammar';
import { plannedEntries } from '../../core/workload/planningTexts';
import type { WorkloadOrder } from '../../core/workload/workload';
import type { PostgresDatabase } from '../../database/connect';
import { reviewServer } from '../../database/existingIndexes/reviewServer';
import { openCostEstimator, warmShadow } from '../../database/whatIf/index';
import { readStatStatements, type ReadWorkload } from '../../database/workload/readStatStatements';
import { readWorkloadFiles } from '../../database/workload/readWorkloadFiles';
import { findFiles } from '../../workspace/findFiles';
import { adviceReport, adviceSql, adviceText } from '../adviceReport';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { parseDuration } from '../duration';
import { print, printJson, progress } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

/** Statements planned of `pg_stat_statements` or a log. */
const TOP = 50;
const ORDERS: readonly WorkloadOrder[] = ['total', 'mean', 'calls', 'reads', 'temp'];

/** `query-tuner advise`: indexes for a workload, and a review of those there are. Proposes; changes nothing. */
export async function advise({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'sql'], 'text');
  const wanted = readOptions(options, operands);
  const startedAt = performance.now();
  const grammar = await loadGrammar();
  const report = await withServer(options, async database => {
    const workload = await readWorkload(database, grammar, wanted);
    const advice = workload && (await adviseOn(database, grammar, workload, wanted));
    const existing: IndexReview | undefined = options.existing
      ? await reviewServer(database, await database.readCatalog(), {
          limits: wanted.unusedDays === undefined ? {} : { unusedDays: wanted.unusedDays },
        })
      : undefined;
    return { ...(workload && { workload }), ...(advice && { advice }), ...(existing && { existing }) };
  });
  const elapsedMs = Math.round(performance.now() - startedAt);
  if (format === 'json') printJson(adviceReport(report, elapsedMs));
  else print(format === 'sql' ? adviceSql(report) : adviceText(report));
  if (options['fail-on'] === undefined) return 0;
  const failOn = choose('fail-on', options['fail-on'], ['warning', 'info'], 'warning');
  return report.existing?.findings.some(({ severity }) => severity === 'warning' || failOn === 'info') ? 1 : 0;
}

interface Wanted {
  readonly files: readonly string[];
  readonly statements: boolean;
  readonly by: WorkloadOrder;
  readonly top: number;
  readonly maxWidth: number;
  readonly budgetBytes?: number;
  readonly timeLimitMs?: number;
  readonly unusedDays?: number;
  readonly method: 'auto' | 'hypopg' | 'shadow' | 'trial';
}

function readOptions(options: Options, operands: readonly string[]): Wanted {
  const budgetBytes = options.budget === undefined ? undefined : parseSize(options.budget);
  if (options.budget !== undefined && budgetBytes === undefined) {
    throw new UsageError(`--budget must be a size such as 500MB; got "${options.budget}".`);
  }
  const timeLimitMs = options['time-limit'] === undefined ? undefined : parseDuration(options['time-limit']);
  const named = [...(options.workload === undefined ? [] : [options.workload]), ...operands];
  const statements = options.statements ?? false;
  if (named.length === 0 && !statements && !options.existing) {
    throw new UsageError('advise needs --workload FILE, --statements or --existing.');
  }
  if (named.length > 0 && statements) {
    throw new UsageError('advise takes a workload of files or --statements, not both.');
  }
  if (options['fail-on'] !== undefined && !options.existing) throw new UsageError('--fail-on needs --existing.');
  if (!statements && named.length === 0) {
    const unused = ['top', 'by', 'budget', 'max-width', 'what-if', 'time-limit'] as const;
    const idle = unused.find(name => options[name] !== undefined);
    if (idle) throw new UsageError(`--${idle} needs a workload: --workload FILE or --statements.`);
  }
  const files = findFiles(named, process.cwd());
  if (named.length > 0 && files.length === 0) throw new UsageError(`no files match ${named.join(' ')}.`);
  return {
    files,
    statements,
    by: choose('by', options.by, ORDERS, 'total'),
    top: positiveInteger('top', options.top, TOP),
    maxWidth: positiveInteger('max-width', options['max-width'], 3),
    method: choose('what-if', options['what-if'], ['auto', 'hypopg', 'shadow', 'trial'], 'auto'),
    ...(budgetBytes !== undefined && { budgetBytes }),
    ...(timeLimitMs !== undefined && { timeLimitMs }),
    ...(options['unused-days'] !== undefined && {
      unusedDays: positiveInteger('unused-days', options['unused-days'], 30),
    }),
  };
}

async function readWorkload(
  database: PostgresDatabase,
  grammar: Grammar,
  { files, statements, by, top, method }: Wanted,
): Promise<ReadWorkload | undefined> {
  if (statements || files.length > 0) warmShadow(database, method);
  if (statements) {
    const workload = await readStatStatements(database, grammar, { by, top });
    if (workload.entries.length === 0) {
      throw new UsageError('pg_stat_statements has no statements of this database yet: use it for a while first.');
    }
    return workload;
  }
  if (files.length === 0) return undefined;
  try {
    const options = { database: database.settings.database, by, top, onProgress: progress };
    const workload = await readWorkloadFiles(grammar, files, options);
    if (workload.entries.length > 0) return workload;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined || path === undefined) throw error;
    throw new UsageError(`cannot read ${path}: ${code === 'ENOENT' ? 'no such file' : (error as Error).message}.`);
  }
  throw new UsageError(`${files.join(' ')} has no statements.`);
}

/** Tells of each tenth of the way once: what is told goes into logs as well. */
function inTenths(
  tell: (text: string) => void,
): (progress: { readonly text: string; readonly fraction?: number }) => void {
  let told = -1;
  return ({ text, fraction = 0 }) => {
    const tenth = Math.floor(fraction * 10);
    if (tenth <= told) return;
    told = tenth;
    tell(`${text} (${tenth * 10} %)`);
  };
}

async function adviseOn(
  database: PostgresDatabase,
  grammar: Grammar,
  workload: ReadWorkload,
  wanted: Wanted,
): Promise<WorkloadAdvice> {
  const { maxWidth, budgetBytes, timeLimitMs, method } = wanted;
  const catalog = await database.readCatalog();
  progress(`planning ${workload.entries.length} statements`);
  const startedAt = performance.now();
  // --what-if trial is the agreement
  const estimator = await openCostEstimator(database, catalog, { method, trialAgreed: true });
  try {
    return await adviseWorkload({
      statements: plannedEntries(grammar, workload.entries),
      catalog,
      estimator,
      maxWidth,
      ...(timeLimitMs !== undefined && { isTimeUp: () => performance.now() > startedAt + timeLimitMs }),
      ...(budgetBytes !== undefined && { budgetBytes }),
      onProgress: inTenths(progress),
    });
  } finally {
    await estimator.dispose();
  }
}

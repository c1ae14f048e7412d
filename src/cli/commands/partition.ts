import { migrationScript } from '../../core/advisor/migration/migrationScript';
import { plannedSteps, stepsOnRequest, type MigrationPlan } from '../../core/advisor/migration/migrationPlan';
import { planPartitionMigration, schemeText } from '../../core/advisor/partitions/migration/planPartitionMigration';
import { formatMs } from '../../core/base/units';
import type { PostgresDatabase } from '../../database/connect';
import type { MigrationOutcome, MigrationProgress } from '../../database/migration/migrationRecord';
import { runMigration, undoMigration, type RunOptions } from '../../database/migration/runMigration';
import { readPartitionPieces } from '../../database/partitions/readPartitionPieces';
import { readTableDefinition } from '../../database/partitions/readTableDefinition';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { print, printJson, progress } from '../io';
import { fileStore, readRecord, removeRecord } from '../migrationFile';
import { chooseScheme, type ChosenScheme } from '../partitionScheme';
import { withServer } from '../target';
import { UsageError } from '../usage';

interface Planned extends ChosenScheme {
  readonly plan: MigrationPlan;
}

/**
 * `query-tuner partition`: the migration of a table to a partitioned one, as a plan or a script. Changes nothing but
 * with --apply, --undo or --finish, which go on where the state file says they were left.
 */
export async function partition({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'sql', 'json'], 'text');
  if (operands.length > 0)
    throw new UsageError(`partition takes no files; name the table with --table ${operands[0]}.`);
  const verbs = (['apply', 'undo', 'finish'] as const).filter(verb => options[verb]);
  if (verbs.length > 1) throw new UsageError(`--${verbs.join(' and --')} exclude each other.`);
  const [verb] = verbs;
  if (verb !== undefined) return withServer(options, database => act(database, verb, options));
  const planned = await withServer(options, database => planTable(database, options));
  if (format === 'json') printJson({ version: 1, ...planned });
  else print(format === 'sql' ? migrationScript(planned.plan).trimEnd() : planText(planned));
  return 0;
}

async function planTable(database: PostgresDatabase, options: Options): Promise<Planned> {
  if (options.table === undefined) throw new UsageError('partition needs --table TABLE.');
  const table = await readTableDefinition(database, options.table);
  const chosen = await chooseScheme(database, table, options);
  const pieces =
    table.kind === 'r'
      ? await readPartitionPieces(database, table, chosen.scheme, {
          futurePeriods: positiveInteger('future', options.future, 3),
          defaultPartition: !options['no-default'],
        })
      : { pieces: [], hasNulls: false };
  const migration = planPartitionMigration(table, chosen.scheme, pieces, {
    foreignKeysHere: options['drop-foreign-keys'] ? 'drop' : 'refuse',
    uniqueness: options['widen-unique'] ? 'widen' : 'refuse',
  });
  if ('plan' in migration) return { ...chosen, plan: migration.plan };
  const ways = [
    ...(migration.refusals.some(each => each.includes('choose to drop')) ? ['--drop-foreign-keys drops them'] : []),
    ...(migration.refusals.some(each => each.includes('choose to widen')) ? ['--widen-unique widens them'] : []),
  ];
  throw new UsageError([...migration.refusals, ...ways.map(way => `${way}.`)].join(' '));
}

async function act(database: PostgresDatabase, verb: 'apply' | 'undo' | 'finish', options: Options): Promise<number> {
  const file = options.state;
  if (file === undefined)
    throw new UsageError(`--${verb} needs --state FILE, where the plan and the steps done are kept.`);
  const record = readRecord(file);
  if (!record && verb !== 'apply') throw new UsageError(`there is no ${file}: nothing was begun with it.`);
  const controller = new AbortController();
  const onInterrupt = (): void => controller.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const run: RunOptions = { store: fileStore(file), signal: controller.signal, onProgress: reporter() };
    if (verb === 'undo') {
      const outcome = await undoMigration(database, run);
      if (outcome.kind === 'finished') removeRecord(file);
      return report(outcome, 'all is as it was');
    }
    if (record && verb === 'apply') progress(`going on with: ${record.plan.title}`);
    const plan = record?.plan ?? (await planTable(database, options)).plan;
    const only = verb === 'finish' ? { only: stepsOnRequest(plan).map(step => step.id) } : {};
    const outcome = await runMigration(database, plan, { ...run, ...only });
    return report(outcome, verb === 'finish' ? 'the old table is gone' : `done; the way back is kept in ${file}`);
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

function report(outcome: MigrationOutcome, done: string): number {
  if (outcome.kind === 'finished') {
    progress(done);
    return 0;
  }
  const step = outcome.record.plan.steps.find(each => each.id === outcome.stepId);
  progress(`stopped (${outcome.reason})${step ? ` at "${step.title}"` : ''}: ${outcome.message}`);
  if (outcome.hint) progress(`Hint: ${outcome.hint}`);
  for (const line of outcome.stands) progress(`  ${line}`);
  progress('Run the same command again to go on, or with --undo to go back.');
  return 2;
}

/** Says what is new: the title of a step once, then how far it is. */
function reporter(): (at: MigrationProgress) => void {
  let stepId = '';
  let said = '';
  let startedAt = 0;
  return at => {
    if (at.stepId !== stepId) {
      if (stepId !== '') progress(`  ${formatMs(performance.now() - startedAt)}`);
      progress(`${at.step}/${at.steps} ${at.title}`);
      [stepId, said, startedAt] = [at.stepId, at.title, performance.now()];
    }
    if (at.text === said || at.text === at.title) return;
    said = at.text;
    progress(`  ${at.text}`);
  };
}

function planText({ plan, scheme, reasons, losses }: Planned): string {
  const steps = plannedSteps(plan).map(
    (step, i) => `${String(i + 1).padStart(3)}. ${step.title}\n     ${step.explanation}\n     Locks: ${step.locks}`,
  );
  return [
    plan.title,
    ...reasons.map(reason => `  ${schemeText(scheme)}: ${reason}`),
    '',
    ...[...plan.notes, ...losses].map(note => `- ${note}`),
    '',
    ...steps,
    '',
    'Later, when you say so (--finish):',
    ...stepsOnRequest(plan).map(step => `   - ${step.title}: ${step.explanation}`),
    '',
    '--format sql prints the statements, --apply --state FILE runs them, --undo --state FILE takes them back.',
  ].join('\n');
}

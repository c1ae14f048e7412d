import { migrationScript } from '../../core/advisor/migration/migrationScript';
import {
  adviceJson,
  DEFAULT_AHEAD,
  forecastCosts,
  maintenancePlan,
  partmanPlan,
  schemeInWords,
  type EnginePlan,
  type PeriodUnit,
} from '../../core/advisor/partitions/index';
import { PERIOD_INTERVALS } from '../../core/advisor/partitions/scheme';
import { formatCost } from '../../core/base/units';
import { findRelation, type Catalog } from '../../core/catalog/catalog';
import { parseSize } from '../../core/profiles/profile';
import { loadGrammar } from '../../core/sql/grammar';
import { identifierOf, quoteQualified } from '../../core/sql/identifiers';
import { plannedEntries } from '../../core/workload/planningTexts';
import type { PostgresDatabase } from '../../database/connect';
import { advisePartitions, type AdvisedPartitions } from '../../database/partitions/advisePartitions';
import { readRangeScheme } from '../../database/partitions/readRangeScheme';
import { readStatStatements, type ReadWorkload } from '../../database/workload/readStatStatements';
import { readWorkloadFiles } from '../../database/workload/readWorkloadFiles';
import { findFiles } from '../../workspace/findFiles';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { print, printJson, progress } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

const TOP = 50;

/**
 * `query-tuner partitions`: which tables to partition and which not, with figures; with --upkeep the routines that keep
 * the partitions of a table that is partitioned. Changes nothing.
 */
export async function partitions({ options, operands }: CommandLine): Promise<number> {
  if (operands.length > 0) throw new UsageError(`partitions takes no files; name them with --workload ${operands[0]}.`);
  return options.upkeep ? upkeep(options) : advice(options);
}

async function advice(options: Options): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'sql'], 'text');
  const method = choose('what-if', options['what-if'], ['shadow', 'none'], 'shadow');
  if ((options.workload === undefined) === !options.statements)
    throw new UsageError('partitions needs --workload FILE or --statements, one of them.');
  const memoryBytes = options.ram === undefined ? undefined : parseSize(options.ram);
  if (options.ram !== undefined && memoryBytes === undefined)
    throw new UsageError(`--ram must be a size such as 16GB; got "${options.ram}".`);
  const advised = await withServer(options, async database => {
    const { entries } = await readWorkload(database, options);
    const catalog = await database.readCatalog();
    progress(`weighing ${entries.length} statements`);
    return advisePartitions(database, catalog, {
      statements: plannedEntries(await loadGrammar(), entries),
      whatIf: method === 'shadow',
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(options.table === undefined ? {} : { tables: [tableNamed(options.table, catalog)] }),
    });
  });
  if (format === 'json') {
    const { engines, skipped, facts } = advised;
    const tables = advised.tables.map(({ advice: each, forecast, notes }) => ({
      ...adviceJson(each, forecast),
      notes,
    }));
    printJson({ version: 1, memoryBytes: facts.memoryBytes, memoryFrom: facts.memorySource, tables, engines, skipped });
  } else print(format === 'sql' ? engineScripts(advised) : adviceText(advised));
  return 0;
}

/** Hypertables and distributed tables; for partitions of PostgreSQL's own, `partition` writes the script. */
function engineScripts({ engines }: AdvisedPartitions): string {
  const scripts = engines.map(({ engine, result }) =>
    'plan' in result ? migrationScript(result.plan).trimEnd() : `-- ${engine}: ${result.refusal}`,
  );
  if (scripts.length > 0) return scripts.join('\n\n');
  return '-- neither timescaledb nor citus is installed, or no table is to be partitioned; query-tuner partition writes the script for partitions of PostgreSQL itself';
}

async function readWorkload(database: PostgresDatabase, options: Options): Promise<ReadWorkload> {
  const grammar = await loadGrammar();
  const top = positiveInteger('top', options.top, TOP);
  if (options.workload === undefined) return readStatStatements(database, grammar, { by: 'total', top });
  const files = findFiles([options.workload], process.cwd());
  if (files.length === 0) throw new UsageError(`no files match ${options.workload}.`);
  return readWorkloadFiles(grammar, files, { database: database.settings.database, by: 'total', top });
}

function adviceText({ tables, engines, skipped }: AdvisedPartitions): string {
  if (tables.length === 0) return 'no table is large enough to ask about (100,000 rows)';
  return tables
    .map(({ advice: each, forecast, notes }) => {
      const name = quoteQualified(each.schema, each.table);
      if (each.verdict === 'do not partition')
        return [`${name}: do not partition`, ...each.reasons.map(reason => `  ${reason}`)].join('\n');
      const costs = forecastCosts(each, forecast);
      const planned = forecast.map(one =>
        'reason' in one
          ? `  statement ${one.id}: not planned: ${one.reason}`
          : `  statement ${one.id}: planner cost ${formatCost(one.costBefore)} before, ${formatCost(one.costAfter)} after, ` +
            `${one.scanned} of ${one.total} partitions${one.isGeneric ? ' (its parameters are not known)' : ''}`,
      );
      return [
        `${name}: partition ${schemeInWords(each.scheme)}`,
        ...each.reasons.map(reason => `  ${reason}`),
        ...each.losses.map(loss => `  - ${loss}`),
        ...planned,
        ...(costs
          ? [
              `  the workload: planner cost ${formatCost(costs.costBefore)} before, ${formatCost(costs.costAfter)} after`,
            ]
          : []),
        ...notes.map(note => `  note: ${note}`),
        `  query-tuner partition --table ${name} --key ${each.scheme.column} --method ${each.scheme.method} writes the migration`,
      ].join('\n');
    })
    .concat(skipped.map(({ id, reason }) => `statement ${id} is not weighed: ${reason}`))
    .concat(engines.map(engineText))
    .join('\n\n');
}

function engineText({ engine, result }: EnginePlan): string {
  return 'plan' in result
    ? [`${engine}: ${result.plan.title} (--format sql)`, ...result.plan.notes.map(note => `  ${note}`)].join('\n')
    : `${engine}: ${result.refusal}`;
}

async function upkeep(options: Options): Promise<number> {
  const format = choose('format', options.format, ['text', 'sql', 'json'], 'sql');
  if (options.table === undefined) throw new UsageError('--upkeep needs --table TABLE.');
  const by = choose('by', options.by, ['routines', 'pg_partman'], 'routines');
  const plan = await withServer(options, async database => {
    const catalog = await database.readCatalog();
    const { schema, name } = tableNamed(options.table!, catalog);
    const relation = findRelation(catalog, name, schema)!;
    const interval = options.interval;
    const scheme = await readRangeScheme(database, relation, {
      ...(interval === undefined
        ? {}
        : { period: choose('interval', interval, Object.keys(PERIOD_INTERVALS) as PeriodUnit[], 'month') }),
      ...(options['time-zone'] === undefined ? {} : { timeZone: options['time-zone'] }),
    });
    const spec = {
      schema,
      table: name,
      scheme,
      ahead: positiveInteger('future', options.future, DEFAULT_AHEAD[scheme.period]),
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      retirement:
        options.archive === undefined
          ? ({ action: 'drop' } as const)
          : ({ action: 'archive', schema: options.archive } as const),
    };
    if (by === 'routines')
      return orUsage(() =>
        maintenancePlan(spec, catalog, options.schedule === undefined ? {} : { schedule: options.schedule }),
      );
    const version = catalog.extensions.find(extension => extension.name === 'pg_partman')?.version;
    if (version === undefined) throw new UsageError('pg_partman is not installed in this database.');
    const made = orUsage(() => partmanPlan(spec, version));
    if ('refusal' in made) throw new UsageError(`${made.refusal}.`);
    return made.plan;
  });
  if (format === 'json') printJson({ version: 1, plan });
  else if (format === 'sql') print(migrationScript(plan).trimEnd());
  else
    print(
      [
        plan.title,
        ...plan.notes.map(note => `- ${note}`),
        ...plan.steps.map(step => `${step.title}: ${step.explanation}`),
      ].join('\n'),
    );
  return 0;
}

/** What the specification says is wrong was said by the user. */
function orUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

function tableNamed(text: string, catalog: Catalog): { readonly schema: string; readonly name: string } {
  const [first = '', second] = [...text.matchAll(/"(?:[^"]|"")+"|[^".]+/g)].map(([part]) => identifierOf(part));
  const relation = second === undefined ? findRelation(catalog, first) : findRelation(catalog, second, first);
  if (!relation) throw new UsageError(`there is no table ${text}.`);
  return relation;
}

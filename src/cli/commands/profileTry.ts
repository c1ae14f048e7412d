import { formatCost, formatMs } from '../../core/base/units';
import type { Profile } from '../../core/profiles/profile';
import { trialSettings, type ProfileTrial, type TriedStatement } from '../../core/profiles/profileTrial';
import { reviewProfile } from '../../core/profiles/reviewProfile';
import { WHOLE_SERVER } from '../../core/profiles/settingSql';
import { loadGrammar } from '../../core/sql/grammar';
import { plannedEntries } from '../../core/workload/planningTexts';
import { evaluateOnServer } from '../../database/settings/preflight';
import { readServerFacts } from '../../database/settings/readServerFacts';
import { readSettings } from '../../database/settings/readSettings';
import { tryProfile } from '../../database/settings/tryProfile';
import { readStatStatements } from '../../database/workload/readStatStatements';
import { readWorkloadFiles } from '../../database/workload/readWorkloadFiles';
import { findFiles } from '../../workspace/findFiles';
import { positiveInteger, type Options } from '../arguments';
import { print, printJson, progress } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';
import { askedFacts } from './profileFacts';

const TOP = 50;

/** Which plans of a workload a profile would change; nothing is applied, and nothing runs without `--measure`. */
export async function tryOnWorkload(profile: Profile, options: Options, format: 'text' | 'json'): Promise<number> {
  const { workload: named, statements = false } = options;
  const top = positiveInteger('top', options.top, TOP);
  if ((named === undefined) === !statements) {
    throw new UsageError('profile try needs --workload FILE or --statements, and not both.');
  }
  const files = named === undefined ? [] : findFiles([named], process.cwd());
  if (named !== undefined && files.length === 0) throw new UsageError(`no files match ${named}.`);
  const grammar = await loadGrammar();
  const trial = await withServer(options, async (database): Promise<ProfileTrial> => {
    const server = await readSettings(database);
    const { facts } = await readServerFacts(database, profile, askedFacts(options));
    const evaluated = await evaluateOnServer(database, profile, facts, server);
    const settings = trialSettings(reviewProfile(evaluated, server, WHOLE_SERVER));
    const workload = statements
      ? await readStatStatements(database, grammar, { by: 'total', top })
      : await readWorkloadFiles(grammar, files, { database: database.settings.database, by: 'total', top });
    const places = new Map(workload.entries.map(({ id, place }) => [id, place]));
    progress(`planning ${workload.entries.length} statements`);
    const tried = await tryProfile(database, plannedEntries(grammar, workload.entries), settings, {
      measure: options.measure ?? false,
      placeOf: id => places.get(id),
    });
    return { ...settings, ...tried, source: workload.source, notes: workload.notes };
  });
  if (format === 'json') printJson({ version: 1, id: profile.id, ...trial });
  else print(trialText(trial));
  return 0;
}

function trialText({ prices, means, left, source, statements, skipped, notes }: ProfileTrial): string {
  const tried = Object.entries({ ...means, ...prices });
  const changed = statements.filter(statement => statement.changed).length;
  return [
    `${source}: ${changed} of ${statements.length} plans change`,
    tried.length === 0
      ? 'nothing that a plan depends on differs'
      : `tried ${tried.map(([name, value]) => `${name} = ${value}`).join(', ')}`,
    ...(left.length === 0 ? [] : [`not tried: ${left.map(({ name, why }) => `${name} (${why})`).join(', ')}`]),
    ...statements.flatMap(statementLines),
    ...skipped.map(({ id, reason }) => `statement ${id} skipped: ${reason}`),
    ...notes.map(note => `note: ${note}`),
    'both costs are at today’s prices: costs under other cost constants cannot be compared',
  ].join('\n');
}

function statementLines(statement: TriedStatement): string[] {
  const { id, place, sql, changed, nodesBefore, nodesAfter, costBefore, costAfter, measured, notMeasured } = statement;
  const shown = sql.replace(/\s+/g, ' ');
  return [
    `statement ${id}${place === undefined ? '' : ` (${place})`}: ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}`,
    changed
      ? `  plan: ${nodesBefore.join(', ') || 'other order'} -> ${nodesAfter.join(', ') || 'other order'}`
      : '  plan: the same',
    `  cost: ${formatCost(costBefore)} -> ${costAfter === null ? 'cannot be had at today’s prices' : formatCost(costAfter)} (estimated)`,
    ...(measured
      ? [
          `  measured: ${formatMs(measured.beforeMs)} -> ${formatMs(measured.afterMs)}, the middle of ${measured.runs} runs each`,
        ]
      : []),
    ...(notMeasured === undefined ? [] : [`  not measured: ${notMeasured}`]),
  ];
}

import { ALL_HEALTH_CHECKS } from '../../core/health/index';
import { INDEX_CHECKS } from '../../core/health/indexHealth';
import type { HealthResult } from '../../core/health/check';
import { checklistText } from '../../core/report/checklistText';
import { healthText } from '../../core/report/healthText';
import { readChecklist } from '../../database/health/readChecklist';
import { readHealth } from '../../database/health/readHealth';
import { reviewIndexHealth } from '../../database/health/reviewIndexHealth';
import { ConfigurationFiles } from '../../workspace/configurationFiles';
import { choose, type CommandLine, type Options } from '../arguments';
import { print, printJson } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

/**
 * `query-tuner health`: every check on a running server, or the dairy guide's checklist. Reads; changes nothing. Exit 1
 * at or above `--fail-on`, or when an item of the checklist fails.
 */
export async function health({ options, operands }: CommandLine): Promise<number> {
  if (operands.length > 0) throw new UsageError(`unexpected argument "${operands[0]}".`);
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const failOn = choose('fail-on', options['fail-on'], ['warning', 'critical'], 'critical');
  const only = readOnly(options);
  const limits = new ConfigurationFiles().forFolder(process.cwd()).health;
  if (options.checklist && only) throw new UsageError('--checklist is of all checks: leave out --only.');
  return withServer(options, async database => {
    const report = await readHealth(database, { limits, ...(only && { only }) });
    const wantsIndexes = !only || INDEX_CHECKS.some(({ id }) => only.has(id));
    const indexes = wantsIndexes
      ? await reviewIndexHealth(database, await database.readCatalog(), report.server, { limits })
      : [];
    const results = [...report.results, ...indexes.filter(({ id }) => !only || only.has(id))];
    if (options.checklist) {
      const checklist = await readChecklist(database, { server: report.server, results });
      if (format === 'json') printJson({ version: 1, server: database.serverText, at: report.at, checklist });
      else print(checklistText(checklist, database.serverText));
      return checklist.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
    }
    if (format === 'json') {
      const { at, costMs } = report;
      printJson({ version: 1, server: database.serverText, at, costMs: Math.round(costMs), checks: results });
    } else print(healthText(results, { server: database.serverText, at: report.at, costMs: report.costMs }));
    return results.some(result => fails(result, failOn)) ? 1 : 0;
  });
}

function readOnly({ only }: Options): ReadonlySet<string> | undefined {
  if (!only) return undefined;
  for (const id of only) {
    if (!ALL_HEALTH_CHECKS.some(check => check.id === id)) {
      throw new UsageError(
        `no health check "${id}"; there are ${ALL_HEALTH_CHECKS.map(check => check.id).join(', ')}.`,
      );
    }
  }
  return new Set(only);
}

function fails({ status }: HealthResult, failOn: 'warning' | 'critical'): boolean {
  return status === 'critical' || (failOn === 'warning' && status === 'warning');
}

import {
  cronJobs,
  crontabLines,
  maintenanceScript,
  maintenanceSql,
  maintenanceText,
  planMaintenance,
  systemdUnits,
} from '../../core/maintenance/index';
import { readMaintenance } from '../../database/maintenance/readMaintenance';
import { choose, type CommandLine } from '../arguments';
import { print, printJson } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

const FORMS = ['sql', 'cron', 'script', 'crontab', 'systemd'] as const;

/** `query-tuner maintenance`: what to do for a database now, daily, weekly and monthly. Reads; changes nothing. */
export async function maintenance({ options, operands }: CommandLine): Promise<number> {
  if (operands.length > 0) throw new UsageError(`unexpected argument "${operands[0]}".`);
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const form = options.as === undefined ? undefined : choose('as', options.as, FORMS, 'sql');
  if (form !== undefined && options.format !== undefined) throw new UsageError('give --as or --format, not both.');
  return withServer(options, async database => {
    const facts = await readMaintenance(database);
    const plan = planMaintenance(facts);
    switch (form) {
      case undefined:
        if (format === 'json') printJson({ version: 1, server: database.serverText, ...plan });
        else print(maintenanceText(plan));
        return 0;
      case 'sql':
        return say(maintenanceSql(plan));
      case 'cron':
        return say(cronJobs(plan, facts));
      case 'script':
        return say(maintenanceScript(plan));
      case 'crontab':
        return say(crontabLines(plan));
      case 'systemd':
        return say(systemdUnits(plan));
    }
  });
}

function say(text: string): number {
  print(text.trimEnd());
  return 0;
}

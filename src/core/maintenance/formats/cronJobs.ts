import { quoteLiteral } from '../../sql/identifiers';
import { cronTime, RECURRING, tasksOf } from '../schedule';
import type { MaintenancePlan } from '../task';
import { describeTask } from './lines';

export interface CronOptions {
  /** Version of pg_cron in the database itself; null where it is in another one of the server, or nowhere. */
  readonly cronVersion: string | null;
}

/**
 * Jobs of pg_cron, one for each command: several commands of a job run in one transaction, where VACUUM fails. Where
 * the database itself has no pg_cron, `cron.schedule_in_database` (pg_cron 1.4) is for the one that has.
 */
export function cronJobs(plan: MaintenancePlan, { cronVersion }: CronOptions): string {
  const lines = [
    `-- Jobs of pg_cron for the database ${plan.database.replace(/[\r\n]+/g, ' ')}`,
    ...(cronVersion === null
      ? [
          '-- Run this in the database that has pg_cron (cron.database_name, postgres unless set); it must be 1.4 or newer.',
        ]
      : []),
    '-- Times are of the time zone cron.timezone, GMT unless set. A job of the same name is replaced.',
    "-- A job that fails says so in cron.job_run_details only: SELECT * FROM cron.job_run_details WHERE status = 'failed';",
  ];
  const names: string[] = [];
  for (const cadence of RECURRING) {
    let position = 0;
    for (const task of tasksOf(plan, cadence)) {
      if (task.statements.length === 0) {
        if (task.generatedBy)
          lines.push(
            '',
            `-- Nothing to schedule now; ask again every month: ${describeTask(task).slice(0, 2).join(': ')}`,
          );
        continue;
      }
      lines.push('', ...describeTask(task).map(each => `-- ${each}`));
      for (const [number, statement] of task.statements.entries()) {
        const numbered = task.statements.length > 1 ? ` ${number + 1}` : '';
        const name = `${cadence}: ${task.id}${numbered}`.replace(/\s*[\r\n]\s*/g, ' ');
        const given = [name, cronTime(cadence, position++), statement].map(quoteLiteral).join(', ');
        names.push(name);
        lines.push(
          cronVersion === null
            ? `SELECT cron.schedule_in_database(${given}, ${quoteLiteral(plan.database)});`
            : `SELECT cron.schedule(${given});`,
        );
      }
    }
  }
  if (names.length > 0) {
    lines.push(
      '',
      '-- To take all of it back:',
      ...names.map(name => `-- SELECT cron.unschedule(${quoteLiteral(name)});`),
    );
  }
  return [...lines, ''].join('\n');
}

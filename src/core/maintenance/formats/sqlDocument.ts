import { CADENCES, type MaintenancePlan } from '../task';
import { tasksOf } from '../schedule';
import { describeTask, HEADINGS } from './lines';

/** The plan as SQL to read, and to run a statement at a time: none of it may run in a transaction. */
export function maintenanceSql(plan: MaintenancePlan): string {
  const lines = [
    `-- Maintenance of the database ${plan.database.replace(/[\r\n]+/g, ' ')}`,
    '-- Run each statement by itself: VACUUM and REINDEX CONCURRENTLY work in no transaction.',
    '-- For a scheduler: query-tuner maintenance --as cron | script | crontab | systemd',
  ];
  for (const cadence of CADENCES) {
    const tasks = tasksOf(plan, cadence);
    if (tasks.length === 0) continue;
    lines.push('', '', `-- ${HEADINGS[cadence]}`);
    for (const task of tasks) {
      lines.push('', ...describeTask(task).map(each => `-- ${each}`));
      lines.push(...task.statements.map(statement => `${statement};`));
    }
  }
  lines.push('', '', '-- Deliberately not in the plan', ...plan.leftOut.map(each => `-- ${each}`), '');
  return lines.join('\n');
}

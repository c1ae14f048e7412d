import { CADENCES, type MaintenancePlan } from '../task';
import { tasksOf } from '../schedule';
import { describeTask, HEADINGS } from './lines';

/** The plan for a terminal. */
export function maintenanceText(plan: MaintenancePlan): string {
  const lines = [`Maintenance of the database ${plan.database}`, ''];
  for (const cadence of CADENCES) {
    const tasks = tasksOf(plan, cadence);
    if (tasks.length === 0) continue;
    lines.push(HEADINGS[cadence]);
    for (const task of tasks) {
      const [title = '', ...details] = describeTask(task);
      lines.push(`  ${title}`, ...details.map(each => `      ${each}`));
      lines.push(...task.statements.map(statement => `      ${statement};`));
    }
    lines.push('');
  }
  lines.push('Deliberately not in the plan', ...plan.leftOut.map(each => `  ${each}`));
  return lines.join('\n');
}

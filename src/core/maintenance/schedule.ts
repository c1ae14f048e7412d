import type { Cadence, MaintenancePlan, MaintenanceTask } from './task';

export type Recurring = Exclude<Cadence, 'now'>;

export const RECURRING: readonly Recurring[] = ['daily', 'weekly', 'monthly'];

/** When each begins: five fields of cron. Quiet hours in most places; Sunday; the first of the month. Our own choice. */
const BEGINS: Readonly<Record<Recurring, { readonly hour: number; readonly days: string; readonly calendar: string }>> =
  {
    daily: { hour: 2, days: '* * *', calendar: '*-*-* 02:00:00' },
    weekly: { hour: 3, days: '* * 0', calendar: 'Sun *-*-* 03:00:00' },
    monthly: { hour: 4, days: '1 * *', calendar: '*-*-01 04:00:00' },
  };

/** Jobs of one cadence begin so many minutes after each other: pg_cron starts what is due at once, side by side. */
const APART_MINUTES = 5;

/** Minute, hour, day, month, weekday of the n-th command of a cadence, counted from 0. */
export function cronTime(cadence: Recurring, position: number): string {
  const minutes = position * APART_MINUTES;
  return `${minutes % 60} ${(BEGINS[cadence].hour + Math.floor(minutes / 60)) % 24} ${BEGINS[cadence].days}`;
}

/** The same as systemd's OnCalendar, for all commands of a cadence one after another. */
export function calendarTime(cadence: Recurring): string {
  return BEGINS[cadence].calendar;
}

export function tasksOf({ tasks }: MaintenancePlan, cadence: Cadence): MaintenanceTask[] {
  return tasks.filter(task => task.cadence === cadence);
}

/** Cadences that a scheduler has something to run for. */
export function scheduledCadences(plan: MaintenancePlan): Recurring[] {
  return RECURRING.filter(cadence =>
    tasksOf(plan, cadence).some(({ statements, generatedBy }) => statements.length > 0 || generatedBy !== undefined),
  );
}

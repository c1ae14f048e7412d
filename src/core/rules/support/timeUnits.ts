/** A unit of time that begins at midnight. */
export type DayUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** True if a unit begins with the day `2024-05-31`, as date_trunc counts: weeks with Monday. */
export function isBeginning(day: string, unit: DayUnit): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  if (unit === 'day') return true;
  if (unit === 'week') return date.getUTCDay() === 1;
  if (date.getUTCDate() !== 1) return false;
  const month = date.getUTCMonth();
  return unit === 'month' || (unit === 'quarter' ? month % 3 === 0 : month === 0);
}

import type { DayUnit } from '../../../rules/support/timeUnits';

export { isBeginning, type DayUnit } from '../../../rules/support/timeUnits';

/** A day as `2024-05-31`, in the years that four digits can write. */
export type Day = string;

/** From a day on until before another. Without an end it is open there. */
export interface DayRange {
  readonly from?: Day;
  readonly to?: Day;
}

const FIRST_YEAR = 1000;
const LAST_YEAR = 9998;

/** The day if the numbers are one of the calendar. */
export function dayOf(year: number, month = 1, day = 1): Day | undefined {
  if (!Number.isInteger(year) || year < FIRST_YEAR || year > LAST_YEAR) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay ? date.toISOString().slice(0, 10) : undefined;
}

/** The day that a literal writes, `2024-05-31` or its midnight; undefined for anything else. */
export function readDay(text: string | undefined): Day | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?$/.exec(text ?? '');
  return parts ? dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3])) : undefined;
}

/** The first day of the unit after the one that begins with a day. */
export function nextUnit(day: Day, unit: DayUnit): Day {
  const date = new Date(`${day}T00:00:00Z`);
  if (unit === 'day' || unit === 'week') date.setUTCDate(date.getUTCDate() + (unit === 'day' ? 1 : 7));
  else date.setUTCMonth(date.getUTCMonth() + { month: 1, quarter: 3, year: 12 }[unit]);
  return date.toISOString().slice(0, 10);
}

/** The ranges in order, those that meet or overlap as one. */
export function joinedRanges(ranges: readonly DayRange[]): DayRange[] {
  const joined: DayRange[] = [];
  for (const range of [...ranges].sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))) {
    const last = joined.at(-1);
    if (last && (last.to === undefined || last.to >= (range.from ?? ''))) {
      const to = last.to === undefined || range.to === undefined ? undefined : last.to > range.to ? last.to : range.to;
      joined[joined.length - 1] = {
        ...(last.from !== undefined && { from: last.from }),
        ...(to !== undefined && { to }),
      };
    } else joined.push(range);
  }
  return joined;
}

/** `column >= date '2024-01-01' AND column < date '2025-01-01'`; several ranges joined by OR, in parentheses. */
export function rangeCondition(column: string, ranges: readonly DayRange[]): string {
  const parts = joinedRanges(ranges).map(({ from, to }) =>
    [
      ...(from === undefined ? [] : [`${column} >= date '${from}'`]),
      ...(to === undefined ? [] : [`${column} < date '${to}'`]),
    ].join(' AND '),
  );
  return parts.length === 1
    ? parts[0]!
    : `(${parts.map(part => (part.includes(' AND ') ? `(${part})` : part)).join(' OR ')})`;
}

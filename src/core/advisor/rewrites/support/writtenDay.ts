import { dayOf } from './days';
import type { Day, DayUnit } from './days';

const FIELDS = /YYYY|MM|DD/g;

/** The day or period that a text stands for in one of to_char's formats: `05/2024` in `MM/YYYY`. */
export function writtenDay(text: string, format: string): { readonly day: Day; readonly unit: DayUnit } | undefined {
  const fields: readonly string[] = format.match(FIELDS) ?? [];
  // Anything but these fields and separators is read otherwise by to_char.
  if (!/^(?:YYYY|MM|DD|[-/. ])+$/.test(format) || new Set(fields).size !== fields.length) return undefined;
  const pattern = format.replace(/[./]/g, '\\$&').replace(FIELDS, field => `(\\d{${field.length}})`);
  const values = new RegExp(`^${pattern}$`).exec(text)?.slice(1).map(Number);
  if (!values) return undefined;
  const valueOf = (field: string): number | undefined => values[fields.indexOf(field)];
  const [year, month, day] = ['YYYY', 'MM', 'DD'].map(valueOf);
  if (year === undefined || (day !== undefined && month === undefined)) return undefined;
  const first = dayOf(year, month, day);
  return first === undefined
    ? undefined
    : { day: first, unit: day !== undefined ? 'day' : month !== undefined ? 'month' : 'year' };
}

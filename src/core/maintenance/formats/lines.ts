import type { Cadence, MaintenanceTask } from '../task';

export const HEADINGS: Readonly<Record<Cadence, string>> = {
  now: 'Now, once',
  daily: 'Daily',
  weekly: 'Weekly',
  monthly: 'Monthly',
};

const HOW_KNOWN: Readonly<Record<MaintenanceTask['basis'], string>> = {
  counted: 'counted by the server',
  catalog: 'read from the catalog',
  estimated: 'estimated',
  general: 'holds everywhere',
};

/** Title, reason with how it is known, source, locks: a line each. A name may hold a line break; a line must not. */
export function describeTask({ title, reason, basis, source, locks }: MaintenanceTask): string[] {
  return [title, `${reason} (${HOW_KNOWN[basis]})`, `Source: ${source}`, ...(locks ? [`Locks: ${locks}`] : [])].map(
    text => text.replace(/\s*[\r\n]\s*/g, ' '),
  );
}

/** Ranges of the five fields of a schedule: minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly (readonly [name: string, least: number, most: number])[] = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of the month', 1, 31],
  ['month', 1, 12],
  ['day of the week', 0, 7],
];

/**
 * Why a text is no schedule for pg_cron; undefined if it is one. A sixth field is not refused by pg_cron but ignored,
 * so that a schedule meant in seconds runs in minutes: here it is refused.
 */
export function whyNoSchedule(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `a schedule has 5 fields (minute hour day month weekday), "${text}" has ${fields.length}`;
  }
  for (const [place, field] of fields.entries()) {
    const [name, least, most] = FIELDS[place]!;
    const isRight = field.split(',').every(part => isPart(part, least, most));
    if (!isRight) return `"${field}" is no ${name}: ${least} to ${most}, *, a-b, */n or a list of them`;
  }
  return undefined;
}

function isPart(part: string, least: number, most: number): boolean {
  const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
  if (!match) return false;
  const [, from, to, step] = match;
  const inRange = (text: string | undefined): boolean =>
    text === undefined || (Number(text) >= least && Number(text) <= most);
  if (to !== undefined && Number(to) < Number(from)) return false;
  return inRange(from) && inRange(to) && (step === undefined || Number(step) > 0);
}

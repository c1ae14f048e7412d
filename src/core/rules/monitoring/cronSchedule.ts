import { defineRule } from '../defineRule';
import { cronCall } from '../support/cronCalls';

export const cronSchedule = defineRule({
  id: 'monitoring/cron-schedule',
  since: '0.2.0',
  severity: 'error',
  nodes: ['FuncCall'],
  title: 'A schedule pg_cron reads otherwise',
  docs: {
    problem:
      'pg_cron knows five fields: minute, hour, day of month, month, day of week. A sixth is dropped without a word.',
    why: "`*/30 * * * * *`, every 30 seconds elsewhere, runs every 30 minutes. Since pg_cron 1.5 `'30 seconds'` does what is meant.",
    whenToIgnore: 'The scheduler is not pg_cron.',
  },
  messages: {
    six: "pg_cron ignores the sixth field: the first is minutes, not seconds. Since pg_cron 1.5 there is '{seconds}'.",
    many: 'pg_cron reads five fields and ignores the rest; the first is minutes.',
    invalid: 'pg_cron refuses this schedule: it takes five fields, minute hour day month weekday.',
    range: '{value} is out of range for {field}: {range}.',
  },
  examples: [
    {
      title: 'six fields',
      bad: "SELECT cron.schedule('refresh', '*/30 * * * * *', 'REFRESH MATERIALIZED VIEW daily_counts')",
      flags: "'*/30 * * * * *'",
    },
    { title: 'four fields', bad: "SELECT cron.schedule('cleanup', '0 3 * *', 'CALL cleanup()')", flags: "'0 3 * *'" },
    { title: 'hour 24', bad: "SELECT cron.schedule('0 24 * * *', 'CALL cleanup()')", flags: "'0 24 * * *'" },
    { title: 'every night', good: "SELECT cron.schedule('cleanup', '0 3 * * *', 'CALL cleanup()')" },
    { title: 'lists, ranges and steps', good: "SELECT cron.schedule('0,30 8-18/2 1 jan-mar mon-fri', 'CALL sync()')" },
    { title: 'seconds', good: "SELECT cron.schedule('poll', '10  Seconds ', 'CALL poll()')" },
    { title: 'by name', good: "SELECT cron.schedule('backup', '@daily', 'CALL backup()')" },
    { title: 'the last day of a month', good: "SELECT cron.schedule('close', '0 5 $ * *', 'CALL close_month()')" },
    { title: 'filled in later', good: "SELECT cron.schedule('job', $1, $2)" },
    { title: 'another function', good: "SELECT timetable.schedule('job', '*/30 * * * * *')" },
  ],
  check({ statement, find, report }) {
    for (const node of find('FuncCall')) {
      const schedule = cronCall(statement, node.fields)?.schedule;
      if (!schedule) continue;
      const { range: at, text } = schedule;
      const fields = text.trim().split(/\s+/);
      if (/^@\w+$/.test(text.trim()) || /^\d+\s+seconds?$/i.test(text.trim())) continue;
      if (fields.length < 5) report({ at, message: 'invalid' });
      else if (fields.length === 6) {
        const seconds = /^\*\/(\d+)$/.exec(fields[0] ?? '')?.[1] ?? '30';
        report({ at, severity: 'warning', message: 'six', values: { seconds: `${seconds} seconds` } });
      } else if (fields.length > 6) report({ at, severity: 'warning', message: 'many' });
      else {
        const wrong = FIELDS.findIndex(({ low, high }, i) => isOutside(fields[i] ?? '', low, high));
        const field = FIELDS[wrong];
        if (!field) continue;
        const values = { value: fields[wrong] ?? '', field: field.name, range: `${field.low} to ${field.high}` };
        report({ at, message: 'range', values });
      }
    }
  },
});

const FIELDS = [
  { name: 'minutes', low: 0, high: 59 },
  { name: 'hours', low: 0, high: 23 },
  { name: 'days', low: 1, high: 31 },
  { name: 'months', low: 1, high: 12 },
  { name: 'weekdays', low: 0, high: 7 },
] as const;

/** Numbers of a list and its ranges; steps and names are let through. */
function isOutside(field: string, low: number, high: number): boolean {
  return field
    .split(',')
    .flatMap(part => (part.split('/')[0] ?? '').split('-'))
    .some(value => /^\d+$/.test(value) && (Number(value) < low || Number(value) > high));
}

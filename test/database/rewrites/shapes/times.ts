import type { Random } from '../random';
import type { NamedDifference, RewriteShape } from '../shape';
import { anyColumn, queryAround } from './around';

const NEVER = 'false';

/** The zones of the test change their clocks in the small hours, and no row is of such a day's midnight. */
const ZONE: readonly NamedDifference[] = [
  { says: /clocks are set back at midnight/, applies: NEVER },
  { says: /a midnight that the time zone/, applies: NEVER },
  { says: /beginning is that of another type/, applies: NEVER },
  { says: /a year before Christ/, applies: NEVER },
];

const TIMES = ['timestamp', 'timestamptz', 'date'] as const;

/** Conditions on times that are written as ranges of the column. */
export const TIME_SHAPES: readonly RewriteShape[] = [
  {
    title: 'parts of a time',
    rewrites: ['time-parts-to-range'],
    statements: 160,
    generate: random => {
      const { table, name } = anyColumn(random, { type: random.pick(TIMES) });
      const part = (unit: string): string =>
        random.chance(50) ? `extract(${unit} FROM t.${name})` : `date_part('${unit}', t.${name})`;
      const year = `${part('year')} = ${2023 + random.below(2)}`;
      const condition = random.pick([
        `${year} AND ${part('month')} = ${random.pick([1, 2, 12])}`,
        `${part('month')} = ${random.pick([1, 2, 12])} AND ${year} AND ${part('day')} = ${random.pick([1, 29, 31])}`,
        `${year} AND ${part('month')} BETWEEN 1 AND ${1 + random.below(12)}`,
        `${year} AND ${part('month')} IN (1, 12)`,
        `${part('year')} BETWEEN ${2022 + random.below(2)} AND ${2023 + random.below(2)}`,
        `${part('year')} IN (2023, ${random.pick([2020, 2024])})`,
      ]);
      return {
        sql: queryAround(random, { table, alias: 't', condition: `(${condition})` }, { anywhere: random.chance(25) }),
        differences: { 'time-parts-to-range': ZONE, 'query/function-on-column': FUNCTION },
      };
    },
  },
  {
    title: 'a time that is truncated or written as text',
    rewrites: ['truncated-time-to-range'],
    statements: 240,
    generate: random => {
      const { table, name } = anyColumn(random, { type: random.pick(TIMES) });
      return {
        sql: queryAround(
          random,
          { table, alias: 't', condition: truncated(random, `t.${name}`) },
          { anywhere: random.chance(25) },
        ),
        differences: { 'truncated-time-to-range': ZONE, 'query/function-on-column': FUNCTION },
      };
    },
  },
  {
    title: 'how long ago a time is',
    rewrites: ['interval-to-bare-column'],
    generate: random => {
      const { table, name } = anyColumn(random, { type: random.pick(['timestamp', 'timestamptz'] as const) });
      const since = random.pick([`now() - t.${name}`, `current_timestamp - t.${name}`, `age(now(), t.${name})`]);
      const length = random.pick(['10 minutes', '36 hours', '3 days', '1 month', '90 years']);
      const compare = random.pick(['<', '<=', '>', '>=']);
      const condition = random.pick([
        `${since} ${compare} interval '${length}'`,
        `'${length}'::interval ${compare} ${since}`,
        `extract(epoch FROM (now() - t.${name})) ${compare} ${random.pick(['3600', '86400 * 900'])}`,
      ]);
      return {
        sql: queryAround(random, { table, alias: 't', condition }, { anywhere: random.chance(25) }),
        differences: {
          // All rows are months from any of these moments.
          'interval-to-bare-column': [
            { says: /those of the calendar/, applies: NEVER },
            { says: /not both with time zone/, applies: NEVER },
            { says: /age\(\) counts/, applies: NEVER },
          ],
        },
      };
    },
  },
];

const FUNCTION: readonly NamedDifference[] = [
  { says: /summer time, and values that are infinite/, applies: NEVER },
  { says: /types or NULLs .* not known/, applies: NEVER },
];

function truncated(random: Random, column: string): string {
  const unit = random.pick(['day', 'month', 'quarter', 'year', 'week']);
  const day = random.pick(['2024-01-01', '2024-02-01', '2024-01-31', '2024-02-26', '2023-12-31']);
  const compare = random.pick(['<', '<=', '>', '>=']);
  const trunc = `date_trunc('${unit}', ${column})`;
  return random.pick([
    `${trunc} ${compare} '${day}'`,
    `timestamp '${day}' ${compare} ${trunc}`,
    `${trunc} BETWEEN '2024-01-01' AND '${random.pick(['2024-02-01', '2024-01-01', '2024-01-08'])}'`,
    `${trunc} IN ('2024-01-01', '${day}')`,
    `${trunc} ${compare} date_trunc('${unit}', now() - interval '2 years')`,
    `to_char(${column}, 'YYYY-MM') = '${day.slice(0, 7)}'`,
    `to_char(${column}, 'DD/MM/YYYY') IN ('${day.slice(8)}/${day.slice(5, 7)}/${day.slice(0, 4)}', '01/02/2024')`,
    `to_char(${column}, 'YYYY') = '${day.slice(0, 4)}'`,
    `${column}::date IN ('${day}', '2024-02-29')`,
    `date(${column}) IN ('${day}', date '2024-02-29', '2024-03-01')`,
  ]);
}

import { columnsOf, literalFor } from '../schema';
import type { RewriteShape } from '../shape';
import { anyColumn, queryAround } from './around';

const NEVER = 'false';

/** Conditions on one column that a rule's fix writes in another way. */
export const CONDITION_SHAPES: readonly RewriteShape[] = [
  {
    title: 'value = ANY (array column)',
    rewrites: ['query/any-of-array-column'],
    generate: random => {
      const value = random.pick(["'a'", "'b'", "'new'", "'c'"]);
      return queryAround(random, on('orders', `${value} = ANY (t.tags)`), { anywhere: random.chance(30) });
    },
  },
  {
    title: 'arithmetic on a column',
    rewrites: ['query/arithmetic-on-column'],
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['int', 'bigint'] as const) });
      const number = 1 + random.below(5);
      const operator = random.pick(['+', '-', '*']);
      const compare = random.pick(['=', '<', '<=', '>', '>=', '<>']);
      const condition = `t.${column.name} ${operator} ${number} ${compare} ${random.below(9) - 2}`;
      return {
        sql: queryAround(random, on(column.table, condition), { anywhere: random.chance(30) }),
        differences: { 'query/arithmetic-on-column': [{ says: /no exact inverse/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'cast of a column',
    rewrites: ['query/cast-on-column'],
    statements: 240,
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['timestamp', 'timestamptz'] as const) });
      const cast = random.pick([`t.${column.name}::date`, `CAST(t.${column.name} AS date)`, `date(t.${column.name})`]);
      const day = literalFor(random, 'date');
      const compare = random.pick(['=', '<', '<=', '>', '>=', '<>']);
      const condition = random.chance(25)
        ? `${cast} BETWEEN ${day} AND ${literalFor(random, 'date')}`
        : `${cast} ${compare} ${day}`;
      return {
        sql: queryAround(random, on(column.table, condition), { anywhere: random.chance(30) }),
        differences: {
          'query/cast-on-column': [
            // The tests run in UTC, which has no such hour.
            { says: /an hour that comes twice/, applies: isInfinite(column.table, column.name) },
            { says: /types or NULLs .* not known/, applies: NEVER },
          ],
          'query/function-on-column': [
            { says: /summer time, and values that are infinite/, applies: NEVER },
            { says: /types or NULLs .* not known/, applies: NEVER },
          ],
        },
      };
    },
  },
  {
    title: 'date_trunc and extract of a column',
    rewrites: ['query/function-on-column'],
    statements: 240,
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['timestamp', 'timestamptz', 'date'] as const) });
      const unit = random.pick(['day', 'month', 'year', 'hour', 'week']);
      const compare = random.pick(['=', '<', '<=', '>', '>=']);
      const condition = random.pick([
        `date_trunc('${unit}', t.${column.name}) ${compare} '2024-01-01'`,
        `date_trunc('${unit}', t.${column.name}) ${compare} '2024-02-29'`,
        `extract(year FROM t.${column.name}) ${compare} ${2023 + random.below(3)}`,
        `date_part('year', t.${column.name}) = ${2023 + random.below(3)}`,
      ]);
      return {
        sql: queryAround(random, on(column.table, condition), { anywhere: random.chance(30) }),
        differences: {
          'query/function-on-column': [
            { says: /summer time, and values that are infinite/, applies: NEVER },
            { says: /types or NULLs .* not known/, applies: NEVER },
          ],
        },
      };
    },
  },
  {
    title: 'coalesce of a column',
    rewrites: ['query/coalesce-on-column'],
    statements: 240,
    generate: random => {
      const type = random.pick(['int', 'text', 'numeric', 'bool'] as const);
      const column = anyColumn(random, { type });
      const fallback = literalFor(random, type);
      const value = random.chance(40) ? fallback : literalFor(random, type);
      const compare = type === 'bool' ? '=' : random.pick(['=', '<>', '<', '>=']);
      return {
        sql: queryAround(random, on(column.table, `coalesce(t.${column.name}, ${fallback}) ${compare} ${value}`), {
          anywhere: random.chance(30),
        }),
        differences: {
          // The test server sorts by C, where equal texts are spelled alike.
          'query/coalesce-on-column': [{ says: /a collation may call texts equal/, applies: NEVER }],
        },
      };
    },
  },
  {
    title: 'OR of one column',
    rewrites: ['query/or-of-same-column'],
    generate: random => {
      const type = random.pick(['int', 'text', 'numeric', 'date'] as const);
      const column = anyColumn(random, { type });
      const arms = Array.from({ length: 2 + random.below(3) }, () => `t.${column.name} = ${literalFor(random, type)}`);
      return queryAround(random, on(column.table, `(${arms.join(' OR ')})`), { anywhere: random.chance(30) });
    },
  },
  {
    title: 'LIKE without a wildcard',
    rewrites: ['query/like-without-wildcard'],
    generate: random => {
      const column = anyColumn(random, { type: 'text' });
      const pattern = random.pick(["'a'", "'new'", "'a '", "''", "'open'", "'a\\_b'", "'50\\%'", "'a_b'"]);
      const condition = `t.${column.name} ${random.maybe('NOT ', 30)}LIKE ${pattern}`;
      return {
        sql: queryAround(random, on(column.table, condition), { anywhere: random.chance(30) }),
        differences: {
          'query/like-without-wildcard': [{ says: /blanks at the end of char/, applies: NEVER }],
        },
      };
    },
  },
  {
    title: 'keyset condition as a chain of OR',
    rewrites: ['query/keyset-as-or-chain'],
    generate: random => {
      const [a, b] = random.pick([
        ['ordered_at', 'id'],
        ['quantity', 'id'],
        ['priority', 'id'],
        ['number', 'owner_id'],
      ] as const);
      const compare = random.pick(['<', '>']);
      const last = random.chance(25) ? '=' : '';
      const typeOf = (name: string) => columnsOf('orders', { name })[0]!.type;
      const condition = `(t.${a} ${compare} $1 OR (t.${a} = $1 AND t.${b} ${compare}${last} $2))`;
      const value = (name: string): string | null =>
        random.chance(15) ? null : literalFor(random, typeOf(name)).replace(/^'|'$/g, '');
      return {
        sql: queryAround(random, on('orders', condition), { anywhere: random.chance(30) }),
        parameters: [value(a), value(b)],
      };
    },
  },
  {
    title: 'IS NOT DISTINCT FROM a value',
    rewrites: ['query/is-not-distinct-from-filter'],
    generate: random => {
      const type = random.pick(['int', 'text', 'date'] as const);
      const column = anyColumn(random, { type });
      const isParameter = random.chance(30);
      const value = literalFor(random, type);
      return {
        sql: queryAround(
          random,
          on(column.table, `t.${column.name} IS NOT DISTINCT FROM ${isParameter ? '$1' : value}`),
          {
            anywhere: random.chance(30),
          },
        ),
        ...(isParameter && { parameters: [random.chance(40) ? null : value.replace(/^'|'$/g, '')] }),
        differences: {
          'query/is-not-distinct-from-filter': [
            { says: /rows with NULL are found no more/, applies: hasNull(column.table, column.name) },
          ],
        },
      };
    },
  },
  {
    title: 'a number compared with an integer column',
    rewrites: ['query/implicit-cast-on-column'],
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['int', 'bigint'] as const) });
      const number = random.pick(['1.0', '2.0', '3.00', '5.0', '1.5']);
      const compare = random.pick(['=', '<', '>=', '<>']);
      return queryAround(random, on(column.table, `t.${column.name} ${compare} ${number}`), {
        anywhere: random.chance(30),
      });
    },
  },
  {
    title: 'text of a JSON member',
    rewrites: ['query/json-text-filter'],
    generate: random => ({
      sql: queryAround(random, on('orders', `t.details ->> 'kind' = ${random.pick(["'door'", "'window'"])}`)),
      differences: {
        // The members of the test are texts.
        'query/json-text-filter': [{ says: /find numbers and texts alike/, applies: NEVER }],
      },
    }),
  },
  {
    title: 'a list with NULL',
    rewrites: ['query/null-in-list'],
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['int', 'text'] as const) });
      const values = [literalFor(random, column.type), literalFor(random, column.type)];
      const list = random.chance(50) ? [...values, 'NULL'] : ['NULL', ...values];
      const isNot = random.chance(50);
      const condition = `t.${column.name} ${isNot ? 'NOT ' : ''}IN (${list.join(', ')})`;
      return {
        sql: queryAround(random, on(column.table, condition)),
        differences: {
          'query/null-in-list': [
            {
              says: /is never true for NOT IN and never finds the NULL for IN/,
              applies: isNot ? `EXISTS (SELECT FROM ${column.table})` : hasNull(column.table, column.name),
            },
          ],
        },
      };
    },
  },
  {
    title: 'a moment compared with a day',
    rewrites: ['query/timestamp-equals-day'],
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['timestamp', 'timestamptz'] as const) });
      const day = literalFor(random, 'date');
      const name = `t.${column.name}`;
      return {
        sql: queryAround(random, on(column.table, `${name} = ${day}`)),
        differences: {
          'query/timestamp-equals-day': [
            {
              says: /all moments of the day are found/,
              applies: `EXISTS (SELECT FROM ${column.table} t WHERE ${name}::date = ${day} AND ${name} <> ${day})`,
            },
          ],
        },
      };
    },
  },
  {
    title: 'BETWEEN days for a moment',
    rewrites: ['query/between-timestamps'],
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['timestamp', 'timestamptz'] as const) });
      const last = literalFor(random, 'date');
      const name = `t.${column.name}`;
      return {
        sql: queryAround(random, on(column.table, `${name} BETWEEN ${literalFor(random, 'date')} AND ${last}`)),
        differences: {
          'query/between-timestamps': [
            {
              says: /the rows of the whole last day/,
              applies: `EXISTS (SELECT FROM ${column.table} t WHERE ${name}::date = ${last} AND ${name} <> ${last})`,
            },
          ],
        },
      };
    },
  },
  {
    title: 'inequalities joined by OR',
    rewrites: ['query/inequalities-joined-by-or'],
    generate: random => {
      const column = anyColumn(random, { type: random.pick(['int', 'text'] as const) });
      const [a, b] = [literalFor(random, column.type), literalFor(random, column.type)];
      const name = `t.${column.name}`;
      return {
        sql: queryAround(random, on(column.table, `(${name} <> ${a} OR ${name} <> ${b})`)),
        differences: {
          'query/inequalities-joined-by-or': [
            {
              says: /afterwards it leaves out the ones it lists/,
              applies: `EXISTS (SELECT FROM ${column.table} t WHERE ${name} IN (${a}, ${b}))`,
            },
          ],
        },
      };
    },
  },
];

function on(table: string, condition: string): { table: string; alias: string; condition: string } {
  return { table, alias: 't', condition };
}

function hasNull(table: string, column: string): string {
  return `EXISTS (SELECT FROM ${table} WHERE ${column} IS NULL)`;
}

function isInfinite(table: string, column: string): string {
  return `EXISTS (SELECT FROM ${table} WHERE NOT isfinite(${column}))`;
}

import type { CancelSignal } from '../../core/base/cancelSignal';
import type { ParameterSet } from '../../core/advisor/rewrites/verification';
import type { Catalog } from '../../core/catalog/catalog';
import { DatabaseError } from '../../core/ports';
import { loadGrammar } from '../../core/sql/grammar';
import { bindParameters } from '../../core/sql/parameters';
import { parseStatement } from '../../core/sql/parseStatement';
import { comparedColumn } from '../comparedColumn';
import type { PostgresDatabase } from '../connect';
import { proposeValues } from '../parameterProposals';
import type { Session } from '../session';

/** Each parameter alone is NULL in one set, but not for a statement with dozens. */
const MOST_NULL_SETS = 4;

/**
 * Values to try a statement with: those that are common in the columns its parameters are compared with, rare ones,
 * and NULL for each alone and for all together. Where the statistics say nothing, a value that suits the type.
 * Empty for a statement without parameters.
 */
export async function proposeParameterSets(
  database: PostgresDatabase,
  sql: string,
  catalog: Catalog,
  signal?: CancelSignal,
): Promise<ParameterSet[]> {
  const statement = parseStatement(await loadGrammar(), sql);
  const bound = bindParameters(statement);
  const names = bound.parameters.map(({ name }) => name);
  if (names.length === 0) return [];
  const types = await database.withSession(session => parameterTypes(session, bound.sql, signal), signal);
  const used = new Map<string, number>();
  const parameters = names.map((name, index): Choices => {
    const isArray = types[index]?.endsWith('[]') === true;
    const choices = (common: string, rare: string): Choices =>
      isArray ? { name, common: arrayOf(common), rare: arrayOf(rare) } : { name, common, rare };
    const found = comparedColumn(statement, name, catalog);
    if (!found) return typicalChoices(name, types[index] ?? 'text');
    const key = `${found.relation.schema}.${found.relation.name}.${found.column.name}`;
    const nth = used.get(key) ?? 0;
    used.set(key, nth + 1);
    const bounds = found.column.statistics?.histogramBounds ?? [];
    // A second value of one column is most likely the upper end of a range.
    if (nth > 0 && bounds.length > 1) return choices(bounds.at(-1)!, bounds.at(-1)!);
    const proposals = proposeValues(found.relation, found.column.name);
    const first = proposals[0]?.value;
    if (first === undefined) return typicalChoices(name, types[index] ?? found.column.type);
    return choices(first, proposals[1]?.value ?? first);
  });
  return uniqueSets([
    setOf('common values', parameters, ({ common }) => common),
    setOf('rare values', parameters, ({ rare }) => rare),
    ...parameters
      .slice(0, parameters.length > 1 ? MOST_NULL_SETS : 0)
      .map(({ name }) => setOf(`${name} NULL`, parameters, each => (each.name === name ? null : each.common))),
    setOf(parameters.length === 1 ? 'NULL' : 'all NULL', parameters, () => null),
  ]);
}

interface Choices {
  readonly name: string;
  readonly common: string;
  readonly rare: string;
}

/** An array literal with the value as its only element, for `= ANY ($1)`. */
function arrayOf(value: string): string {
  return `{"${value.replace(/["\\]/g, '\\$&')}"}`;
}

function setOf(
  label: string,
  parameters: readonly Choices[],
  choose: (choices: Choices) => string | null,
): ParameterSet {
  return { label, values: Object.fromEntries(parameters.map(each => [each.name, choose(each)])) };
}

function uniqueSets(sets: readonly ParameterSet[]): ParameterSet[] {
  const seen = new Set<string>();
  return sets.filter(({ values }) => {
    const key = JSON.stringify(values);
    return !seen.has(key) && seen.add(key);
  });
}

/** Types are a help: nobody waits long for them while somebody else locks the tables. */
const WAIT_MS = 2_000;

const PREPARED = 'query_tuner_parameters';

/** The types PostgreSQL infers, in the order of the numbers; none if it refuses the statement, as whoever runs it hears. */
async function parameterTypes(
  session: Session,
  sql: string,
  signal: CancelSignal | undefined,
): Promise<readonly string[]> {
  const how = signal ? { signal } : {};
  await session.execute(
    `begin read only; set local lock_timeout = ${WAIT_MS}; set local statement_timeout = ${WAIT_MS}`,
  );
  try {
    await session.query(`prepare ${PREPARED} as ${sql}`, [], how);
  } catch (error) {
    if (error instanceof DatabaseError && error.kind !== 'connection' && error.kind !== 'cancelled') return [];
    throw error;
  }
  const [row] = await session.query<{ types: string[] }>(
    'select parameter_types::text[] as types from pg_prepared_statements where name = $1',
    [PREPARED],
    how,
  );
  return row?.types ?? [];
}

/** Two values of a type where nothing else is known. */
const TYPICAL: readonly (readonly [type: RegExp, common: string, rare: string])[] = [
  [/^(?:smallint|integer|bigint|numeric|real|double precision)/, '10', '1'],
  [/^boolean/, 'true', 'false'],
  [/^(?:timestamp|date)/, 'today', 'yesterday'],
  [/^time/, '12:00', '00:00'],
  [/^interval/, '1 day', '1 hour'],
  [/^uuid/, '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'],
  [/^jsonb?$/, '{}', '[]'],
  [/\[\]$/, '{}', '{NULL}'],
];

function typicalChoices(name: string, type: string): Choices {
  const isArray = type.endsWith('[]');
  const found = TYPICAL.find(([pattern]) => pattern.test(type) && (!isArray || pattern.test('[]')));
  return { name, common: found?.[1] ?? 'a', rare: found?.[2] ?? '' };
}

import { isAlive, parseLifespan } from '../../catalog/systemCatalog/lifespan';
import type { Lifespan } from '../../catalog/systemCatalog/lifespan';
import { BUILTIN_FUNCTIONS } from './builtinFunctions';

/** A function of PostgreSQL itself, or one of its expressions that look like one. */
export interface Builtin extends Lifespan {
  readonly name: string;
  readonly kind: 'function' | 'aggregate' | 'window' | 'syntax';
  /** The list of arguments as it is shown, without parentheses. */
  readonly arguments: string;
  readonly result: string;
  readonly description: string;
}

/** What the grammar itself knows; `pg_proc` does not list them, or not under what people write. */
const SYNTAX: readonly string[] = [
  'coalesce|value, ...|same as the arguments|the first argument that is not NULL',
  'nullif|value1, value2|same as value1|NULL if both are equal, else the first',
  'greatest|value, ...|same as the arguments|the largest argument that is not NULL',
  'least|value, ...|same as the arguments|the smallest argument that is not NULL',
  'extract|field from source|numeric|a part of a date or time, such as year or epoch',
  'cast|expression as type|type|the value as another type',
  'exists|subquery|boolean|whether the subquery has a row',
  'position|substring in string|integer|where a text stands in another',
  'substring|string from start for count|text|a part of a text',
  'overlay|string placing new from start for count|text|replaces a part of a text',
  'trim|both characters from string|text|removes characters from the ends of a text',
  'grouping|expression, ...|integer|which grouping columns a row of GROUPING SETS leaves out',
];

/** Written without parentheses. */
export const VALUE_WORDS: readonly string[] = [
  'current_date',
  'current_timestamp',
  'current_time',
  'localtimestamp',
  'current_user',
  'session_user',
  'current_schema',
];

const KINDS: Readonly<Record<string, Builtin['kind']>> = { a: 'aggregate', w: 'window' };

let byName: ReadonlyMap<string, readonly Builtin[]> | undefined;

/** All of them by name, each with its signatures; read from the data once. */
export function builtins(): ReadonlyMap<string, readonly Builtin[]> {
  if (byName) return byName;
  const found = new Map<string, Builtin[]>();
  const add = (builtin: Builtin): void => {
    const same = found.get(builtin.name);
    if (same) same.push(builtin);
    else found.set(builtin.name, [builtin]);
  };
  for (const line of SYNTAX) {
    const [name = '', list = '', result = '', description = ''] = line.split('|');
    add({ name, kind: 'syntax', arguments: list, result, description });
  }
  for (const line of BUILTIN_FUNCTIONS) {
    const [name = '', kind = '', list = '', result = '', ...description] = line.split('|');
    const own = { kind: KINDS[kind] ?? ('function' as const), arguments: list, result };
    add({ ...parseLifespan(name), ...own, description: description.join('|') });
  }
  byName = found;
  return found;
}

/** The signatures of a name; those of one version if it is given. */
export function builtinsNamed(name: string, major?: number): readonly Builtin[] {
  const found = builtins().get(name) ?? [];
  return major === undefined ? found : found.filter(builtin => isAlive(builtin, major));
}

export function isAggregate(name: string): boolean {
  return builtinsNamed(name).some(({ kind }) => kind === 'aggregate');
}

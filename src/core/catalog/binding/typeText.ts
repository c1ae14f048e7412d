import { bare, strings } from '../../sql/names/nodes';
import type { Fields } from '../../sql/names/scope';
import { wrappedNodes } from '../../sql/walk';

/** What the grammar calls a type, and what `format_type` prints. */
const PRINTED: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
};

/** A `TypeName` as `format_type` prints it; undefined for `%TYPE`. */
export function typeText(typeName: Fields): string | undefined {
  const names = strings(typeName.names);
  const own = names.at(-1);
  if (own === undefined || typeName.pct_type === true) return undefined;
  const builtIn = names.length === 1 || names[0] === 'pg_catalog';
  const name = builtIn ? (PRINTED[own] ?? own) : names.join('.');
  const modifiers = wrappedNodes(typeName.typmods).map(({ fields }) => bare(fields.ival)?.ival);
  const printed =
    modifiers.length > 0 && own !== 'interval' && modifiers.every(modifier => typeof modifier === 'number')
      ? withModifiers(name, modifiers.join(','))
      : name;
  return wrappedNodes(typeName.arrayBounds).length > 0 ? `${printed}[]` : printed;
}

/** `timestamp(3) with time zone` has its number in the middle. */
function withModifiers(name: string, modifiers: string): string {
  const space = /^(?:time|timestamp) /.test(name) ? name.indexOf(' ') : name.length;
  return `${name.slice(0, space)}(${modifiers})${name.slice(space)}`;
}

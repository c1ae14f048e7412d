import { list, stringValue } from './expressions';
import type { NodeFields } from '../nodeIndex';

/** PostgreSQL's internal names of types that have longer ones in SQL. */
const INTERNAL: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  serial: 'int4',
  serial4: 'int4',
  bigint: 'int8',
  bigserial: 'int8',
  serial8: 'int8',
  smallint: 'int2',
  smallserial: 'int2',
  serial2: 'int2',
  'character varying': 'varchar',
  character: 'bpchar',
  char: 'bpchar',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'time with time zone': 'timetz',
  'time without time zone': 'time',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  decimal: 'numeric',
  dec: 'numeric',
  boolean: 'bool',
  'bit varying': 'varbit',
};

/** The internal name of a type (`int8`, `timestamptz`, `text[]`) from a `TypeName`, without its length or precision. */
export function typeOfNode(typeName: NodeFields | undefined): string | undefined {
  const name = stringValue(list(typeName?.names).at(-1));
  if (name === undefined) return undefined;
  // The keyword CHAR arrives as bpchar; this is the type of one byte whose name needs quotes.
  if (name === 'char') return '"char"';
  return (INTERNAL[name] ?? name) + (list(typeName?.arrayBounds).length > 0 ? '[]' : '');
}

/** The same from the words of a schema file or of `format_type`: `character varying(20)` is `varchar`. */
export function typeNamed(words: string): string {
  const plain = words
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/^pg_catalog\./, '')
    .replace(/\s+/g, ' ')
    .trim();
  const array = /(?:\s*\[\d*\])+$|\s+array(?:\s*\[\d+\])?$/.exec(plain);
  const element = (array ? plain.slice(0, array.index) : plain).trim();
  return (INTERNAL[element] ?? element) + (array ? '[]' : '');
}

/** True for the pseudo types `serial` and its siblings, which make an integer column with a sequence. */
export function isSerial(typeName: NodeFields | undefined): boolean {
  return /^(?:small|big)?serial[248]?$/.test(stringValue(list(typeName?.names).at(-1)) ?? '');
}

/** Built-in types whose values have a fixed, small size and one order. */
export const SCALAR_TYPES: ReadonlySet<string> = new Set(
  'int2 int4 int8 numeric float4 float8 bool text varchar bpchar date time timetz timestamp timestamptz interval uuid'.split(
    ' ',
  ),
);

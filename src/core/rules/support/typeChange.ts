import type { NodeFields } from '../nodeIndex';
import { integerConstant, list, stringValue } from './expressions';

/** A type taken apart. */
export interface ColumnType {
  /** PostgreSQL's internal name of a built-in type (`int4`, `varchar`), the name itself for others. */
  readonly name: string;
  /** Length, precision and scale. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

/** What ALTER COLUMN TYPE does to the rows that are there. */
export type Rewrite =
  | 'none'
  | 'rewrite'
  /** A rewrite unless the session's TimeZone is UTC (TimestampTimestampTzRequiresRewrite). */
  | 'unless UTC'
  | 'unknown';

const INTERNAL_NAMES: Readonly<Record<string, string>> = {
  smallint: 'int2',
  integer: 'int4',
  int: 'int4',
  bigint: 'int8',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  'character varying': 'varchar',
  character: 'bpchar',
  char: 'bpchar',
  decimal: 'numeric',
  'bit varying': 'varbit',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
};

/** Built-in types of fixed meaning: between two of them that are not listed below there is a conversion. */
const BUILT_IN: ReadonlySet<string> = new Set([
  ...['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'bool', 'text', 'varchar', 'bpchar', 'bytea', 'uuid'],
  ...['json', 'jsonb', 'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval', 'inet', 'cidr', 'xml'],
  ...['bit', 'varbit', 'oid', 'macaddr', 'money', 'tsvector', 'point', 'name'],
]);

/**
 * Pairs whose values are stored alike: casts of method `b` in pg_cast between types of the same representation.
 * Compared with pg_relation_filenode before and after on 14 and 18, see test/database/typeChange.test.ts.
 */
const SAME_BYTES: ReadonlySet<string> = new Set([
  'varchar>text',
  'text>varchar',
  'bpchar>bpchar',
  'cidr>inet',
  'xml>text',
  'xml>varchar',
  'bit>varbit',
  'int4>oid',
  'oid>int4',
]);

/** Types whose modifier only limits: a wider one, or none, needs no look at the rows. */
const LIMITED: ReadonlySet<string> = new Set(['varchar', 'varbit', 'timestamp', 'timestamptz', 'time', 'timetz']);

/** Types no other type is stored like, whatever the column had before. */
const ALWAYS_CONVERTED: ReadonlySet<string> = new Set([
  ...['int2', 'int8', 'float4', 'float8', 'bool', 'date', 'json', 'jsonb', 'uuid'],
]);

/** What changing a column from one type to another does, without USING or with a plain cast. */
export function rewriteOf(from: ColumnType | undefined, to: ColumnType): Rewrite {
  if (from === undefined) return !to.isArray && ALWAYS_CONVERTED.has(to.name) ? 'rewrite' : 'unknown';
  if (from.isArray !== to.isArray) return 'rewrite';
  if (from.name === to.name) return sameName(from, to);
  // The elements of an array name their type, so an array is always converted.
  if (!from.isArray && SAME_BYTES.has(`${from.name}>${to.name}`)) return to.modifiers.length === 0 ? 'none' : 'rewrite';
  if (!BUILT_IN.has(from.name) || !BUILT_IN.has(to.name)) return 'unknown';
  const isZoneChange = /^timestamp(?:tz)?$/.test(from.name) && /^timestamp(?:tz)?$/.test(to.name);
  return isZoneChange && !from.isArray && to.modifiers.length === 0 ? 'unless UTC' : 'rewrite';
}

function sameName(from: ColumnType, to: ColumnType): Rewrite {
  const [old, oldScale = 0] = from.modifiers;
  const [wanted, scale = 0] = to.modifiers;
  if (old === wanted && (wanted === undefined || oldScale === scale)) return 'none';
  if (from.isArray) return wanted === undefined ? 'none' : 'unknown';
  if (to.name === 'numeric') {
    if (wanted === undefined) return 'none';
    return old !== undefined && wanted >= old && scale === oldScale ? 'none' : 'rewrite';
  }
  if (LIMITED.has(to.name)) return wanted === undefined || (old !== undefined && wanted >= old) ? 'none' : 'rewrite';
  return to.name === 'bpchar' || to.name === 'bit' ? 'rewrite' : 'unknown';
}

/** The type as `format_type` prints it, `numeric(10,2)`. */
export function parseType(printed: string): ColumnType {
  const match = /^(.*?)\s*(?:\(([-\d,\s]+)\))?((?:\s+with(?:out)? time zone)?)((?:\[\d*\])*)$/.exec(printed.trim());
  const name = `${match?.[1] ?? printed}${match?.[3] ?? ''}`;
  const modifiers = (match?.[2] ?? '').split(',').filter(part => part.trim() !== '');
  return { name: INTERNAL_NAMES[name] ?? name, modifiers: modifiers.map(Number), isArray: (match?.[4] ?? '') !== '' };
}

/** The type a statement names; undefined if its modifiers are not plain numbers. */
export function typeOf(typeName: NodeFields): ColumnType | undefined {
  const name = stringValue(list(typeName.names).at(-1));
  const isArray = list(typeName.arrayBounds).length > 0;
  // An interval's modifiers are its fields, coded.
  const modifiers = name === 'interval' ? [] : list(typeName.typmods).map(integerConstant);
  if (name === undefined || modifiers.includes(undefined)) return undefined;
  // `char` without a length is char(1), which is what the grammar makes of it.
  return { name: INTERNAL_NAMES[name] ?? name, modifiers: modifiers.filter(value => value !== undefined), isArray };
}

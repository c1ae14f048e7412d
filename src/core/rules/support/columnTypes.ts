import { unwrap } from '../../sql/walk';
import { castType } from './expressions';

/** Types that share their operators; undefined for all others (enums, domains, extensions' types). */
export type TypeFamily =
  | 'integer'
  | 'numeric'
  | 'float'
  | 'text'
  | 'char'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
  | 'json'
  | 'jsonb'
  | 'array';

const FAMILIES: Readonly<Record<string, TypeFamily>> = {
  smallint: 'integer',
  int2: 'integer',
  smallserial: 'integer',
  int: 'integer',
  integer: 'integer',
  int4: 'integer',
  serial: 'integer',
  bigint: 'integer',
  int8: 'integer',
  bigserial: 'integer',
  numeric: 'numeric',
  decimal: 'numeric',
  real: 'float',
  float4: 'float',
  float: 'float',
  float8: 'float',
  'double precision': 'float',
  text: 'text',
  varchar: 'text',
  'character varying': 'text',
  char: 'char',
  character: 'char',
  bpchar: 'char',
  bool: 'boolean',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  'timestamp without time zone': 'timestamp',
  timestamptz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'jsonb',
};

/** Family of a type as the catalog or a schema file spells it: `character varying(80)` is `text`. */
export function typeFamily(type: string | undefined): TypeFamily | undefined {
  if (type === undefined) return undefined;
  if (/\[\]$|\barray\b/i.test(type)) return 'array';
  return FAMILIES[
    type
      .toLowerCase()
      .replace(/\(\s*\d+(?:\s*,\s*-?\d+)?\s*\)/, '')
      .replace(/\s+/g, ' ')
      .trim()
  ];
}

/** Family of a value whose type its text fixes: numbers, TRUE, and casts. A plain string takes on any type. */
export function valueFamily(value: unknown): TypeFamily | undefined {
  const node = unwrap(value);
  if (node?.type === 'TypeCast') return typeFamily(castType(node.fields));
  if (node?.type !== 'A_Const') return undefined;
  if (typeof node.fields.ival === 'object') return 'integer';
  if (typeof node.fields.boolval === 'object') return 'boolean';
  const float = node.fields.fval as { readonly fval?: unknown } | undefined;
  // An integer beyond 32 bits arrives as `fval`, and is a bigint up to 64 bits.
  if (typeof float === 'object') return /^\d{1,18}$/.test(String(float.fval)) ? 'integer' : 'numeric';
  return undefined;
}

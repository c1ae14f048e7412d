import { bare, strings } from '../../sql/names/nodes';
import type { Fields } from '../../sql/names/scope';
import { unwrap, wrappedNodes } from '../../sql/walk';

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

const FUNCTION_TYPES: Readonly<Record<string, string>> = {
  count: 'bigint',
  row_number: 'bigint',
  rank: 'bigint',
  dense_rank: 'bigint',
  ntile: 'integer',
  now: 'timestamp with time zone',
  lower: 'text',
  upper: 'text',
  btrim: 'text',
  concat: 'text',
  string_agg: 'text',
  to_char: 'text',
  bool_and: 'boolean',
  bool_or: 'boolean',
  jsonb_build_object: 'jsonb',
  jsonb_agg: 'jsonb',
};

const SAME_AS_ARGUMENT = new Set(['min', 'max', 'abs', 'first_value', 'last_value', 'lag', 'lead']);

const VALUE_TYPES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIMESTAMP: 'timestamp with time zone',
  SVFOP_LOCALTIMESTAMP: 'timestamp without time zone',
};

/** The type of an expression where it is plain to see; `typeOfColumn` answers for a `ColumnRef`. */
export function expressionType(
  expression: unknown,
  typeOfColumn: (fields: Fields) => string | undefined,
): string | undefined {
  const node = unwrap(expression);
  if (!node) return undefined;
  const { type, fields } = node;
  switch (type) {
    case 'ColumnRef':
      return typeOfColumn(fields);
    case 'TypeCast': {
      const target = bare(fields.typeName);
      return target && typeText(target);
    }
    case 'A_Const':
      if (fields.ival) return 'integer';
      if (fields.boolval) return 'boolean';
      return fields.fval ? 'numeric' : fields.sval ? 'text' : undefined;
    case 'BoolExpr':
    case 'NullTest':
    case 'BooleanTest':
      return 'boolean';
    case 'SubLink':
      return fields.subLinkType === 'EXISTS_SUBLINK' ? 'boolean' : undefined;
    case 'SQLValueFunction':
      return VALUE_TYPES[String(fields.op)];
    case 'FuncCall': {
      const names = strings(fields.funcname);
      const name = names.at(-1) ?? '';
      if (names.length > 1 && names[0] !== 'pg_catalog') return undefined;
      if (SAME_AS_ARGUMENT.has(name)) return expressionType((fields.args as unknown[] | undefined)?.[0], typeOfColumn);
      return Object.hasOwn(FUNCTION_TYPES, name) ? FUNCTION_TYPES[name] : undefined;
    }
    default:
      return undefined;
  }
}

import { bare, strings } from '../../sql/names/nodes';
import type { Fields } from '../../sql/names/scope';
import { unwrap } from '../../sql/walk';
import { typeText } from './typeText';

type TypeOf = (part: unknown) => string | undefined;

/**
 * The type of an expression where it is plain to see, as `format_type` prints it. `typeOfColumn` answers for the fields
 * of a `ColumnRef`, `typeOfSubquery` for the query in parentheses.
 */
export function expressionType(
  expression: unknown,
  typeOfColumn: (fields: Fields) => string | undefined,
  typeOfSubquery: TypeOf = () => undefined,
): string | undefined {
  const node = unwrap(expression);
  if (!node) return undefined;
  const { type, fields } = node;
  const typeOf: TypeOf = part => expressionType(part, typeOfColumn, typeOfSubquery);
  switch (type) {
    case 'ColumnRef':
      return typeOfColumn(fields);
    case 'TypeCast': {
      const target = bare(fields.typeName);
      return target && typeText(target);
    }
    case 'A_Const':
      return typeOfConstant(fields);
    case 'BoolExpr':
    case 'NullTest':
    case 'BooleanTest':
      return 'boolean';
    case 'SubLink':
      if (fields.subLinkType === 'EXPR_SUBLINK') return typeOfSubquery(fields.subselect);
      return fields.subLinkType === 'ARRAY_SUBLINK' ? undefined : 'boolean';
    case 'SQLValueFunction':
      return VALUE_TYPES[String(fields.op)];
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return common(items(fields.args).map(typeOf));
    case 'CaseExpr':
      return common([...items(fields.args).map(arm => typeOf(unwrap(arm)?.fields.result)), typeOf(fields.defresult)]);
    case 'A_Expr':
      return typeOfOperation(fields, typeOf);
    case 'FuncCall':
      return typeOfCall(fields, typeOf);
    default:
      return undefined;
  }
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function typeOfConstant(fields: Fields): string | undefined {
  if (fields.ival) return 'integer';
  if (fields.boolval) return 'boolean';
  if (fields.sval) return 'text';
  const number = bare(fields.fval)?.fval;
  if (typeof number !== 'string') return undefined;
  // What does not fit an integer arrives as a "float" too.
  return /^\d{1,18}$/.test(number) ? 'bigint' : 'numeric';
}

const VALUE_TYPES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIMESTAMP: 'timestamp with time zone',
  SVFOP_LOCALTIMESTAMP: 'timestamp without time zone',
  SVFOP_CURRENT_USER: 'name',
  SVFOP_SESSION_USER: 'name',
};

/** The one type that all have. A mixture is resolved by rules that are not repeated here. */
function common(types: readonly (string | undefined)[]): string | undefined {
  const [first] = types;
  return types.every(type => type === first) ? first : undefined;
}

/** A modifier is lost by everything that computes. */
function withoutModifier(type: string): string {
  return type.replace(/\(\d+(?:,-?\d+)?\)/, '');
}

const COMPARISONS = new Set(['=', '<>', '<', '>', '<=', '>=', '~', '~*', '!~', '!~*']);
/** IN, LIKE, BETWEEN and the like; NULLIF is the one that is none. */
const OTHER_KINDS = new Set(['AEXPR_OP', 'AEXPR_NULLIF']);
/** The wider of two is that of the result. */
const EXACT_NUMBERS = ['smallint', 'integer', 'bigint', 'numeric'];
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);

function typeOfOperation(fields: Fields, typeOf: TypeOf): string | undefined {
  const names = strings(fields.name);
  const operator = names.at(-1) ?? '';
  if (!OTHER_KINDS.has(String(fields.kind))) return 'boolean';
  if (fields.kind !== 'AEXPR_OP' || names.length > 1) return undefined;
  if (COMPARISONS.has(operator)) return 'boolean';
  const right = typeOf(fields.rexpr);
  const left = fields.lexpr === undefined ? right : typeOf(fields.lexpr);
  if (left === undefined || right === undefined) return undefined;
  if (operator === '||') {
    const isText = [left, right].every(type => withoutModifier(type) === 'text' || type.startsWith('character'));
    return isText ? 'text' : undefined;
  }
  const widths = [left, right].map(type => EXACT_NUMBERS.indexOf(withoutModifier(type)));
  return ARITHMETIC.has(operator) && !widths.includes(-1) ? EXACT_NUMBERS[Math.max(...widths)] : undefined;
}

/** Functions of PostgreSQL with one result type. */
const RESULTS: Readonly<Record<string, string>> = {
  count: 'bigint',
  row_number: 'bigint',
  rank: 'bigint',
  dense_rank: 'bigint',
  ntile: 'integer',
  now: 'timestamp with time zone',
  clock_timestamp: 'timestamp with time zone',
  initcap: 'text',
  btrim: 'text',
  concat: 'text',
  concat_ws: 'text',
  format: 'text',
  to_char: 'text',
  bool_and: 'boolean',
  bool_or: 'boolean',
  jsonb_build_object: 'jsonb',
  jsonb_agg: 'jsonb',
  to_jsonb: 'jsonb',
  gen_random_uuid: 'uuid',
};

/** Functions of a text; there are others of the same name for ranges and the like. */
const OF_TEXT: Readonly<Record<string, string>> = {
  lower: 'text',
  upper: 'text',
  length: 'integer',
  string_agg: 'text',
};

const SAME_AS_ARGUMENT = new Set(['min', 'max', 'first_value', 'last_value', 'lag', 'lead']);

const SUMS: Readonly<Record<string, string>> = {
  smallint: 'bigint',
  integer: 'bigint',
  bigint: 'numeric',
  numeric: 'numeric',
  real: 'real',
  'double precision': 'double precision',
};

function typeOfCall(fields: Fields, typeOf: TypeOf): string | undefined {
  const names = strings(fields.funcname);
  const name = names.at(-1) ?? '';
  if (names.length > 1 && names[0] !== 'pg_catalog') return undefined;
  if (Object.hasOwn(RESULTS, name)) return RESULTS[name];
  const args = items(fields.args);
  const argument = typeOf(args[name === 'date_trunc' ? 1 : 0]);
  if (argument === undefined) return undefined;
  const plain = withoutModifier(argument);
  const isText = plain === 'text' || plain.startsWith('character');
  if (Object.hasOwn(OF_TEXT, name)) return isText ? OF_TEXT[name] : undefined;
  // Of the types of text only one has its own min.
  if (SAME_AS_ARGUMENT.has(name)) return isText && plain !== 'text' ? undefined : plain;
  if (name === 'sum') return SUMS[plain];
  if (name === 'avg') return SUMS[plain] && (plain.includes(' ') || plain === 'real' ? 'double precision' : 'numeric');
  return name === 'date_trunc' && plain.startsWith('timestamp') && args.length === 2 ? plain : undefined;
}

import { unwrap } from '../../sql/walk';
import type { Fields } from './ddlStatement';
import { fieldsOf, namesOf, nodesOf } from './ddlStatement';
import { outputOf, type QueryScope, type ScopeItem } from './outputColumns';
import { commonType, constantType, formatTypeName, UNKNOWN_TYPE, withoutModifiers } from './typeNames';

const MAX_DEPTH = 50;

/** The type of an expression where the text leaves no doubt, else `unknown`. */
export function expressionType(node: unknown, visible: readonly ScopeItem[], scope: QueryScope, depth = 0): string {
  const found = unwrap(node);
  if (!found || depth > MAX_DEPTH) return UNKNOWN_TYPE;
  const { type, fields } = found;
  const typeOf = (part: unknown): string => expressionType(part, visible, scope, depth + 1);
  switch (type) {
    case 'A_Const':
      return constantType(node) ?? UNKNOWN_TYPE;
    case 'ColumnRef':
      return columnType(namesOf(fields['fields']), visible);
    case 'TypeCast':
      return formatTypeName(scope.statement, scope.draft, fieldsOf(fields['typeName']) ?? {});
    case 'BoolExpr':
    case 'NullTest':
    case 'BooleanTest':
      return 'boolean';
    case 'SubLink': {
      if (fields['subLinkType'] === 'EXISTS_SUBLINK' || fields['subLinkType'] === 'ANY_SUBLINK') return 'boolean';
      if (fields['subLinkType'] !== 'EXPR_SUBLINK') return UNKNOWN_TYPE;
      return outputOf(fields['subselect'], scope).columns[0]?.type ?? UNKNOWN_TYPE;
    }
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return commonType(nodesOf(fields['args']).map(arg => typeOf({ [arg.type]: arg.fields })));
    case 'CaseExpr': {
      const results = nodesOf(fields['args']).map(({ fields: when }) => typeOf(when['result']));
      return commonType(fields['defresult'] === undefined ? results : [...results, typeOf(fields['defresult'])]);
    }
    case 'SQLValueFunction':
      return VALUE_FUNCTIONS[String(fields['op'])] ?? UNKNOWN_TYPE;
    case 'A_Expr':
      return operatorType(fields, typeOf);
    case 'FuncCall':
      return functionType(fields, typeOf);
    default:
      return UNKNOWN_TYPE;
  }
}

function columnType(names: readonly string[], visible: readonly ScopeItem[]): string {
  const name = names.at(-1);
  const qualifier = names.at(-2);
  const sources = visible.filter(item => qualifier === undefined || item.name === qualifier);
  const found = sources.flatMap(item => item.columns.filter(column => column.name === name));
  const types = new Set(found.map(({ type }) => type));
  // An unlisted column elsewhere could be meant instead.
  if (types.size !== 1 || sources.some(item => !item.isComplete && !item.columns.some(each => each.name === name)))
    return UNKNOWN_TYPE;
  return found[0]!.type;
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '>', '<=', '>=', '~~', '!~~', '~~*', '!~~*', '~']);
const BOOLEAN_KINDS: ReadonlySet<string> = new Set([
  'AEXPR_OP_ANY',
  'AEXPR_OP_ALL',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
  'AEXPR_IN',
  'AEXPR_LIKE',
  'AEXPR_ILIKE',
  'AEXPR_SIMILAR',
  'AEXPR_BETWEEN',
  'AEXPR_NOT_BETWEEN',
  'AEXPR_BETWEEN_SYM',
  'AEXPR_NOT_BETWEEN_SYM',
]);

const NUMBERS: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);

function operatorType(fields: Fields, typeOf: (node: unknown) => string): string {
  const { kind } = fields;
  if (kind === 'AEXPR_NULLIF') {
    const type = typeOf(fields['lexpr']);
    // It is what `=` is given, which compares varchar as text.
    return TEXTS.has(withoutModifiers(type)) ? 'text' : type === 'integer' || type === 'bigint' ? type : UNKNOWN_TYPE;
  }
  if (BOOLEAN_KINDS.has(String(kind))) return 'boolean';
  const operator = kind === 'AEXPR_OP' ? namesOf(fields['name']).at(-1) : undefined;
  if (operator === undefined) return UNKNOWN_TYPE;
  if (COMPARISONS.has(operator)) return 'boolean';
  if (operator === '->>' || operator === '#>>') return 'text';
  const right = withoutModifiers(typeOf(fields['rexpr']));
  const left = fields['lexpr'] === undefined ? right : withoutModifiers(typeOf(fields['lexpr']));
  if (ARITHMETIC.has(operator)) return left === right && NUMBERS.has(left) ? left : UNKNOWN_TYPE;
  if (operator === '||') return TEXTS.has(left) && TEXTS.has(right) ? 'text' : UNKNOWN_TYPE;
  return operator === '->' && (left === 'json' || left === 'jsonb') ? left : UNKNOWN_TYPE;
}

const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIMESTAMP: 'timestamp with time zone',
  SVFOP_LOCALTIMESTAMP: 'timestamp without time zone',
  SVFOP_CURRENT_TIME: 'time with time zone',
  SVFOP_LOCALTIME: 'time without time zone',
  SVFOP_CURRENT_USER: 'name',
  SVFOP_SESSION_USER: 'name',
};

/** Built-in functions that have one result type whatever they are given. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  count: 'bigint',
  row_number: 'bigint',
  rank: 'bigint',
  dense_rank: 'bigint',
  now: 'timestamp with time zone',
  clock_timestamp: 'timestamp with time zone',
  gen_random_uuid: 'uuid',
  concat: 'text',
  concat_ws: 'text',
  format: 'text',
  initcap: 'text',
  to_char: 'text',
  md5: 'text',
  jsonb_agg: 'jsonb',
  jsonb_object_agg: 'jsonb',
  jsonb_build_object: 'jsonb',
  jsonb_build_array: 'jsonb',
  to_jsonb: 'jsonb',
  json_agg: 'json',
  json_build_object: 'json',
  row_to_json: 'json',
  bool_and: 'boolean',
  bool_or: 'boolean',
  every: 'boolean',
  to_tsvector: 'tsvector',
  extract: 'numeric',
};

const SUM: Readonly<Record<string, string>> = {
  smallint: 'bigint',
  integer: 'bigint',
  bigint: 'numeric',
  numeric: 'numeric',
  real: 'real',
  'double precision': 'double precision',
  interval: 'interval',
  money: 'money',
};
const AVERAGE: Readonly<Record<string, string>> = {
  smallint: 'numeric',
  integer: 'numeric',
  bigint: 'numeric',
  numeric: 'numeric',
  real: 'double precision',
  'double precision': 'double precision',
  interval: 'interval',
};
/** `min` and `max` give the type they are given, except that there is none for `character varying`. */
const EXTREME: ReadonlySet<string> = new Set([
  ...Object.keys(SUM),
  'text',
  'date',
  'timestamp with time zone',
  'timestamp without time zone',
]);

function functionType(fields: Fields, typeOf: (node: unknown) => string): string {
  const names = namesOf(fields['funcname']);
  const name = names.at(-1) ?? '';
  if (names.length > 1 && names[0] !== 'pg_catalog') return UNKNOWN_TYPE;
  if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name]!;
  const [argument] = nodesOf(fields['args']);
  if (!argument) return UNKNOWN_TYPE;
  const type = withoutModifiers(typeOf({ [argument.type]: argument.fields }));
  if (name === 'sum') return SUM[type] ?? UNKNOWN_TYPE;
  if (name === 'avg') return AVERAGE[type] ?? UNKNOWN_TYPE;
  if ((name === 'min' || name === 'max') && EXTREME.has(type)) return type;
  if (name === 'lower' || name === 'upper') return TEXTS.has(type) ? 'text' : UNKNOWN_TYPE;
  if (name === 'string_agg' && TEXTS.has(type)) return 'text';
  if (name === 'array_agg' && type !== UNKNOWN_TYPE && !type.endsWith('[]')) return `${type}[]`;
  return UNKNOWN_TYPE;
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'character varying']);

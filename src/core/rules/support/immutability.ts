import type { RuleContext } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { typeOfNode } from './dataTypes';
import { functionName, list, operatorOf } from './expressions';
import { typeOfExpression } from './expressionTypes';
import type { TableColumn } from './tableFacts';

/** Stable in `pg_proc` for every argument type, PostgreSQL 14 to 18. */
export const STABLE: ReadonlySet<string> = new Set(
  `to_char concat concat_ws format array_to_string to_date to_number to_json to_jsonb row_to_json array_to_json
  json_build_object json_build_array jsonb_build_object jsonb_build_array make_timestamptz
  jsonb_path_exists_tz jsonb_path_query_tz`.split(/\s+/),
);
/** Stable with one argument, which leaves a setting or the clock to say the rest; immutable with two. */
export const STABLE_ALONE: ReadonlySet<string> = new Set([
  'to_tsvector',
  'to_tsquery',
  'plainto_tsquery',
  'websearch_to_tsquery',
  'age',
]);
const TIMES = new Set(['date', 'time', 'timestamp', 'timestamptz', 'timetz']);
const ZONED = new Set(['timestamptz', 'timetz']);

/** Why a call or cast is refused where only immutable ones may stand. */
export type Verdict = 'zone' | 'cast' | 'stable' | 'textSearch';

/** Undefined if it is immutable, or if the types are not known. Verified on 14 and 18. */
export function whyNotImmutable(
  { type, fields }: NodeMatch,
  columns: ReadonlyMap<string, TableColumn>,
  { catalog, serverVersion }: Pick<RuleContext<Readonly<Record<string, string>>, never>, 'catalog' | 'serverVersion'>,
): Verdict | undefined {
  if (type === 'TypeCast') {
    const from = typeOfExpression(fields.arg, columns);
    const to = typeOfNode(fields.typeName as NodeFields | undefined);
    return from !== undefined && to !== undefined ? castVerdict(from, to) : undefined;
  }
  if (type === 'A_Expr') {
    const left = typeOfExpression(fields.lexpr, columns);
    if (left !== 'timestamptz' || (operatorOf(fields) !== '+' && operatorOf(fields) !== '-')) return undefined;
    return typeOfExpression(fields.rexpr, columns) === 'interval' ? 'stable' : undefined;
  }
  const name = functionName(fields);
  if (name === undefined || catalog?.functions?.some(routine => routine.name === name)) return undefined;
  const args = list(fields.args);
  if (STABLE.has(name) || (name === 'to_timestamp' && args.length === 2)) return 'stable';
  if (STABLE_ALONE.has(name) && args.length === 1) return name === 'age' ? 'stable' : 'textSearch';
  // With a named zone date_trunc is immutable since PostgreSQL 16.
  const isOld = serverVersion !== undefined && serverVersion < 160000;
  if (name === 'date_trunc' && args.length === 3) return isOld ? 'stable' : undefined;
  const zoned = zonedArgument({ type, fields, key: '' });
  if (zoned === undefined) return undefined;
  const argument = typeOfExpression(zoned, columns);
  if (argument === 'timestamptz') return 'zone';
  return argument === 'date' && name === 'date_trunc' ? 'stable' : undefined;
}

/** Verified on 14 and 18: text to a time reads DateStyle, a time to text writes it, and zones come and go by TimeZone. */
function castVerdict(from: string, to: string): Verdict | undefined {
  const isText = (name: string): boolean => name === 'text' || name === 'varchar' || name === 'bpchar';
  if (from === 'timestamptz' && (to === 'date' || to === 'time' || to === 'timestamp')) return 'zone';
  if (isText(from) && TIMES.has(to)) return 'cast';
  if (isText(to) && TIMES.has(from) && from !== 'time' && from !== 'timetz') return 'cast';
  return ZONED.has(to) && (from === 'date' || from === 'timestamp') ? 'cast' : undefined;
}

/** The argument whose day or hour a call or cast takes. */
export function zonedArgument({ type, fields }: NodeMatch): unknown {
  if (type === 'TypeCast') return fields.arg;
  const args = list(fields.args);
  switch (functionName(fields)) {
    case 'date':
      return args.length === 1 ? args[0] : undefined;
    case 'date_trunc':
    case 'date_part':
    case 'extract':
      return args.length === 2 ? args[1] : undefined;
    default:
      return undefined;
  }
}

import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, namesOf, nodesOf, valueText } from './ddlStatement';
import type { SchemaDraft } from './schemaDraft';

/** Type of a column about which the text does not tell enough. */
export const UNKNOWN_TYPE = 'unknown';

/** What `format_type` calls the types that have more than one name. */
const PRINTED: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  decimal: 'numeric',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

const SERIAL: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
};

/** The integer type behind `serial` and its kin; undefined for any other type. */
export function serialBase(typeName: Fields): string | undefined {
  const names = namesOf(typeName['names']);
  return names.length === 1 && nodesOf(typeName['arrayBounds']).length === 0 ? SERIAL[names[0]!] : undefined;
}

/**
 * The type as `format_type` prints it. Without modifiers (as for parameters of functions) `varchar(20)` is
 * `character varying`.
 */
export function formatTypeName(
  statement: DdlStatement,
  draft: SchemaDraft,
  typeName: Fields,
  { modifiers = true }: { readonly modifiers?: boolean } = {},
): string {
  const names = namesOf(typeName['names']);
  if (names.length === 0) return UNKNOWN_TYPE;
  if (typeName['pct_type'] === true) return columnType(draft, names);
  const isArray = nodesOf(typeName['arrayBounds']).length > 0;
  const given = modifiers ? nodesOf(typeName['typmods']) : [];
  const texts = given.map(({ type, fields }) => {
    const node = { [type]: fields };
    return valueText(node) ?? expressionText(statement, node) ?? '';
  });
  const element = formatNamed(draft, names, texts, modifiers);
  return isArray && !element.endsWith('[]') ? `${element}[]` : element;
}

/** `customers.id%TYPE` */
function columnType(draft: SchemaDraft, names: readonly string[]): string {
  const relation = draft.get(draft.nameOfParts(names.slice(0, -1)));
  return relation?.columns.find(({ name }) => name === names.at(-1))?.type ?? UNKNOWN_TYPE;
}

function formatNamed(
  draft: SchemaDraft,
  names: readonly string[],
  given: readonly string[],
  withModifiers: boolean,
): string {
  const name = names.at(-1)!;
  const schema = names.length > 1 ? names.at(-2) : undefined;
  const modifiers = given.length > 0 ? `(${given.join(',')})` : '';
  if (schema === undefined || schema === 'pg_catalog') {
    // The array type of a built-in type.
    if (/^_[a-z]/.test(name) && draft.typeNamed(names) === undefined) {
      return `${formatNamed(draft, [name.slice(1)], [], withModifiers)}[]`;
    }
    if (name === 'interval') return `interval${intervalModifier(given)}`;
    if (name === 'bpchar') return modifiers ? `character${modifiers}` : withModifiers ? 'bpchar' : 'character';
    if (name === 'char') return '"char"';
    if (name === 'numeric' || name === 'decimal')
      return given.length === 1 ? `numeric(${given[0]},0)` : `numeric${modifiers}`;
    const printed = Object.hasOwn(PRINTED, name) ? PRINTED[name] : undefined;
    if (printed !== undefined) {
      const [first, ...rest] = printed.split(' ');
      return /^time/.test(name) ? [`${first}${modifiers}`, ...rest].join(' ') : printed + modifiers;
    }
    if (schema === 'pg_catalog') return name + modifiers;
  }
  const own = draft.typeNamed(names);
  if (own) return draft.printName(own) + modifiers;
  if (schema !== undefined) return draft.printName({ schema, name }) + modifiers;
  return (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name)) + modifiers;
}

const INTERVAL_FIELDS: readonly (readonly [string, number])[] = [
  ['year', 1 << 2],
  ['month', 1 << 1],
  ['day', 1 << 3],
  ['hour', 1 << 10],
  ['minute', 1 << 11],
  ['second', 1 << 12],
];
const ALL_INTERVAL_FIELDS = 0x7fff;

/** The first modifier of an interval says its fields as bits, the second one the decimals of its seconds. */
function intervalModifier([bits, precision]: readonly string[]): string {
  if (bits === undefined) return '';
  const mask = Number(bits);
  const decimals = precision === undefined ? '' : `(${precision})`;
  if (mask === ALL_INTERVAL_FIELDS) return decimals;
  const fields = INTERVAL_FIELDS.filter(([, bit]) => (mask & bit) !== 0).map(([field]) => field);
  const range = fields.length > 1 ? `${fields[0]} to ${fields.at(-1)}` : (fields[0] ?? '');
  return ` ${range}${decimals}`;
}

/** Without its modifiers: `numeric(10,2)` is `numeric`. */
export function withoutModifiers(type: string): string {
  return type.replace(/\([\d,\- ]*\)/, '');
}

/** The one type that all have, without modifiers unless these are the same too; a mixture is not resolved here. */
export function commonType(types: readonly string[]): string {
  const [first = UNKNOWN_TYPE] = types;
  if (types.every(type => type === first)) return first;
  const base = withoutModifiers(first);
  return types.every(type => withoutModifiers(type) === base) ? base : UNKNOWN_TYPE;
}

/** Type of a constant as the server resolves it where nothing else decides; undefined for NULL and others. */
export function constantType(node: unknown): string | undefined {
  const constant = unwrap(node);
  if (constant?.type !== 'A_Const') return undefined;
  const { fields } = constant;
  if (fields['ival']) return 'integer';
  if (fields['sval']) return 'text';
  if (fields['boolval']) return 'boolean';
  const float = (fields['fval'] as Fields | undefined)?.['fval'];
  if (typeof float !== 'string') return undefined;
  return /^\d+$/.test(float) && BigInt(float) <= 9223372036854775807n ? 'bigint' : 'numeric';
}

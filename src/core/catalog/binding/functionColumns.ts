import type { NamedType, QualifiedName } from '../../sql/names/scope';
import { unwrap, wrappedNodes } from '../../sql/walk';
import type { Catalog, Routine } from '../catalog';
import { lookUpRelation } from './relationIndex';
import { expressionType } from './expressionType';
import { typeText } from './typeText';

/** A column of a function's result. */
export interface ResultColumn {
  readonly name: string;
  readonly type?: string;
}

/** What a call in FROM gives: columns of their own names, or one value that takes the name of the call or its alias. */
export type FunctionResult =
  | { readonly kind: 'row'; readonly columns: readonly ResultColumn[] }
  /** `uncertain` if the value may be a row that falls apart into its fields. */
  | { readonly kind: 'value'; readonly type?: string; readonly uncertain?: boolean };

/** Functions of PostgreSQL that give one value per row. */
const VALUES = new Set(
  `generate_series generate_subscripts regexp_split_to_table regexp_matches string_to_table json_object_keys
  jsonb_object_keys jsonb_path_query now current_date current_timestamp to_jsonb jsonb_build_object`.split(/\s+/),
);

/** Functions of PostgreSQL whose OUT parameters name the columns. */
const ROWS: Readonly<Record<string, readonly ResultColumn[]>> = {
  json_each: pair('json'),
  jsonb_each: pair('jsonb'),
  json_each_text: pair('text'),
  jsonb_each_text: pair('text'),
  json_array_elements: [{ name: 'value', type: 'json' }],
  jsonb_array_elements: [{ name: 'value', type: 'jsonb' }],
  json_array_elements_text: [{ name: 'value', type: 'text' }],
  jsonb_array_elements_text: [{ name: 'value', type: 'text' }],
};

function pair(type: string): readonly ResultColumn[] {
  return [
    { name: 'key', type: 'text' },
    { name: 'value', type },
  ];
}

/** What a call gives; undefined if nobody knows. */
export function functionResult(
  name: QualifiedName | undefined,
  defined: readonly NamedType[],
  catalog: Catalog | undefined,
  args: readonly unknown[] = [],
): FunctionResult | undefined {
  if (defined.length > 0) return { kind: 'row', columns: defined.map(toColumn) };
  if (!name) return { kind: 'value' };
  const routine = catalog && findRoutine(catalog, name);
  if (routine) return ofRoutine(routine, catalog);
  if (name.schema !== undefined && name.schema !== 'pg_catalog') return undefined;
  if (isShadowed(name.name, catalog)) return undefined;
  if (name.name === 'unnest') return ofUnnest(args);
  const columns = Object.hasOwn(ROWS, name.name) ? ROWS[name.name] : undefined;
  if (columns) return { kind: 'row', columns };
  return VALUES.has(name.name) ? { kind: 'value' } : undefined;
}

/** Each array is a column, unless its elements are rows: these fall apart into their fields. */
function ofUnnest(args: readonly unknown[]): FunctionResult | undefined {
  const types = args.map(arg => expressionType(arg, () => undefined));
  const isPlain = args.every((arg, i) => isArrayOfConstants(arg) || BUILT_IN_ARRAY.test(types[i] ?? ''));
  if (args.length === 1) return { kind: 'value', uncertain: !isPlain };
  return isPlain ? { kind: 'row', columns: args.map(() => ({ name: 'unnest' })) } : undefined;
}

const BUILT_IN_ARRAY =
  /^(?:smallint|integer|bigint|numeric|real|double precision|text|character varying|boolean|date|timestamp|time|uuid|jsonb?|inet|interval|bytea)\b.*\[\]$/;

function isArrayOfConstants(node: unknown): boolean {
  const array = unwrap(node);
  if (array?.type !== 'A_ArrayExpr') return false;
  return wrappedNodes(array.fields.elements).every(({ type }) => type === 'A_Const' || type === 'ParamRef');
}

export function toColumn({ name, type }: NamedType): ResultColumn {
  const text = type ? typeText(type) : 'integer';
  return { name, ...(text !== undefined && { type: text }) };
}

/** The user's function of that name, if there is exactly one in sight. */
export function findRoutine(catalog: Catalog, { schema, name }: QualifiedName): Routine | undefined {
  const found = routinesNamed(catalog, { ...(schema !== undefined && { schema }), name });
  return found.length === 1 ? found[0] : undefined;
}

/** The users' functions a name can mean, of every signature. */
export function routinesNamed(catalog: Catalog, { schema, name }: QualifiedName): readonly Routine[] {
  const schemas = schema === undefined ? catalog.searchPath : [schema];
  return (catalog.functions ?? []).filter(routine => routine.name === name && schemas.includes(routine.schema));
}

function isShadowed(name: string, catalog: Catalog | undefined): boolean {
  return catalog?.functions?.some(routine => routine.name === name) ?? false;
}

function ofRoutine(routine: Routine, catalog: Catalog): FunctionResult | undefined {
  const outs = routine.parameters.filter(({ mode }) => mode === 'out' || mode === 'inout' || mode === 'table');
  if (outs.length > 0) {
    const columns = outs.map(({ name, type }, i) => ({ name: name ?? `column${i + 1}`, type }));
    return { kind: 'row', columns };
  }
  const type = routine.returns?.replace(/^SETOF /i, '').trim();
  if (type === undefined || type === 'record') return undefined;
  const parts = type.split('.').map(part => part.replace(/^"(.*)"$/, '$1'));
  const name = parts.at(-1) ?? type;
  const schema = parts.at(-2);
  const relation = lookUpRelation(catalog, { ...(schema !== undefined && { schema }), name });
  if (relation) return { kind: 'row', columns: relation.columns.map(column => column) };
  // A composite type has columns that the catalog does not list.
  const composite = (catalog.types ?? []).some(known => known.kind === 'composite' && known.name === name);
  return composite || catalog.types === undefined ? undefined : { kind: 'value', type };
}

import type { Routine, RoutineParameter } from '../catalog';
import type { DdlStatement, Fields } from './ddlStatement';
import { fieldsOf, namesOf, nodesOf, optionsOf, placeOfName, textField, valueText } from './ddlStatement';
import type { QualifiedName, SchemaDraft } from './schemaDraft';
import { isSameName } from './schemaDraft';
import { formatTypeName } from './typeNames';

/** `CREATE FUNCTION` and `CREATE PROCEDURE`; one with the same arguments is replaced. */
export function createRoutine(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const names = namesOf(fields['funcname']);
  const name = draft.qualifyNew(names.at(-2), names.at(-1) ?? '');
  const options = optionsOf(fields['options']);
  const isProcedure = fields['is_procedure'] === true;
  const parameters = nodesOf(fields['parameters']).map(({ fields: each }) => readParameter(statement, draft, each));
  const language = valueText(options.get('language'))?.toLowerCase() ?? (fields['sql_body'] ? 'sql' : undefined);
  const returns = isProcedure ? undefined : resultOf(statement, draft, fields['returnType'], parameters);
  const kind = isProcedure ? 'procedure' : options.has('window') ? 'window' : 'function';
  add(draft, {
    ...name,
    kind,
    parameters,
    ...(returns !== undefined && { returns }),
    ...(language !== undefined && { language }),
    volatility: volatilityOf(options) ?? 'volatile',
    strict: valueText(options.get('strict')) === 'true',
    ...placeOfName(statement, name.name),
  });
}

/** `CREATE AGGREGATE`, in the new style. */
export function createAggregate(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const names = namesOf(fields['defnames']);
  const name = draft.qualifyNew(names.at(-2), names.at(-1) ?? '');
  const parameters = nodesOf(fields['args']).flatMap(({ type, fields: list }) =>
    type === 'List'
      ? nodesOf(list['items']).map(({ fields: each }) => readParameter(statement, draft, each))
      : type === 'FunctionParameter'
        ? [readParameter(statement, draft, list)]
        : [],
  );
  const definition = optionsOf(fields['definition']);
  const state = definition.has('finalfunc') ? undefined : fieldsOf(definition.get('stype'));
  add(draft, {
    ...name,
    kind: 'aggregate',
    parameters,
    ...(state && { returns: formatTypeName(statement, draft, state, { modifiers: false }) }),
    language: 'internal',
    volatility: 'immutable',
    strict: false,
    ...placeOfName(statement, name.name),
  });
}

function add(draft: SchemaDraft, routine: Routine): void {
  draft.routines = [
    ...draft.routines.filter(known => !isSameName(known, routine) || inputsOf(known) !== inputsOf(routine)),
    routine,
  ];
}

const MODES: Readonly<Record<string, RoutineParameter['mode']>> = {
  FUNC_PARAM_OUT: 'out',
  FUNC_PARAM_INOUT: 'inout',
  FUNC_PARAM_VARIADIC: 'variadic',
  FUNC_PARAM_TABLE: 'table',
};

function readParameter(statement: DdlStatement, draft: SchemaDraft, fields: Fields): RoutineParameter {
  const name = textField(fields, 'name');
  return {
    ...(name !== undefined && { name }),
    type: formatTypeName(statement, draft, fieldsOf(fields['argType']) ?? {}, { modifiers: false }),
    mode: MODES[String(fields['mode'])] ?? 'in',
    hasDefault: fields['defexpr'] !== undefined,
  };
}

function resultOf(
  statement: DdlStatement,
  draft: SchemaDraft,
  returnType: unknown,
  parameters: readonly RoutineParameter[],
): string | undefined {
  const columns = parameters.filter(({ mode }) => mode === 'table');
  if (columns.length > 0) {
    return `TABLE(${columns.map(({ name, type }) => `${name ?? ''} ${type}`.trim()).join(', ')})`;
  }
  const typeName = fieldsOf(returnType);
  const outputs = parameters.filter(({ mode }) => mode === 'out' || mode === 'inout');
  if (!typeName) return outputs.length > 1 ? 'record' : (outputs[0]?.type ?? undefined);
  const type = formatTypeName(statement, draft, typeName, { modifiers: false });
  return typeName['setof'] === true ? `SETOF ${type}` : type;
}

function volatilityOf(options: ReadonlyMap<string, unknown>): Routine['volatility'] {
  const value = valueText(options.get('volatility'));
  return value === 'immutable' || value === 'stable' || value === 'volatile' ? value : undefined;
}

/** `ALTER FUNCTION ... IMMUTABLE` and the like. */
export function alterRoutine(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const options = optionsOf(fields['actions']);
  const volatility = volatilityOf(options);
  const strict = valueText(options.get('strict'));
  changeRoutine(statement, draft, fieldsOf(fields['func']), routine => ({
    ...routine,
    ...(volatility && { volatility }),
    ...(strict !== undefined && { strict: strict === 'true' }),
  }));
}

/** Changes the routine an `ObjectWithArgs` means; undefined drops it. */
export function changeRoutine(
  statement: DdlStatement,
  draft: SchemaDraft,
  object: Fields | undefined,
  change: (routine: Routine) => Routine | undefined,
): void {
  if (!object) return;
  const parts = namesOf(object['objname']);
  const schemas = parts.length > 1 ? [parts.at(-2)!] : draft.searchPath;
  const candidates = schemas
    .map(schema => draft.routines.filter(each => isSameName(each, { schema, name: parts.at(-1) ?? '' })))
    .find(found => found.length > 0);
  if (!candidates) return;
  const inputs = nodesOf(object['objargs'])
    .map(({ fields }) => formatTypeName(statement, draft, fields, { modifiers: false }))
    .join();
  const meant =
    object['args_unspecified'] === true ? candidates[0] : candidates.find(each => inputsOf(each) === inputs);
  if (!meant) return;
  draft.routines = draft.routines.flatMap(routine => (routine === meant ? (change(routine) ?? []) : [routine]));
}

/** The types that tell routines of the same name apart. */
function inputsOf({ parameters }: Routine): string {
  return parameters
    .filter(({ mode }) => mode !== 'out' && mode !== 'table')
    .map(({ type }) => type)
    .join();
}

/** Everything of a schema that goes with it. */
export function dropRoutinesOf(draft: SchemaDraft, schema: QualifiedName['schema']): void {
  draft.routines = draft.routines.filter(routine => routine.schema !== schema);
}

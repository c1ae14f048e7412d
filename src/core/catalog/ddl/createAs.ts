import type { Column, Relation } from '../catalog';
import { readOptions } from './createTable';
import type { DdlStatement, Fields } from './ddlStatement';
import { expressionText, fieldsOf, namesOf, placeOf } from './ddlStatement';
import type { Output } from './outputColumns';
import { outputOf, renamedBy } from './outputColumns';
import type { SchemaDraft } from './schemaDraft';
import { keyOf } from './schemaDraft';

/** `CREATE [OR REPLACE] VIEW`. */
export function createView(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const name = draft.nameForNew(fields['view']);
  const known = draft.get(name);
  if (known ? known.kind !== 'view' || fields['replace'] !== true : draft.isNameTaken(name)) return;
  addQueried(statement, draft, { kind: 'view', target: fields['view'], names: fields['aliases'], ...pick(fields) });
}

/** `CREATE TABLE AS`, `CREATE MATERIALIZED VIEW`, and `SELECT INTO` with its clause taken out. */
export function createTableAs(statement: DdlStatement, draft: SchemaDraft, fields: Fields): void {
  const into = fieldsOf(fields['into']) ?? {};
  const kind = fields['objtype'] === 'OBJECT_MATVIEW' ? 'materialized view' : 'table';
  if (draft.isNameTaken(draft.nameForNew(into['rel']))) return;
  addQueried(statement, draft, { kind, target: into['rel'], names: into['colNames'], ...pick({ ...fields, ...into }) });
}

function pick({ query, options }: Fields): { readonly query: unknown; readonly options: unknown } {
  return { query, options };
}

interface QueriedRelation {
  readonly kind: Relation['kind'];
  readonly target: unknown;
  readonly names: unknown;
  readonly query: unknown;
  readonly options: unknown;
}

function addQueried(statement: DdlStatement, draft: SchemaDraft, queried: QueriedRelation): void {
  const name = draft.nameForNew(queried.target);
  const reads = new Set<string>();
  const output = outputOf(queried.query, { statement, draft, ctes: new Map(), reads });
  const { columns, isComplete } = renamedBy(namesOf(queried.names), output);
  const text = queried.kind === 'table' ? undefined : queryText(statement, queried.query);
  const options = readOptions(queried.options);
  draft.set({
    ...name,
    kind: queried.kind,
    columns: columns.map(toColumn),
    ...(!isComplete && { columnsKnown: false as const }),
    indexes: [],
    constraints: [],
    isPartition: false,
    ...(text !== undefined && { query: text }),
    ...(options && { options }),
    ...(queried.kind === 'table' && { rowSecurity: 'off' as const }),
    ...(fieldsOf(queried.target)?.['relpersistence'] === 'u' && { unlogged: true }),
    ...placeOf(statement, 'RangeVar', fieldsOf(queried.target) ?? {}),
  });
  if (queried.kind !== 'table') draft.readBy.set(keyOf(name), reads);
}

function toColumn({ name, type }: Output['columns'][number]): Column {
  return { name, type, notNull: false };
}

function queryText(statement: DdlStatement, query: unknown): string | undefined {
  const found = expressionText(statement, query);
  if (found !== undefined) return found;
  return /\bas\s+(?=\(|select\b|with\b|values\b|table\b)([^]*)$/i.exec(statement.text)?.[1];
}

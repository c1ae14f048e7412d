import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { comparableText } from './comparableText';
import { asTable, list, stringValue } from './expressions';
import type { TableName } from './expressions';

/** An index, or the index behind a primary key or unique constraint. */
export interface TableKey {
  readonly name?: string;
  readonly method: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Made by a constraint, so it cannot be dropped as an index. */
  readonly constraint: boolean;
  /** Bare columns; an expression is `undefined`. */
  readonly columns: readonly (string | undefined)[];
  /** What two indexes are compared by: column or expression with collation, operator class and direction. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly predicate?: string;
  readonly nullsNotDistinct: boolean;
  /** Storage parameters as written, of a method for which they decide what the index finds or how fast. */
  readonly options?: string;
}

export interface TableForeignKey {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly references: TableName;
  /** Empty for the primary key of the referenced table. */
  readonly referenced: readonly string[];
}

/** The key a constraint makes; undefined for one that makes none, and for USING INDEX. */
export function readKey(constraint: NodeFields, column: string | undefined): TableKey | undefined {
  if (constraint.contype === 'CONSTR_EXCLUSION') return readExclusion(constraint);
  const primary = constraint.contype === 'CONSTR_PRIMARY';
  if (!primary && constraint.contype !== 'CONSTR_UNIQUE') return undefined;
  const named = list(constraint.keys).flatMap(key => stringValue(key) ?? []);
  const columns = named.length > 0 ? named : column === undefined ? [] : [column];
  // USING INDEX: the index stands in its own statement.
  if (columns.length === 0) return undefined;
  return {
    ...(typeof constraint.conname === 'string' && { name: constraint.conname }),
    method: 'btree',
    unique: true,
    primary,
    constraint: true,
    columns,
    keys: columns,
    include: list(constraint.including).flatMap(key => stringValue(key) ?? []),
    nullsNotDistinct: constraint.nulls_not_distinct === true,
  };
}

/** The index behind EXCLUDE: not unique, but it finds rows by its columns. */
function readExclusion(constraint: NodeFields): TableKey {
  const columns = list(constraint.exclusions).map(item => {
    const name = unwrap(list(item)[0])?.fields.name;
    return typeof name === 'string' ? name : undefined;
  });
  return {
    ...(typeof constraint.conname === 'string' && { name: constraint.conname }),
    method: String(constraint.access_method ?? 'btree'),
    unique: false,
    primary: false,
    constraint: true,
    columns,
    keys: columns.map((column, i) => column ?? `? ${i}`),
    include: [],
    nullsNotDistinct: false,
  };
}

/** The foreign key a constraint is; undefined for any other. */
export function readForeignKey(constraint: NodeFields, column: string | undefined): TableForeignKey | undefined {
  if (constraint.contype !== 'CONSTR_FOREIGN' || typeof constraint.pktable !== 'object') return undefined;
  const named = list(constraint.fk_attrs).flatMap(key => stringValue(key) ?? []);
  return {
    ...(typeof constraint.conname === 'string' && { name: constraint.conname }),
    columns: named.length > 0 ? named : column === undefined ? [] : [column],
    references: asTable(constraint.pktable as NodeFields),
    referenced: list(constraint.pk_attrs).flatMap(key => stringValue(key) ?? []),
  };
}

/** The key a CREATE INDEX makes. */
export function readIndex(statement: ParsedStatement, fields: NodeFields): TableKey {
  const elements = list(fields.indexParams).flatMap(fieldsOf);
  const predicate = unwrap(fields.whereClause);
  return {
    ...(typeof fields.idxname === 'string' && { name: fields.idxname }),
    method: String(fields.accessMethod ?? 'btree'),
    unique: fields.unique === true,
    primary: false,
    constraint: false,
    columns: elements.map(({ name }) => (typeof name === 'string' ? name : undefined)),
    keys: elements.map(element => keyText(statement, element)),
    include: list(fields.indexIncludingParams).flatMap(element => {
      const name = unwrap(element)?.fields.name;
      return typeof name === 'string' ? [name] : [];
    }),
    ...(predicate && { predicate: nodeText(statement, predicate) }),
    nullsNotDistinct: fields.nulls_not_distinct === true,
    ...optionsOf(statement, fields),
  };
}

/** Of the built-in methods only BRIN's page range makes another index; extensions' methods may have anything there. */
function optionsOf(statement: ParsedStatement, fields: NodeFields): Pick<TableKey, 'options'> {
  if (fields.options === undefined || /^(?:btree|hash|gin|gist|spgist)$/.test(String(fields.accessMethod ?? 'btree'))) {
    return {};
  }
  const written = list(fields.options).map(option => {
    const node = unwrap(option);
    return node ? nodeText(statement, node) : '';
  });
  return { options: written.sort().join(', ') };
}

function keyText(statement: ParsedStatement, element: NodeFields): string {
  const expression = unwrap(element.expr);
  const parts = [typeof element.name === 'string' ? element.name : expression ? nodeText(statement, expression) : '?'];
  const names = (value: unknown): string => list(value).map(stringValue).join('.');
  if (element.collation) parts.push(`collate ${names(element.collation)}`);
  if (element.opclass) parts.push(names(element.opclass));
  if (element.opclassopts) parts.push('(options)');
  const descending = element.ordering === 'SORTBY_DESC';
  if (descending) parts.push('desc');
  const nullsFirst =
    element.nulls_ordering === 'SORTBY_NULLS_DEFAULT' ? descending : element.nulls_ordering === 'SORTBY_NULLS_FIRST';
  if (nullsFirst !== descending) parts.push(nullsFirst ? 'nulls first' : 'nulls last');
  return parts.join(' ');
}

let unknowns = 0;

function nodeText(statement: ParsedStatement, node: { readonly type: string; readonly fields: object }): string {
  const range = statement.rangeOf(node.type, node.fields);
  // A text that equals no other: what could not be read is never the same.
  return range ? comparableText(statement.text.slice(range.start, range.end)) : `? ${unknowns++}`;
}

function fieldsOf(node: unknown): NodeFields[] {
  const fields = unwrap(node)?.fields;
  return fields ? [fields] : [];
}

import type { TypedNode } from '../walk';
import { unwrap, wrappedNodes } from '../walk';
import type { Fields, NamedType, QualifiedName } from './scope';

/** A field that holds a node without its wrapper, or with it. */
export function bare(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return unwrap(value)?.fields ?? (value as Fields);
}

/** A node that a field holds without its wrapper. */
export function typed(type: string, value: unknown): TypedNode | undefined {
  const fields = bare(value);
  return fields && { type, fields };
}

/** The texts of a list of `String` nodes. */
export function strings(list: unknown): string[] {
  return wrappedNodes(list).flatMap(({ type, fields }) => (type === 'String' ? [String(fields.sval ?? '')] : []));
}

export function aliasOf(fields: Fields): { readonly name?: string; readonly columns: readonly string[] } {
  const alias = bare(fields.alias);
  return {
    ...(typeof alias?.aliasname === 'string' && { name: alias.aliasname }),
    columns: strings(alias?.colnames),
  };
}

export function tableName(fields: Fields): QualifiedName {
  return {
    ...(typeof fields.schemaname === 'string' && { schema: fields.schemaname }),
    name: String(fields.relname ?? ''),
  };
}

/** Columns of a definition: `colname` or `name`, and `typeName`. */
export function definedColumns(list: unknown): NamedType[] {
  return wrappedNodes(list).flatMap(({ fields }) => {
    const nested = definedColumns(fields.columns);
    const name = fields.colname ?? fields.name;
    if (typeof name !== 'string' || fields.coltype === 'JTC_NESTED') return nested;
    const type = bare(fields.typeName ?? fields.argType);
    return [{ name, ...(type && { type }) }];
  });
}

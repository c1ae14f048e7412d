import type { Catalog, Relation } from '../../catalog/catalog';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { coveringIndex } from './candidates';
import { newAccess, type TableAccess } from './tableAccess';
import type { Writes } from './upkeep';

/** What a foreign key's trigger runs for each row deleted from the table it references. */
export interface ReferentialCheck {
  readonly sql: string;
  readonly rows: number;
  readonly access: TableAccess;
}

/**
 * The look-ups that deletes cause in referencing tables: EXPLAIN does not show them, and without an index each reads
 * the whole table. Updates of a referenced key cause them too.
 */
export function referentialChecks(writes: readonly Writes[], catalog: Catalog): ReferentialCheck[] {
  return writes.flatMap(({ relation, use, rows, columns }) => {
    if (use === 'insert') return [];
    return catalog.relations
      .flatMap(referencing =>
        referencing.kind === 'table' ? keysInto(referencing, relation, use === 'update' ? columns : undefined) : [],
      )
      .map(({ referencing, keys }) => check(referencing, keys, rows));
  });
}

function keysInto(
  referencing: Relation,
  referenced: Relation,
  changed: ReadonlySet<string> | undefined,
): { referencing: Relation; keys: readonly string[] }[] {
  return referencing.constraints.flatMap(({ kind, columns, references }) => {
    if (kind !== 'foreign key' || references?.schema !== referenced.schema || references.relation !== referenced.name)
      return [];
    if (changed && !references.columns.some(name => changed.has(name))) return [];
    const wanted = {
      schema: referencing.schema,
      relation: referencing.name,
      method: 'btree' as const,
      keys: columns.map(quoteIdentifier),
      include: [],
    };
    return coveringIndex(referencing, wanted) ? [] : [{ referencing, keys: columns }];
  });
}

function check(referencing: Relation, keys: readonly string[], rows: number): ReferentialCheck {
  const access = newAccess(referencing);
  for (const key of keys) access.equality.set(key, 'value');
  for (const column of referencing.columns) access.needed.add(column.name);
  const conditions = keys.map((key, position) => `${quoteIdentifier(key)} = $${position + 1}`);
  return {
    sql: `SELECT 1 FROM ONLY ${quoteQualified(referencing.schema, referencing.name)} WHERE ${conditions.join(' AND ')}`,
    rows,
    access,
  };
}

import { columnOfKey } from '../../core/advisor/indexes/indexSize';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Column, Relation } from '../../core/catalog/catalog';
import type { Database, Row } from '../../core/ports';
import { commonElements } from './indexExpressions';

const ELEMENTS = `
select attname::text as name, most_common_elems::text as most_common_elems,
  most_common_elem_freqs::text as most_common_elem_freqs, elem_count_histogram::text as elem_count_histogram
from pg_stats where schemaname = $1 and tablename = $2 and attname = any($3::text[])
order by inherited desc`;

interface ElementsRow extends Row {
  readonly name: string;
  readonly most_common_elems: string | null;
  readonly most_common_elem_freqs: string | null;
  readonly elem_count_histogram: string | null;
}

/**
 * The table with the common elements of the columns that a GIN index looks into: up to a thousand of each, which is why
 * the catalog leaves them out.
 */
export async function withCommonElements(
  db: Database,
  relation: Relation,
  index: IndexDefinition,
  signal: CancelSignal | undefined,
): Promise<Relation> {
  if (index.method !== 'gin') return relation;
  const keys = index.keys.map(key => columnOfKey(relation, key));
  const searched = keys.flatMap(column => (/^tsvector$|\[\]$/.test(column?.type ?? '') ? [column!.name] : []));
  if (searched.length === 0) return relation;
  const found = new Map(
    (await db.query<ElementsRow>(ELEMENTS, [relation.schema, relation.name, searched], signal)).map(row => [
      row.name,
      commonElements(row),
    ]),
  );
  const withElements = (column: Column): Column =>
    column.statistics ? { ...column, statistics: { ...column.statistics, ...found.get(column.name) } } : column;
  return { ...relation, columns: relation.columns.map(withElements) };
}

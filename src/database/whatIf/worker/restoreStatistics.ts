import type { AttributeStatistics, StorageFacts } from '../shadowProtocol';
import { literal } from './sqlText';

/** Parameters of `pg_restore_attribute_stats` and their types. */
const VALUES = {
  null_frac: 'real',
  avg_width: 'integer',
  n_distinct: 'real',
  most_common_vals: 'text',
  most_common_freqs: 'real[]',
  histogram_bounds: 'text',
  correlation: 'real',
  most_common_elems: 'text',
  most_common_elem_freqs: 'real[]',
  elem_count_histogram: 'real[]',
  range_length_histogram: 'text',
  range_empty_frac: 'real',
  range_bounds_histogram: 'text',
} as const;

export function restoreSize(facts: Omit<StorageFacts, 'currentPages' | 'attributes'>): string {
  return `pg_restore_relation_stats('schemaname', ${literal(facts.schema)}, 'relname', ${literal(facts.name)},
    'relpages', ${facts.analyzedPages}::integer, 'reltuples', ${literal(String(facts.tuples))}::real,
    'relallvisible', ${facts.allVisiblePages}::integer)`;
}

/** The call that gives one column, or the nth column of an index, the server's statistics. */
export function restoreAttribute(schema: string, relation: string, attribute: AttributeStatistics): string {
  const { attname } = attribute;
  const given = [
    `'schemaname', ${literal(schema)}, 'relname', ${literal(relation)}`,
    attname.startsWith('#') ? `'attnum', ${Number(attname.slice(1))}::smallint` : `'attname', ${literal(attname)}`,
    `'inherited', ${attribute.inherited}`,
  ];
  for (const [name, type] of Object.entries(VALUES)) {
    const value = attribute[name as keyof typeof VALUES];
    if (typeof value === 'string') given.push(`'${name}', ${literal(value)}::${type}`);
  }
  return `pg_restore_attribute_stats(${given.join(', ')})`;
}

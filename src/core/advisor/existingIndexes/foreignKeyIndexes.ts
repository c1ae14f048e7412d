import { BLOCK_BYTES, formatBytes, formatCount } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import { SMALL_TABLE_PAGES } from '../indexes/candidates';
import { indexChange, indexCost } from '../indexes/describeIndex';
import { estimateIndexSize } from '../indexes/indexSize';
import type { IndexDefinition } from '../suggestion';
import type { ExistingIndexFinding } from './finding';
import { nameOf, type CounterFacts, type ExistingIndex, type ForeignKey } from './indexFacts';

/** Methods that can look up equal values. */
const EQUALITY_METHODS: ReadonlySet<string> = new Set(['btree', 'hash']);

/** True if deleting a referenced row can find the rows that refer to it by this index. */
export function supportsForeignKey(index: ExistingIndex, key: ForeignKey): boolean {
  if (index.table.oid !== key.table.oid || !index.valid || !EQUALITY_METHODS.has(index.method)) return false;
  // Rows with a NULL refer to nothing, so an index may leave them out.
  const leavesOutNulls = /^\(*(\S+) IS NOT NULL\)*$/i.exec(index.predicate ?? '')?.[1];
  const wanted = key.columns.map(quoteIdentifier);
  if (index.predicate !== undefined && (leavesOutNulls === undefined || !wanted.includes(leavesOutNulls))) return false;
  const first = index.keys.slice(0, key.columns.length).map(({ column }) => column);
  return key.columns.every(column => first.includes(column));
}

/** Foreign keys whose referring columns no index begins with, of tables large enough for it to matter. */
export function missingForeignKeyIndexes(
  foreignKeys: readonly ForeignKey[],
  indexes: readonly ExistingIndex[],
  catalog: Catalog,
  server: CounterFacts,
): ExistingIndexFinding[] {
  const told = new Set<string>();
  return foreignKeys.flatMap(key => {
    if (key.table.pages < SMALL_TABLE_PAGES || indexes.some(index => supportsForeignKey(index, key))) return [];
    const relation = catalog.relations.find(
      ({ schema, name }) => schema === key.table.schema && name === key.table.name,
    );
    const identity = `${key.table.oid} ${[...key.columns].sort().join()}`;
    if (!relation || told.has(identity)) return [];
    told.add(identity);
    const definition: IndexDefinition = {
      schema: key.table.schema,
      relation: key.table.name,
      method: 'btree',
      keys: key.columns.map(quoteIdentifier),
      include: [],
    };
    const sizeBytes = estimateIndexSize(relation, definition, { catalog }).bytes;
    const deletes = key.referencedDeletes ?? 0;
    return [
      {
        problem: 'missing foreign key index',
        severity: deletes > 0 ? 'warning' : 'info',
        relation: nameOf(key.table),
        index: null,
        title: `No index for the foreign key ${key.name} (${key.columns.join(', ')})`,
        evidence: { how: 'statistics', text: costOfDelete(key) },
        sizeBytes,
        scans: null,
        reclaimableBytes: null,
        change: server.isStandby ? null : indexChange(definition, relation),
        cautions: [
          `it costs ${indexCost(relation, sizeBytes)}`,
          ...(deletes > 0 ? [] : [`without deletes in ${key.referenced.name} and joins from it, it is not needed`]),
        ],
      },
    ];
  });
}

function costOfDelete(key: ForeignKey): string {
  const { table, referenced, referencedDeletes: deletes } = key;
  const pages = `${formatCount(table.pages)} pages (${formatBytes(table.pages * BLOCK_BYTES)})`;
  const action = key.onDelete === 'no action' || key.onDelete === 'restrict' ? '' : ` to ${key.onDelete} its rows`;
  const cost = `each delete of a row of ${referenced.name} reads all ${pages} of ${table.name}${action}`;
  if (deletes === undefined) return cost;
  const counted = deletes === 0 ? 'none was counted' : `${formatCount(deletes)} were counted`;
  return `${cost}; ${counted} since the counters were reset`;
}

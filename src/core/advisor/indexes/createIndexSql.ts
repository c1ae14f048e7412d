import { cutToUtf8, utf8Length } from '../../base/utf8';
import type { Catalog } from '../../catalog/catalog';
import { MAX_NAME_BYTES, quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import type { IndexDefinition } from '../suggestion';

/**
 * CREATE INDEX for a definition. `name` is unquoted and at most 63 bytes long; it is made from the table and its keys
 * unless given. CONCURRENTLY is the caller's choice: PostgreSQL refuses it on a partitioned parent.
 */
export function createIndexSql(
  definition: IndexDefinition,
  options: { readonly concurrently: boolean; readonly name?: string },
): { readonly name: string; readonly sql: string } {
  const name = options.name ?? indexName(definition);
  const parts = [
    `CREATE ${definition.unique ? 'UNIQUE ' : ''}INDEX${options.concurrently ? ' CONCURRENTLY' : ''} ${quoteIdentifier(name)}`,
    `ON ${quoteQualified(definition.schema, definition.relation)}`,
    `${definition.method === 'btree' ? '' : `USING ${definition.method} `}(${definition.keys.join(', ')})`,
  ];
  if (definition.include.length > 0) parts.push(`INCLUDE (${definition.include.map(quoteIdentifier).join(', ')})`);
  if (definition.where) parts.push(`WHERE ${definition.where}`);
  return { name, sql: parts.join(' ') };
}

/** The name an index is made with where the catalog is known: one that nothing of its schema has. */
export function unusedName(definition: IndexDefinition, { relations }: Catalog): string {
  const taken = new Set(
    relations
      .filter(({ schema }) => schema === definition.schema)
      .flatMap(({ name, indexes }) => [name, ...indexes.map(index => index.name)]),
  );
  const name = indexName(definition);
  // numbered as PostgreSQL numbers the names it makes
  for (let number = 0; ; number++) {
    const end = number === 0 ? '' : String(number);
    const numbered = cutToUtf8(name, MAX_NAME_BYTES - end.length) + end;
    if (!taken.has(numbered)) return numbered;
  }
}

/** CREATE INDEX as the server prints it, for making the index again as it was: without blocking writers where it can. */
export function recreateSql(definition: string, isPartitioned: boolean): string {
  // that of a partitioned table is printed with ONLY; without it the partitions get theirs again
  return isPartitioned
    ? definition.replace(/ ON ONLY /, ' ON ')
    : definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ');
}

/** DROP INDEX for a name in a schema. */
export function dropIndexSql(schema: string, name: string, options: { readonly concurrently: boolean }): string {
  return `DROP INDEX ${options.concurrently ? 'CONCURRENTLY ' : ''}IF EXISTS ${quoteQualified(schema, name)}`;
}

/** What makes an index complete: the planner knows nothing of an expression's values until the table is analysed. */
export function analyzeFor(index: IndexDefinition): string[] {
  return hasExpressionKey(index) ? [`ANALYZE ${quoteQualified(index.schema, index.relation)}`] : [];
}

export function hasExpressionKey(index: IndexDefinition): boolean {
  return index.keys.some(key => key.includes('('));
}

/** `orders_customer_id_created_idx`, as PostgreSQL would name it, shortened and made unique where parts are left out. */
function indexName(definition: IndexDefinition): string {
  const words = definition.keys.map(wordsOf);
  const distinguishing = [
    definition.include.join(','),
    definition.where ?? '',
    definition.method,
    definition.keys.join(','),
  ];
  const plain =
    definition.include.length === 0 &&
    !definition.where &&
    definition.method === 'btree' &&
    definition.keys.every(isPlainKey);
  const suffix = plain ? '_idx' : `_${shortHash(distinguishing.join('|'))}_idx`;
  const full = [definition.relation, ...words].join('_');
  if (utf8Length(full + suffix) <= MAX_NAME_BYTES) return full + suffix;
  const hashed = plain ? `_${shortHash(full)}_idx` : suffix;
  return cutToUtf8(full, MAX_NAME_BYTES - utf8Length(hashed)) + hashed;
}

function isPlainKey(key: string): boolean {
  return /^("[^"]+"|[a-z_][a-z0-9_$]*)$/.test(key);
}

function wordsOf(key: string): string {
  const words = key.replace(/"/g, '').match(/[\p{L}\p{N}_$]+/gu) ?? ['expr'];
  return words
    .filter(word => !/^(DESC|ASC|NULLS|FIRST|LAST)$/.test(word) && !/_(ops)$/.test(word))
    .join('_')
    .toLowerCase();
}

/** FNV-1a, 32 bits, in base 36: enough to tell the indexes of one table apart. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36).slice(0, 5);
}

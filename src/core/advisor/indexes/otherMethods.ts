import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../sql/identifiers';
import type { IndexDefinition } from '../suggestion';
import { columnOf, type InvertedUse, type TableAccess } from './tableAccess';

/** BRIN needs rows that lie in the order of the column, and enough pages to leave out. */
const BRIN_MIN_CORRELATION = 0.9;
const BRIN_MIN_PAGES = 1000;
/** A hash index stores four bytes a row whatever the width: worth it where a B-tree's keys are several times that. */
const HASH_MIN_WIDTH_BYTES = 24;

type Method = Pick<IndexDefinition, 'method' | 'keys'>;

/** Everything that is no B-tree: GIN, GiST, SP-GiST, BRIN, hash. */
export function otherMethods(access: TableAccess, catalog: Catalog): Method[] {
  return [
    ...access.inverted.flatMap(use => insideValue(access, use, catalog)),
    ...[...access.nearest].flatMap(column => nearest(access, column, catalog)),
    ...blockRanges(access),
    ...hashes(access),
  ];
}

function insideValue(access: TableAccess, use: InvertedUse, catalog: Catalog): Method[] {
  const key = use.expression ?? quoteIdentifier(use.column);
  switch (use.kind) {
    case 'substring':
      return hasExtension(catalog, 'pg_trgm') ? [{ method: 'gin', keys: [`${key} gin_trgm_ops`] }] : [];
    case 'jsonb contains':
      return [{ method: 'gin', keys: [`${key} jsonb_path_ops`] }];
    case 'jsonb key':
    case 'array':
    case 'text search':
      return [{ method: 'gin', keys: [key] }];
    case 'range':
    case 'geometry':
      return [{ method: 'gist', keys: [key] }, ...(isPoint(access, use.column) ? [spatial(key)] : [])];
    case 'network':
      return [{ method: 'gist', keys: [`${key} inet_ops`] }];
  }
}

function nearest(access: TableAccess, column: string, catalog: Catalog): Method[] {
  const key = quoteIdentifier(column);
  const type = columnOf(access.relation, column)?.type ?? '';
  if (/^(text|character varying)/.test(type))
    return hasExtension(catalog, 'pg_trgm') ? [{ method: 'gist', keys: [`${key} gist_trgm_ops`] }] : [];
  if (/^(point|box|circle|polygon)$|geometry|geography/.test(type)) return [{ method: 'gist', keys: [key] }];
  // distance between numbers and dates is btree_gist's
  return hasExtension(catalog, 'btree_gist') ? [{ method: 'gist', keys: [key] }] : [];
}

function isPoint(access: TableAccess, column: string): boolean {
  return columnOf(access.relation, column)?.type === 'point';
}

function spatial(key: string): Method {
  return { method: 'spgist', keys: [key] };
}

function blockRanges(access: TableAccess): Method[] {
  const { relation } = access;
  if ((relation.pages ?? 0) < BRIN_MIN_PAGES) return [];
  return [...access.range]
    .filter(name => Math.abs(columnOf(relation, name)?.statistics?.correlation ?? 0) >= BRIN_MIN_CORRELATION)
    .map(name => ({ method: 'brin', keys: [quoteIdentifier(name)] }));
}

function hashes(access: TableAccess): Method[] {
  const { relation, equality, order, prefix, range } = access;
  return [...equality]
    .filter(([name, kind]) => {
      const column = columnOf(relation, name);
      const isCompared = range.has(name) || prefix.has(name) || order.some(key => key.column === name);
      return (
        kind === 'value' &&
        !isCompared &&
        /^(text|character varying|uuid|bytea)/.test(column?.type ?? '') &&
        (column?.statistics?.averageWidthBytes ?? 0) >= HASH_MIN_WIDTH_BYTES
      );
    })
    .map(([name]) => ({ method: 'hash', keys: [quoteIdentifier(name)] }));
}

function hasExtension(catalog: Catalog, name: string): boolean {
  return catalog.extensions.some(extension => extension.name === name);
}

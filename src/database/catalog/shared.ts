import type { Row } from '../../core/ports';

/** Users' schemas: neither the system's own nor temporary ones. */
export const USER_SCHEMA = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** The kinds of `pg_class` that are relations to the catalog. */
export const RELATION_KINDS = `('r', 'p', 'v', 'm', 'f')`;

/**
 * True if somebody is rewriting the table. Its size, and expressions over its columns, would have to wait for them;
 * such a table is read without.
 */
export const isLocked = (oid: string): string => `${oid} in (
    select l.relation from pg_locks l
    where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.granted and l.pid <> pg_backend_pid()
      and l.database = (select oid from pg_database where datname = current_database()))`;

/** True for a type that an extension brought along. */
export const isOfExtension = (oid: string): string => `exists (
    select from pg_depend x where x.classid = 'pg_type'::regclass and x.objid = ${oid} and x.deptype = 'e')`;

/** Rows by the relation they belong to. */
export function groupByOid<T extends { oid: number }>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.oid);
    if (group) group.push(row);
    else groups.set(row.oid, [row]);
  }
  return groups;
}

/** A row that belongs to a relation. */
export interface OwnedRow extends Row {
  oid: number;
}

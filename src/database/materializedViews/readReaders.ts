import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Database } from '../../core/ports';

/**
 * Roles, beside the one connected, that were granted SELECT on every one of the relations (`schema.name`) or own it:
 * who should read a view over them. `public` stands for everybody, and is then alone.
 */
export async function readReaders(
  db: Pick<Database, 'query'>,
  relations: readonly string[],
  signal?: CancelSignal,
): Promise<readonly string[]> {
  const rows = await db.query<{ role: string }>(
    `with wanted as (
       select c.oid, c.relacl, c.relowner
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname || '.' || c.relname = any ($1)),
     granted as (
       select w.oid, acl.grantee as role
       from wanted w, pg_catalog.aclexplode(coalesce(w.relacl, pg_catalog.acldefault('r', w.relowner))) acl
       where acl.privilege_type = 'SELECT'
       union select oid, relowner from wanted),
     public_on as (select count(distinct oid) as relations from granted where role = 0)
     select 'public' as role from public_on where relations = (select count(*) from wanted) and relations > 0
     union all
     select r.rolname from pg_catalog.pg_roles r
     where r.oid in (select role from granted) and r.rolname <> current_user
       and (select relations from public_on) < (select count(*) from wanted)
       and not exists (select from wanted w where not pg_catalog.has_table_privilege(r.oid, w.oid, 'SELECT'))
     order by 1`,
    [relations],
    signal,
  );
  return rows.map(({ role }) => role);
}

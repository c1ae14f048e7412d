import type { Constraint } from '../../core/catalog/catalog';
import { isLocked, USER_SCHEMA, type OwnedRow } from './shared';

const CONSTRAINT_KINDS: Readonly<Record<string, Constraint['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
  c: 'check',
  x: 'exclusion',
};

const ON_DELETE: Readonly<Record<string, Constraint['onDelete']>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

export interface ConstraintRow extends OwnedRow {
  name: string;
  kind: string;
  columns: string[];
  to_schema: string | null;
  to_relation: string | null;
  to_columns: string[];
  validated: boolean;
  expression: string | null;
  on_delete: string;
}

export const CONSTRAINTS = `
  select k.conrelid::int8::float8 as oid, k.conname as name, k.contype::text as kind, k.convalidated as validated,
    case when k.contype = 'c' and not (${isLocked('k.conrelid')}) then pg_get_expr(k.conbin, k.conrelid, true) end
      as expression,
    k.confdeltype::text as on_delete,
    array(select a.attname::text from unnest(k.conkey) with ordinality p(number, place)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.number order by p.place) as columns,
    fn.nspname as to_schema, f.relname as to_relation,
    array(select a.attname::text from unnest(k.confkey) with ordinality p(number, place)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.number order by p.place) as to_columns
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class f on f.oid = k.confrelid
  left join pg_namespace fn on fn.oid = f.relnamespace
  where k.contype in ('p', 'u', 'f', 'c', 'x') and ${USER_SCHEMA}
  order by k.conrelid, k.conname`;

export function toConstraint(row: ConstraintRow): Constraint {
  const { to_schema: schema, to_relation: relation, to_columns: columns } = row;
  const onDelete = row.kind === 'f' ? ON_DELETE[row.on_delete] : undefined;
  return {
    name: row.name,
    kind: CONSTRAINT_KINDS[row.kind] ?? 'check',
    columns: row.columns,
    ...(schema !== null && relation !== null ? { references: { schema, relation, columns } } : {}),
    validated: row.validated,
    ...(row.expression === null ? {} : { expression: row.expression }),
    ...(onDelete && { onDelete }),
  };
}

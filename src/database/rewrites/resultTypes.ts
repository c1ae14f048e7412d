import type { CancelSignal } from '../../core/base/cancelSignal';
import { CancelledError } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import type { Session } from '../session';

/** How values of a type are compared. */
export interface ComparedType {
  /** As `format_type` prints it. */
  readonly name: string;
  /**
   * - `exact`: by `=`, which only calls equal what is written the same
   * - `equal`: by `=`, but 1.0 and 1.00 are equal, or 'a' and 'A' of citext
   * - `text`: it has no order, so as text
   */
  readonly by: 'exact' | 'equal' | 'text';
  /** Compared under COLLATE "C", since other collations may call different texts equal. */
  readonly isCollated: boolean;
}

/** `pg_type.oid` of types whose values are equal only if they are written the same. They never change: pg_type.dat. */
const EXACT = new Set([16, 17, 18, 19, 20, 21, 23, 25, 26, 650, 774, 829, 869, 1043, 1082, 1083, 1114, 1184, 2950]);

/** `name`, `text`, `bpchar`, `varchar`. */
const COLLATED = new Set([19, 25, 1042, 1043]);

/** `float4`, `float8`, `bpchar`, `interval`, `timetz`, `numeric`, `jsonb`: 1.0 = 1.00, '24 hours' = '1 day'. */
const EQUAL = new Set([700, 701, 1042, 1186, 1266, 1700, 3802]);

/** How each of these types is compared; asks the server about those that are not built in. In a transaction. */
export async function comparedTypes(
  session: Session,
  typeIds: readonly number[],
  signal: CancelSignal,
): Promise<ReadonlyMap<number, ComparedType>> {
  const rows = await session.query<{ id: string; name: string; kind: string }>(
    `select oid::text as id, format_type(oid, null) as name, typtype as kind from pg_type where oid = any($1::oid[])`,
    [[...new Set(typeIds)]],
    { signal },
  );
  const types = new Map<number, ComparedType>();
  for (const { id, name, kind } of rows) {
    const typeId = Number(id);
    const isCollated = COLLATED.has(typeId);
    if (EXACT.has(typeId) || kind === 'e') types.set(typeId, { name, by: 'exact', isCollated });
    else if (EQUAL.has(typeId)) types.set(typeId, { name, by: 'equal', isCollated });
    else {
      const by = kind !== 'p' && (await hasOrder(session, name, signal)) ? 'equal' : 'text';
      types.set(typeId, { name, by, isCollated });
    }
  }
  return types;
}

/** Grouping needs an order or a hash; a mixture of columns with only the one or only the other cannot be grouped. */
async function hasOrder(session: Session, type: string, signal: CancelSignal): Promise<boolean> {
  await session.execute('savepoint type_order');
  try {
    await session.query(
      `explain select from (select null::${type} as value) as one group by value order by value`,
      [],
      {
        signal,
      },
    );
    return true;
  } catch (error) {
    if (error instanceof CancelledError || !(error instanceof DatabaseError) || error.kind === 'connection')
      throw error;
    await session.execute('rollback to type_order');
    return false;
  }
}

import type { CancelSignal } from '../core/base/cancelSignal';
import type { Catalog } from '../core/catalog/catalog';
import type { Row } from '../core/ports';
import {
  extendedStatisticsQuery,
  POLICIES,
  toExtendedStatistics,
  toPolicy,
  toTrigger,
  TRIGGERS,
  type ExtendedStatisticsRow,
  type PolicyRow,
  type TriggerRow,
} from './catalog/attachments';
import { COLUMNS, STATISTICS, toColumn, toStatistics, type ColumnRow, type StatisticsRow } from './catalog/columns';
import { CONSTRAINTS, toConstraint, type ConstraintRow } from './catalog/constraints';
import { INDEXES, toIndex, type IndexRow } from './catalog/indexes';
import { RELATIONS, toRelation, type RelationRow } from './catalog/relations';
import { ROUTINES, toRoutine, toUserType, TYPES, type RoutineRow, type TypeRow } from './catalog/routines';
import { groupByOid } from './catalog/shared';
import type { Session } from './session';

/**
 * Reads the schema, its statistics and the settings in a fixed number of queries, whatever the number of tables.
 * The session must be in a repeatable-read transaction, so that the parts fit together. What the role may not see
 * (statistics of tables it cannot read) is absent.
 */
export async function readCatalog(session: Session, serverVersion: number, signal?: CancelSignal): Promise<Catalog> {
  const ask = <T extends Row>(sql: string): Promise<T[]> => session.query<T>(sql, [], signal ? { signal } : {});
  const relations = await ask<RelationRow>(RELATIONS);
  const columns = groupByOid(await ask<ColumnRow>(COLUMNS));
  const statistics = groupByOid(await ask<StatisticsRow>(STATISTICS));
  const indexes = groupByOid(await ask<IndexRow>(INDEXES));
  const constraints = groupByOid(await ask<ConstraintRow>(CONSTRAINTS));
  const triggers = groupByOid(await ask<TriggerRow>(TRIGGERS));
  const policies = groupByOid(await ask<PolicyRow>(POLICIES));
  const extended = groupByOid(await ask<ExtendedStatisticsRow>(extendedStatisticsQuery(serverVersion)));
  const routines = await ask<RoutineRow>(ROUTINES);
  const types = await ask<TypeRow>(TYPES);
  const extensions = await ask<{ name: string; version: string }>(
    'select extname as name, extversion as version from pg_extension order by 1',
  );
  const settings = await ask<{ name: string; value: string }>(
    'select name, current_setting(name, true) as value from pg_settings',
  );
  const [path] = await ask<{ schemas: string[] }>('select current_schemas(false)::text[] as schemas');
  return {
    source: 'server',
    serverVersion,
    searchPath: path?.schemas ?? [],
    relations: relations.map(row => {
      const known = new Map((statistics.get(row.oid) ?? []).map(each => [each.name, toStatistics(each)]));
      return {
        ...toRelation(row, serverVersion),
        columns: (columns.get(row.oid) ?? []).map(each => toColumn(each, known.get(each.name))),
        indexes: (indexes.get(row.oid) ?? []).map(toIndex),
        constraints: (constraints.get(row.oid) ?? []).map(toConstraint),
        triggers: (triggers.get(row.oid) ?? []).map(toTrigger),
        policies: (policies.get(row.oid) ?? []).map(toPolicy),
        extendedStatistics: (extended.get(row.oid) ?? []).map(toExtendedStatistics),
      };
    }),
    extensions,
    functions: routines.map(toRoutine),
    types: types.map(toUserType),
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  };
}

import { citeGuideline } from '../../guidelines/guides';
import { formatCount } from '../../base/units';
import type { Profile, TableParameters } from '../profile';
import { countedDays, type ParameterAdvice } from './adviseTable';
import { STORAGE_PARAMETERS, type StorageParameter, type TableActivity } from './tableActivity';

/** What a guide sets for a table, held against the table itself. */
export interface GuideParameter {
  readonly name: StorageParameter;
  readonly value: string;
  readonly reason: string;
  readonly citation: string;
  /** Where the guide is wrong about this table; null where it is not. */
  readonly wrong: string | null;
}

/** The parameters that a profile's guide has for a table; a name that PostgreSQL does not take is passed over. */
export function guideParameters(
  profile: Profile,
  activity: TableActivity,
  measured: readonly ParameterAdvice[],
): GuideParameter[] {
  const found = profile.tables?.find(({ table }) => table === `${activity.schema}.${activity.table}`);
  if (!found || profile.guide === null) return [];
  const citation = citeGuideline({ guide: profile.guide, section: found.section });
  return Object.entries(found.parameters).flatMap(([name, value]) => {
    const parameter = STORAGE_PARAMETERS.find(each => each === name);
    if (!parameter) return [];
    const wrong = whyWrong(parameter, value, activity, measured) ?? null;
    return [{ name: parameter, value, reason: found.reason, citation, wrong }];
  });
}

/** The tables a guide names that this database does not have. */
export function missingGuideTables(profile: Profile, tables: readonly TableActivity[]): readonly TableParameters[] {
  const known = new Set(tables.map(({ schema, table }) => `${schema}.${table}`));
  return (profile.tables ?? []).filter(({ table }) => !known.has(table));
}

function whyWrong(
  name: StorageParameter,
  value: string,
  activity: TableActivity,
  measured: readonly ParameterAdvice[],
): string | undefined {
  const { kind, updates, deletes, inserts, hotUpdates } = activity;
  if (kind === 'p') return 'the table is partitioned and takes no storage parameters: each partition must have them';
  if (inserts + updates + deletes === 0) return 'nothing was counted on this table: the value rests on no figure';
  if (name === 'fillfactor') {
    if (updates === 0) return 'no update was counted: the room would stay empty and make every scan longer';
    const share = Math.round((100 * hotUpdates) / updates);
    if (share >= 90) return `${share} % of the updates find room already`;
    return 'it reaches pages written from now on only, and never helps updates of indexed columns';
  }
  if (name === 'autovacuum_vacuum_scale_factor' && updates + deletes === 0) {
    return 'rows are only inserted: nothing dies, the insert threshold starts the vacuum';
  }
  const own = measured.find(each => each.name === name);
  if (own && Number(own.value) > 2 * Number(value)) {
    return `more often than ${formatCount((updates + deletes) / countedDays(activity))} dead rows a day ask for: ${own.value} would do`;
  }
  return undefined;
}

import type { Profile } from '../../core/profiles/profile';
import { adviseTable, type ParameterAdvice } from '../../core/profiles/tables/adviseTable';
import { guideParameters, missingGuideTables, type GuideParameter } from '../../core/profiles/tables/guideTables';
import type { TableActivity } from '../../core/profiles/tables/tableActivity';
import type { PostgresDatabase } from '../connect';
import { readAutovacuumDefaults, readTableActivity } from './readTableActivity';

export interface AdvisedTable {
  readonly activity: TableActivity;
  readonly measured: readonly ParameterAdvice[];
  readonly guide: readonly GuideParameter[];
}

export interface TableAdvice {
  readonly tables: readonly AdvisedTable[];
  /** Tables looked at. */
  readonly looked: number;
  readonly notes: readonly string[];
}

/** Storage parameters for the tables of a database, by what was counted of them and by the guide of a profile. */
export async function adviseTables(database: PostgresDatabase, profile: Profile | undefined): Promise<TableAdvice> {
  const [activities, defaults] = [await readTableActivity(database), await readAutovacuumDefaults(database)];
  const version = Math.floor(database.serverVersion / 10_000);
  const all = activities.map((activity): AdvisedTable => {
    const measured = adviseTable(activity, defaults, version);
    return { activity, measured, guide: profile ? guideParameters(profile, activity, measured) : [] };
  });
  const days = activities[0]?.days ?? null;
  return {
    tables: all.filter(({ measured, guide }) => measured.length + guide.length > 0),
    looked: activities.length,
    notes: [
      days === null
        ? 'since when the counters count is not known; they are taken for those of one day'
        : days < 1
          ? 'the counters are younger than a day and are taken for those of one day'
          : `counted over ${Math.round(days)} days`,
      ...(profile ? missingGuideTables(profile, activities) : []).map(
        ({ table }) => `the guide has parameters for ${table}, which this database does not have`,
      ),
    ],
  };
}

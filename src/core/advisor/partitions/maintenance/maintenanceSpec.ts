import type { PeriodUnit, RangeScheme } from '../scheme';

/** What becomes of partitions whose rows are all older than {@link MaintenanceSpec.keep}. */
export type Retirement =
  | { readonly action: 'drop' }
  /** Detached, and left where it is. */
  | { readonly action: 'detach' }
  /** Detached and moved to another schema, which must exist. */
  | { readonly action: 'archive'; readonly schema: string };

/** What the generated routines are to do for one table. */
export interface MaintenanceSpec {
  readonly schema: string;
  readonly table: string;
  readonly scheme: RangeScheme;
  /** Partitions to have ready after the current one. */
  readonly ahead: number;
  /** How old rows may get, as an interval of days, weeks, months or years: `24 months`. Without it nothing is retired. */
  readonly keep?: string;
  /** Drops unless given. */
  readonly retirement?: Retirement;
  /** Of each new partition: `{ autovacuum_vacuum_scale_factor: '0.02' }`. */
  readonly storageParameters?: Readonly<Record<string, string>>;
  /** The schema of the routines; the table's own unless given. */
  readonly routineSchema?: string;
}

/**
 * Partitions ready in advance: a job that fails for some weeks must not matter. Our own choice: two weeks of days, two
 * months of weeks, a quarter of months.
 */
export const DEFAULT_AHEAD: Readonly<Record<PeriodUnit, number>> = { day: 14, week: 8, month: 3, quarter: 2, year: 1 };

/** @throws RangeError that says what to write instead. */
export function checkSpec({ ahead, keep, storageParameters }: MaintenanceSpec): void {
  if (!Number.isInteger(ahead) || ahead < 0 || ahead > 1000)
    throw new RangeError(`partitions ahead must be a whole number from 0 to 1000, not ${ahead}`);
  if (keep !== undefined && !/^[1-9]\d{0,4} (?:day|week|month|year)s?$/.test(keep))
    throw new RangeError(`how long rows are kept must be like '90 days' or '24 months', not '${keep}'`);
  const odd = Object.keys(storageParameters ?? {}).find(name => !/^[a-z_]+(?:\.[a-z_]+)?$/.test(name));
  if (odd !== undefined) throw new RangeError(`'${odd}' is no storage parameter`);
}

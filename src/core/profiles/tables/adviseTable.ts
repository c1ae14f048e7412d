import { formatCount } from '../../base/units';
import { parameterOf, type AutovacuumDefaults, type StorageParameter, type TableActivity } from './tableActivity';
import { adviseFillfactor } from './fillfactor';

/** One storage parameter that measured activity asks for. */
export interface ParameterAdvice {
  readonly name: StorageParameter;
  /** What counts now: the table's own value or the server's. */
  readonly now: string;
  readonly isOwn: boolean;
  readonly value: string;
  /** The figures, and the formula that gives the value. */
  readonly reason: string;
  readonly source: string;
}

/** Fewer rows than these are cleaned in no time: whatever the parameters say costs nothing. */
const FEWEST_ROWS = 10_000;
/** Less than this of the present trigger is worth a parameter; anything nearer is noise of the counters. */
const WORTH_SHARE = 0.75;
/** Counters of less than a day are taken for those of a day: a rate from an hour would be a guess. */
const SHORTEST_DAYS = 1;
/** Every vacuum reads all indexes of its table: no more than one in an hour. */
const MOST_RUNS_A_DAY = 24;
/** Below this share, a growing table would soon be let go again: the threshold alone says it. */
const SMALLEST_SHARE = 0.001;

/** What starts autovacuum on a table; the formula is the manual's. */
interface Trigger {
  readonly scale: StorageParameter;
  readonly threshold: StorageParameter;
  readonly what: string;
  /** Of all rows, at most so many may wait. */
  readonly share: number;
  readonly source: string;
  perDay(activity: TableActivity, days: number): number;
}

const FORMULA = 'PostgreSQL manual, “The Autovacuum Daemon”: threshold + scale factor × rows';

const TRIGGERS: readonly Trigger[] = [
  {
    scale: 'autovacuum_vacuum_scale_factor',
    threshold: 'autovacuum_vacuum_threshold',
    what: 'dead rows',
    // the system-wide value of the dairy guide (002, 3.2), a quarter of the default
    share: 0.05,
    source: FORMULA,
    perDay: ({ updates, deletes }, days) => (updates + deletes) / days,
  },
  {
    scale: 'autovacuum_analyze_scale_factor',
    threshold: 'autovacuum_analyze_threshold',
    what: 'changed rows',
    // a little under half of the share above, as the defaults 0.1 and 0.2 are to each other
    share: 0.02,
    source: FORMULA,
    perDay: ({ inserts, updates, deletes }, days) => (inserts + updates + deletes) / days,
  },
  {
    scale: 'autovacuum_vacuum_insert_scale_factor',
    threshold: 'autovacuum_vacuum_insert_threshold',
    what: 'inserted rows',
    share: 0.05,
    source: `${FORMULA}; index-only scans need pages that a vacuum has marked all-visible (“Updating the Visibility Map”)`,
    perDay: ({ inserts }, days) => inserts / days,
  },
];

/**
 * Storage parameters for a table by what was counted of it. So many rows may wait for autovacuum as change in a day, but
 * no more than a share of the table, no fewer than change in an hour, and never more than now.
 */
export function adviseTable(
  activity: TableActivity,
  defaults: AutovacuumDefaults,
  serverVersion: number,
): ParameterAdvice[] {
  if (activity.kind === 'p' || activity.rows < FEWEST_ROWS) return [];
  const triggers = TRIGGERS.filter(trigger => isInUse(trigger, activity));
  return [
    ...triggers.flatMap(trigger => adviseTrigger(trigger, activity, defaults)),
    ...adviseFillfactor(activity, defaults, serverVersion),
  ];
}

/** Days the counters stand for. */
export function countedDays({ days }: TableActivity): number {
  return Math.max(SHORTEST_DAYS, days ?? SHORTEST_DAYS);
}

/** Where rows are updated or deleted the vacuum for dead rows comes first; inserts have their own where they prevail. */
function isInUse({ scale }: Trigger, { inserts, updates, deletes }: TableActivity): boolean {
  return scale !== 'autovacuum_vacuum_insert_scale_factor' || inserts > 10 * (updates + deletes);
}

function adviseTrigger(trigger: Trigger, activity: TableActivity, defaults: AutovacuumDefaults): ParameterAdvice[] {
  const { scale, threshold, what, share, source } = trigger;
  const { rows } = activity;
  const [nowScale, nowThreshold] = [scale, threshold].map(name => parameterOf(activity, defaults, name)) as [
    number,
    number,
  ];
  const now = nowThreshold + nowScale * rows;
  const perDay = trigger.perDay(activity, countedDays(activity));
  const wanted = Math.max(perDay / MOST_RUNS_A_DAY, Math.min(perDay, share * rows), FEWEST_ROWS / 10);
  if (perDay < 1 || wanted > WORTH_SHARE * now) return [];
  const often = `${formatCount(Math.round(perDay))} ${what} a day`;
  const reason =
    `${often}; now it starts at ${formatCount(Math.round(now))}, ${everyDays(now / perDay)}, ` +
    `then at ${formatCount(Math.round(wanted))}, ${everyDays(wanted / perDay)}`;
  const give = (name: StorageParameter, before: number, value: number): ParameterAdvice => ({
    name,
    now: String(before),
    isOwn: name in activity.parameters,
    value: String(value),
    reason,
    source,
  });
  const factor = Number(((wanted - nowThreshold) / rows).toPrecision(1));
  if (factor >= SMALLEST_SHARE) return [give(scale, nowScale, factor)];
  return [give(scale, nowScale, 0), give(threshold, nowThreshold, Number(wanted.toPrecision(1)))];
}

function everyDays(days: number): string {
  if (days >= 1.5) return `every ${formatCount(Math.round(days))} days`;
  const hours = days * 24;
  return hours >= 1.5 ? `every ${formatCount(Math.round(hours))} hours` : 'every hour';
}

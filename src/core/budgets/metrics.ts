import { BYTES, MILLISECONDS } from '../base/settingUnits';
import { BLOCK_BYTES, formatBytes, formatCost, formatCount, formatMs } from '../base/units';

/** How a metric is measured: a time in ms, blocks of 8 kB, bytes, a percentage, or a plain number. */
export type Quantity = 'time' | 'blocks' | 'bytes' | 'percent' | 'count';

export interface Metric {
  /** As a budget writes it; case does not matter. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly quantity: Quantity;
  /** The plan must have been run to tell. */
  readonly needsRun: boolean;
  /** One sentence for hover and completion. */
  readonly about: string;
  /** What a proposal writes behind the name. */
  readonly example: string;
}

/** What a budget can limit. EXPLAIN's own words, as the manual's "Using EXPLAIN" has them. */
export const METRICS = [
  {
    name: 'execution',
    aliases: ['execution time'],
    quantity: 'time',
    needsRun: true,
    about: 'Execution time: the median of several runs. It varies with the machine and with what else it does.',
    example: '< 10 ms',
  },
  {
    name: 'planning',
    aliases: ['planning time'],
    quantity: 'time',
    needsRun: true,
    about: 'Planning time: the median of several runs. It varies with the machine and with what else it does.',
    example: '< 1 ms',
  },
  {
    name: 'total cost',
    aliases: ['cost'],
    quantity: 'count',
    needsRun: false,
    about: "The planner's estimate for the whole statement, in its own unit. Nothing has to be run to know it.",
    example: '< 1000',
  },
  {
    name: 'rows',
    aliases: [],
    quantity: 'count',
    needsRun: true,
    about: 'Rows that the statement returns.',
    example: '<= 100',
  },
  {
    name: 'buffers',
    aliases: [],
    quantity: 'blocks',
    needsRun: true,
    about:
      'Blocks of tables and indexes that the statement touches, in the cache or not. The same rows cost the same ' +
      'blocks on every machine: the steadiest measure of work.',
    example: '<= 40',
  },
  {
    name: 'buffers per row',
    aliases: [],
    quantity: 'blocks',
    needsRun: true,
    about: 'Blocks touched for each row returned: says the same of a short result as of a long one.',
    example: '<= 2',
  },
  {
    name: 'shared hit',
    aliases: ['shared hits'],
    quantity: 'blocks',
    needsRun: true,
    about: 'Blocks found in shared buffers. With a cold cache they count as shared read instead.',
    example: '< 20',
  },
  {
    name: 'shared read',
    aliases: [],
    quantity: 'blocks',
    needsRun: true,
    about: 'Blocks that were not in shared buffers, by the last of several runs.',
    example: '< 20',
  },
  {
    name: 'shared dirtied',
    aliases: [],
    quantity: 'blocks',
    needsRun: true,
    about: 'Blocks that the statement changed first.',
    example: '< 20',
  },
  {
    name: 'hit ratio',
    aliases: [],
    quantity: 'percent',
    needsRun: true,
    about: 'Of the blocks touched, those found in shared buffers.',
    example: '>= 99 %',
  },
  {
    name: 'temp written',
    aliases: [],
    quantity: 'blocks',
    needsRun: true,
    about: 'Blocks written to temporary files by sorts and hashes that outgrew work_mem.',
    example: '= 0',
  },
  {
    name: 'WAL bytes',
    aliases: ['wal'],
    quantity: 'bytes',
    needsRun: true,
    about: 'What a writing statement adds to the write-ahead log.',
    example: '< 64 kB',
  },
  {
    name: 'partitions',
    aliases: [],
    quantity: 'count',
    needsRun: false,
    about: 'Partitions that are read.',
    example: '<= 2',
  },
] as const satisfies readonly Metric[];

export type MetricName = (typeof METRICS)[number]['name'];

export function metricNamed(name: MetricName): Metric {
  return METRICS.find(metric => metric.name === name)!;
}

/** By its name or an alias, whatever the case. */
export function findMetric(words: string): (typeof METRICS)[number] | undefined {
  const wanted = words.toLowerCase();
  return METRICS.find(({ name, aliases }) => [name, ...aliases].some(each => each.toLowerCase() === wanted));
}

const UNITS: Readonly<Record<Quantity, Readonly<Record<string, number>>>> = {
  time: { ...MILLISECONDS, µs: MILLISECONDS['us']! },
  // A block is 8 kB in every stock build.
  blocks: {
    block: 1,
    blocks: 1,
    ...Object.fromEntries(Object.entries(BYTES).map(([unit, bytes]) => [unit, bytes / BLOCK_BYTES])),
  },
  bytes: { bytes: 1, byte: 1, ...BYTES },
  percent: { '%': 1, percent: 1 },
  count: {},
};

/** The units that are named in a message. */
export const SHOWN_UNITS: Readonly<Record<Quantity, readonly string[]>> = {
  time: ['us', 'ms', 's'],
  blocks: ['blocks', 'kB', 'MB', 'GB'],
  bytes: ['bytes', 'kB', 'MB', 'GB'],
  percent: ['%'],
  count: [],
};

/** How many of the metric's own unit one of this unit is; undefined if it measures something else. Case counts less. */
export function unitFactor(quantity: Quantity, unit: string): number | undefined {
  const units = UNITS[quantity];
  const name = unit in units ? unit : Object.keys(units).find(each => each.toLowerCase() === unit.toLowerCase());
  return name === undefined ? undefined : units[name];
}

/** True if a number of the quantity means nothing without its unit. 0 is 0 of anything. */
export function needsUnit(quantity: Quantity): boolean {
  return quantity === 'time' || quantity === 'percent' || quantity === 'bytes';
}

/** A value with its unit: "3.1 ms", "31", "8.2 kB", "97.5 %". */
export function formatQuantity(quantity: Quantity, value: number): string {
  if (quantity === 'time') return formatMs(value);
  if (quantity === 'bytes') return formatBytes(value);
  if (quantity === 'percent') return `${Number(value.toFixed(2))} %`;
  return quantity === 'blocks' ? formatCount(value) : formatCost(value);
}

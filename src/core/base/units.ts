const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** PostgreSQL's page (block) size in every stock build, in bytes. */
export const BLOCK_BYTES = 8192;

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** "812 B", "4.2 MB": powers of 1024 with PostgreSQL's unit names, three significant digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${trim(value)} ${BYTE_UNITS[unit]}`;
}

/** "0.05 ms", "12.3 ms", "4.56 s", "2 min 5 s". */
export function formatMs(ms: number): string {
  if (ms >= 120_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  if (ms >= 1000) return `${trim(ms / 1000)} s`;
  return `${ms < 1 ? Number(ms.toFixed(3)) : trim(ms)} ms`;
}

/** "1,234,567": thousands separated by commas, no decimals for whole numbers, at most two otherwise. */
export function formatCount(count: number): string {
  const [whole = '0', fraction] = (Number.isInteger(count) ? String(count) : String(Number(count.toFixed(2)))).split(
    '.',
  );
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (fraction ? `.${fraction}` : '');
}

/** "1 loop", "5,000 loops": for nouns whose plural ends in s. */
export function formatTimes(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Planner cost in as many digits as mean something. */
export function formatCost(cost: number): string {
  return formatCount(cost >= 100 ? Math.round(cost) : cost);
}

function trim(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

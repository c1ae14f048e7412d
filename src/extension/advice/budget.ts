const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** Bytes of "500 MB", in powers of 1024; undefined if it is no size, or none at all. */
export function parseBudget(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(kb|mb|gb|tb)$/i.exec(text.trim());
  if (!match) return undefined;
  const power = 1 + UNITS.findIndex(unit => unit.toLowerCase() === match[2]!.toLowerCase());
  const bytes = Math.round(Number(match[1]) * 1024 ** power);
  return bytes > 0 ? bytes : undefined;
}

/** The same size as {@link parseBudget} reads it, in the largest unit that takes three digits after the point at most. */
export function budgetText(bytes: number): string {
  for (const [position, unit] of [...UNITS.entries()].reverse()) {
    const value = Number((bytes / 1024 ** (position + 1)).toFixed(3));
    if (value >= 1 && Math.round(value * 1024 ** (position + 1)) === bytes) return `${value} ${unit}`;
  }
  return `${bytes / 1024} kB`;
}

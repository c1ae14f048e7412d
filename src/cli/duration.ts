import { UsageError } from './usage';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, '': 1000, s: 1000, min: 60_000 };

/** `--time-limit` in ms: "30s", "2min", "500ms"; a bare number is seconds. @throws UsageError */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min)?$/.exec(text.trim());
  const ms = match ? Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0) : 0;
  if (ms <= 0) throw new UsageError(`--time-limit must be a time such as 30s or 2min; got "${text}".`);
  return ms;
}

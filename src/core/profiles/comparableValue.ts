import { BYTES, MILLISECONDS } from '../base/settingUnits';

/** A value as PostgreSQL compares it: bytes, milliseconds, a plain number, or text. */
export type ComparableValue =
  | { readonly kind: 'bytes' | 'ms' | 'number'; readonly amount: number }
  | { readonly kind: 'text'; readonly text: string };

/**
 * Reads a setting's value the way PostgreSQL does: a number with a unit, or a bare number in the setting's own unit
 * (`pg_settings.unit`: `8kB`, `kB`, `MB`, `ms`, `s`, `min`, ...). Negative amounts such as -1 mean "off" or "automatic"
 * and stay plain numbers. Units are case-sensitive, as in PostgreSQL.
 */
export function parseSettingValue(value: string, unit?: string | null): ComparableValue {
  const text = value.trim().replace(/^'(.*)'$/, '$1');
  const match = /^(-?\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB|us|ms|s|min|h|d)?$/.exec(text);
  if (!match) return { kind: 'text', text: normaliseText(text) };
  const amount = Number(match[1]);
  if (match[2] === undefined && (amount < 0 || !unit)) return { kind: 'number', amount };
  const scale = unitScale(match[2] ?? unit ?? '');
  return scale ? { kind: scale.kind, amount: amount * scale.factor } : { kind: 'number', amount };
}

/** True if both values mean the same to PostgreSQL (`16MB` and `2048` of unit `8kB`; `on` and `true`). */
export function sameSettingValue(a: string, b: string, unit?: string | null): boolean {
  const left = parseSettingValue(a, unit);
  const right = parseSettingValue(b, unit);
  if (left.kind === 'text' || right.kind === 'text') {
    return left.kind === 'text' && right.kind === 'text' && left.text === right.text;
  }
  return left.kind === right.kind && Math.abs(left.amount - right.amount) <= 1e-9 * Math.max(1, Math.abs(left.amount));
}

/** Values that mean another one: since 15 `on` is the method PostgreSQL then takes. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = { wal_compression: { on: 'pglz' } };

/** The same for a setting by its name, which may have words of its own for a value. */
export function sameValueOf(name: string, a: string, b: string, unit?: string | null): boolean {
  const aliases = ALIASES[name] ?? {};
  return sameSettingValue(a, b, unit) || sameSettingValue(aliases[a] ?? a, aliases[b] ?? b, unit);
}

/** The largest unit that keeps the amount whole: 4294967296 -> `4GB`, 65536 -> `64kB`. Never below 1 kB. */
export function formatSettingBytes(bytes: number): string {
  const whole = Math.max(1024, Math.round(bytes));
  for (const unit of ['GB', 'MB'] as const) {
    const size = BYTES[unit] ?? 1;
    if (whole >= size && whole % size === 0) return `${whole / size}${unit}`;
  }
  return `${Math.floor(whole / 1024)}kB`;
}

function unitScale(unit: string): { kind: 'bytes' | 'ms'; factor: number } | undefined {
  const match = /^(\d*)([A-Za-z]+)$/.exec(unit);
  if (!match) return undefined;
  const times = match[1] ? Number(match[1]) : 1;
  const name = match[2] ?? '';
  const bytes = BYTES[name];
  if (bytes !== undefined) return { kind: 'bytes', factor: bytes * times };
  const ms = MILLISECONDS[name];
  return ms === undefined ? undefined : { kind: 'ms', factor: ms * times };
}

function normaliseText(text: string): string {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'yes') return 'on';
  if (lower === 'false' || lower === 'no') return 'off';
  // list-valued settings ignore blanks after commas
  return text.replace(/\s*,\s*/g, ', ');
}

import { BYTES, MILLISECONDS } from '../../base/settingUnits';
import type { ServerSetting } from './serverSettings';

/** What PostgreSQL objects to; undefined if it takes the value, as far as can be told without the server. */
export type ValueObjection =
  | { readonly what: 'boolean' }
  | { readonly what: 'number' }
  | { readonly what: 'noUnit' }
  | { readonly what: 'unit'; readonly allowed: string }
  | { readonly what: 'range'; readonly minimum: string; readonly maximum: string }
  | { readonly what: 'value'; readonly allowed: string };

const BOOLEAN_WORDS = ['on', 'off', 'true', 'false', 'yes', 'no', '1', '0'];

/** Values of enums that depend on how and where the server was built, or that the server takes and does not list. */
const FURTHER_VALUES: Readonly<Record<string, readonly string[]>> = {
  wal_compression: ['pglz', 'lz4', 'zstd'],
  default_toast_compression: ['lz4'],
  io_method: ['io_uring'],
  wal_sync_method: ['open_sync', 'open_datasync', 'fdatasync', 'fsync', 'fsync_writethrough'],
  dynamic_shared_memory_type: ['posix', 'sysv', 'windows', 'mmap'],
  shared_memory_type: ['sysv', 'windows', 'mmap'],
  file_copy_method: ['copy', 'clone'],
  wal_level: ['archive', 'hot_standby'],
  client_min_messages: ['debug', 'info'],
  log_min_messages: ['debug'],
  log_min_error_statement: ['debug'],
  ssl_min_protocol_version: ['any'],
  ssl_max_protocol_version: ['any', ''],
  recovery_init_sync_method: ['syncfs'],
};

/** Checks a value as it stands between the quotes, or bare. */
export function objectionTo(setting: ServerSetting, value: string): ValueObjection | undefined {
  const text = value.trim();
  switch (setting.type) {
    case 'bool':
      return readBoolean(text) === undefined ? { what: 'boolean' } : undefined;
    case 'enum':
      return objectionToEnum(setting, text);
    case 'integer':
    case 'real':
      return objectionToNumber(setting, text);
    default:
      return undefined;
  }
}

/** True if both values mean the same for this setting. */
export function isSameValue(setting: ServerSetting, a: string, b: string): boolean {
  if (setting.type === 'bool') return readBoolean(a) === readBoolean(b);
  if (setting.type === 'string') return a === b;
  if (setting.type === 'enum') return a.toLowerCase() === b.toLowerCase();
  const [left, right] = [numberIn(setting, a), numberIn(setting, b)];
  return left !== undefined && right !== undefined && Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left));
}

/** The amount in the setting's own unit; undefined for what is no number. */
export function numberIn(setting: ServerSetting, value: string): number | undefined {
  const read = readNumber(value.trim());
  if (!read) return undefined;
  if (read.unit === '') return read.amount;
  const scale = scaleOf(setting.unit);
  const factor = scale?.units[read.unit];
  return scale && factor !== undefined ? (read.amount * factor) / scale.factor : undefined;
}

/** `on`, `tru`, `0`: any beginning that means one word only. */
export function readBoolean(value: string): boolean | undefined {
  const text = value.trim().toLowerCase();
  // `o` could be both.
  if (text === '' || text === 'o') return undefined;
  const word = BOOLEAN_WORDS.find(candidate => candidate.startsWith(text));
  return word === undefined ? undefined : ['on', 'true', 'yes', '1'].includes(word);
}

function objectionToEnum(setting: ServerSetting, text: string): ValueObjection | undefined {
  const allowed = [...setting.values, ...(FURTHER_VALUES[setting.name] ?? [])];
  const word = text.toLowerCase();
  if (allowed.includes(word)) return undefined;
  if (allowed.includes('on') && BOOLEAN_WORDS.includes(word)) return undefined;
  return { what: 'value', allowed: setting.values.join(', ') };
}

function objectionToNumber(setting: ServerSetting, text: string): ValueObjection | undefined {
  // A leading zero makes it octal, which nobody means, but the server takes.
  if (/^[+-]?0\d/.test(text)) return undefined;
  const read = readNumber(text);
  if (!read) return { what: 'number' };
  const scale = scaleOf(setting.unit);
  if (read.unit !== '' && !scale) return { what: 'noUnit' };
  if (read.unit !== '' && scale && !(read.unit in scale.units)) {
    return { what: 'unit', allowed: Object.keys(scale.units).join(', ') };
  }
  const amount = numberIn(setting, text);
  if (amount === undefined) return undefined;
  const { minimum, maximum } = setting;
  const whole = setting.type === 'integer' ? Math.round(amount) : amount;
  if ((minimum === undefined || whole >= minimum) && (maximum === undefined || whole <= maximum)) return undefined;
  const unit = setting.unit === '' ? '' : ` (${setting.unit})`;
  return { what: 'range', minimum: `${minimum ?? ''}`, maximum: `${maximum ?? ''}${unit}` };
}

function readNumber(text: string): { readonly amount: number; readonly unit: string } | undefined {
  const found = /^([+-]?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))\s*([A-Za-z]*)$/.exec(text);
  const [, amount = '', unit = ''] = found ?? [];
  return found === null || /^[+-]?0\d/.test(amount) ? undefined : { amount: Number(amount), unit };
}

function scaleOf(
  unit: string,
): { readonly units: Readonly<Record<string, number>>; readonly factor: number } | undefined {
  const [, times = '', name = ''] = /^(\d*)([A-Za-z]+)$/.exec(unit) ?? [];
  const units = name in BYTES ? BYTES : name in MILLISECONDS ? MILLISECONDS : undefined;
  return units && { units, factor: (units[name] ?? 1) * (times === '' ? 1 : Number(times)) };
}

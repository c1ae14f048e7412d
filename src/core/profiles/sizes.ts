import { GIB, MIB } from '../base/units';

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Whole MiB below 1 GiB, whole multiples of 256 MiB above, so that the value reads well. */
export function roundBytes(bytes: number): number {
  return bytes >= GIB ? Math.floor(bytes / (256 * MIB)) * 256 * MIB : Math.max(1, Math.floor(bytes / MIB)) * MIB;
}

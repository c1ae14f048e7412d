import type { HistoryEntry, PlanHistory } from './history';
import { EMPTY_HISTORY } from './history';
import { isRawObject } from './rawValue';

/** As text for a file or a memento. */
export function writeHistory(history: PlanHistory): string {
  return JSON.stringify(history);
}

/**
 * Reads what `writeHistory` wrote. Nothing is ever thrown: entries that are damaged are left out, and a text of another
 * version, or none, is an empty history.
 */
export function readHistory(text: string | undefined): PlanHistory {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return EMPTY_HISTORY;
  }
  if (!isRawObject(value) || value['version'] !== 1 || !Array.isArray(value['entries'])) return EMPTY_HISTORY;
  const entries = (value['entries'] as unknown[]).filter(isEntry);
  const ids = new Map(entries.map(({ id, fingerprint }) => [id, fingerprint]));
  const pins = isRawObject(value['baselines']) ? Object.entries(value['baselines']) : [];
  const baselines = pins.filter(
    (pin): pin is [string, string] => typeof pin[1] === 'string' && ids.get(pin[1]) === pin[0],
  );
  const highest = entries.reduce((most, { id }) => Math.max(most, Number(id) || 0), 0);
  const next = typeof value['next'] === 'number' ? value['next'] : 1;
  return { version: 1, next: Math.max(next, highest + 1), entries, baselines: Object.fromEntries(baselines) };
}

const TEXTS = ['id', 'fingerprint', 'at', 'server', 'database', 'shape'];
const NUMBERS = ['executionMs', 'planningMs', 'totalCost', 'blocksHit', 'blocksRead', 'blocks', 'rows'];

function isEntry(value: unknown): value is HistoryEntry {
  return (
    isRawObject(value) &&
    TEXTS.every(name => typeof value[name] === 'string') &&
    NUMBERS.every(name => value[name] === undefined || typeof value[name] === 'number') &&
    typeof value['analyzed'] === 'boolean' &&
    isRawObject(value['settings']) &&
    (value['plan'] === undefined || (isRawObject(value['plan']) && Array.isArray(value['plan']['fields'])))
  );
}

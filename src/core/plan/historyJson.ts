import type { HistoryEntry } from './history';
import type { PackedPlan } from './historyPlan';
import { unpackPlan } from './historyPlan';
import type { RawObject } from './rawValue';
import { isRawObject } from './rawValue';

/** Reads an entry that was written as JSON. Nothing is ever thrown: what is damaged is undefined. */
export function readEntry(text: string): HistoryEntry | undefined {
  const value = parse(text);
  return isEntry(value) ? value : undefined;
}

/** Reads a packed plan that was written as JSON, as the document it was made from. Damaged: undefined. */
export function readPackedPlan(text: string): RawObject | undefined {
  const value = parse(text);
  return isPackedPlan(value) ? unpackPlan(value) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TEXTS = ['id', 'fingerprint', 'at', 'server', 'database', 'shape'];
const NUMBERS = ['executionMs', 'planningMs', 'totalCost', 'blocksHit', 'blocksRead', 'blocks', 'rows'];

function isEntry(value: unknown): value is HistoryEntry {
  return (
    isRawObject(value) &&
    TEXTS.every(name => typeof value[name] === 'string') &&
    NUMBERS.every(name => value[name] === undefined || typeof value[name] === 'number') &&
    typeof value['analyzed'] === 'boolean' &&
    (value['isGeneric'] === undefined || typeof value['isGeneric'] === 'boolean') &&
    (value['valuesHash'] === undefined || typeof value['valuesHash'] === 'string') &&
    isTexts(value['settings']) &&
    (value['parameters'] === undefined || isTexts(value['parameters']))
  );
}

function isTexts(value: unknown): boolean {
  return isRawObject(value) && Object.values(value).every(each => each === null || typeof each === 'string');
}

function isPackedPlan(value: unknown): value is PackedPlan & RawObject {
  return (
    isRawObject(value) &&
    Array.isArray(value['fields']) &&
    value['fields'].every(names => Array.isArray(names) && names.every(name => typeof name === 'string'))
  );
}

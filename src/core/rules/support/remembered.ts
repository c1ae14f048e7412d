type Level = WeakMap<object, unknown>;

const memory: Level = new WeakMap();
/** Stands for an object that is not there. */
const NONE = {};
/** Where a level keeps its own values, apart from the levels below it. */
const VALUES = {};

/**
 * The value made the first time for these objects and this key. Rules ask the same of one statement again and again,
 * and every question about the file is asked anew after each edit, so each is better asked once.
 */
export function remembered<Value>(objects: readonly (object | undefined)[], key: string, make: () => Value): Value {
  let level = memory;
  for (const object of objects) {
    const next = (level.get(object ?? NONE) as Level | undefined) ?? new WeakMap<object, unknown>();
    level.set(object ?? NONE, next);
    level = next;
  }
  const values = (level.get(VALUES) as Map<string, Value> | undefined) ?? new Map<string, Value>();
  level.set(VALUES, values);
  const known = values.get(key);
  if (known !== undefined || values.has(key)) return known as Value;
  const value = make();
  values.set(key, value);
  return value;
}

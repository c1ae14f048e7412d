/** A JSON object as EXPLAIN writes it. */
export type RawObject = Readonly<Record<string, unknown>>;

/** True for objects that are neither null nor arrays. */
export function isRawObject(value: unknown): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number under `key`; numeric strings count, because YAML and XML do not tell them apart. */
export function rawNumber(raw: RawObject, key: string): number | undefined {
  const value = raw[key];
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A text under `key`; empty texts count as absent. */
export function rawText(raw: RawObject, key: string): string | undefined {
  const value = raw[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** True if PostgreSQL said `true` in any of its formats. */
export function rawFlag(raw: RawObject, key: string): boolean {
  return raw[key] === true || raw[key] === 'true';
}

/** The texts of a list, or of a single value. */
export function rawTexts(raw: RawObject, key: string): readonly string[] {
  const value = raw[key];
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string');
  return typeof value === 'string' ? [value] : [];
}

/** The objects of a list; other members are left out. */
export function rawObjects(raw: RawObject, key: string): readonly RawObject[] {
  const value = raw[key];
  return Array.isArray(value) ? value.filter(isRawObject) : [];
}

/** True for fields whose value is SQL or a name, also when it reads like a number. */
export function isTextField(name: string): boolean {
  return TEXT_FIELD.test(name) && !/^(?:Rows|Batches|Tuples) Removed/.test(name);
}

const TEXT_FIELD =
  /(?:^|\b)(?:Filter|Cond|Name|Alias|Schema|Key|Call|SQL|Text|Parameters|Order By|Method|Provider|Identifier|Seed)$/;

/** A value of XML or of the text format, which do not tell numbers from texts. */
export function rawScalar(name: string, text: string): unknown {
  if (isTextField(name)) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const value = Number(text);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
}

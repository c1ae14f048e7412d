import type { Sample } from './columnSamples';
import { parseJson } from './columnSamples';

/** A key that GIN takes out of a value. */
export interface GinElement {
  /** Keys of different groups have frequencies of their own: those of a JSON path, say. */
  readonly group: string;
  readonly text: string;
  /** Of the key as stored. */
  readonly bytes: number;
}

/** The keys of a sampled value, each once. `key`: the index key as it stands in CREATE INDEX. */
export function ginElements({ value }: Sample, type: string, key: string): GinElement[] {
  const plain = (texts: Iterable<string>, bytes: (text: string) => number): GinElement[] =>
    [...new Set(texts)].map(text => ({ group: '', text, bytes: bytes(text) }));
  if (key.includes('gin_trgm_ops')) return plain(trigrams(value), () => 4);
  if (type === 'jsonb' || type === 'json') {
    const found = new Map<string, GinElement>();
    const isPathOps = key.includes('jsonb_path_ops');
    jsonElements(parseJson(value), '', isPathOps, element => found.set(`${element.group} ${element.text}`, element));
    return [...found.values()];
  }
  if (type === 'tsvector') return plain(value.match(/'(?:[^']|'')*'/g) ?? [], text => text.length - 1);
  if (key.includes('to_tsvector')) return plain(value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [], textBytes);
  if (type.endsWith('[]')) {
    const items = value.replace(/^\{|\}$/g, '').match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
    return plain(items, elementBytes(type));
  }
  return [{ group: '', text: value, bytes: textBytes(value) }];
}

/** Bytes of an element of a value of that type, from its text. */
export function elementBytes(type: string): (text: string) => number {
  if (/^(integer|date|real)/.test(type)) return () => 4;
  if (/^(bigint|double|timestamp)/.test(type)) return () => 8;
  return /^uuid/.test(type) ? () => 16 : textBytes;
}

function textBytes(text: string): number {
  return text.length + 1;
}

/** Three characters at a time of each word, with two blanks before and one behind it, as pg_trgm takes them. */
function* trigrams(text: string): Generator<string> {
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const padded = `  ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) yield padded.slice(start, start + 3);
  }
}

/** jsonb_path_ops hashes each value with its path into one key; jsonb_ops keeps keys and values apart. */
function jsonElements(value: unknown, path: string, isPathOps: boolean, add: (element: GinElement) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) jsonElements(item, path, isPathOps, add);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!isPathOps) add({ group: 'key', text: name, bytes: name.length + 2 });
      jsonElements(item, `${path}.${name}`, isPathOps, add);
    }
  } else if (value !== undefined) {
    add({ group: path, text: String(value), bytes: isPathOps ? 4 : String(value).length + 2 });
  }
}

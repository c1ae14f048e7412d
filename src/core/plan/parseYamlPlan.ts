import { isRawObject } from './rawValue';
import type { RawObject } from './rawValue';

interface Line {
  readonly column: number;
  readonly text: string;
}

/** Reads EXPLAIN (FORMAT YAML), which is a small, regular part of YAML: blocks by indentation, JSON-quoted texts. */
export function parseYamlPlan(text: string): RawObject[] {
  const lines = text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => ({ column: line.length - line.trimStart().length, text: line.trim() }));
  const first = lines.findIndex(line => /^-?\s*(Plan|Query Text):/.test(line.text));
  if (first < 0) return [];
  const [value] = readBlock(lines, first);
  const documents = Array.isArray(value) ? (value as unknown[]) : [value];
  return documents.filter(isRawObject);
}

/** The value that starts at line `at`, and the line after it. */
function readBlock(lines: readonly Line[], at: number): [unknown, number] {
  const start = lines[at];
  if (!start) return [{}, at];
  return start.text.startsWith('- ') || start.text === '-'
    ? readList(lines, at, start.column)
    : readMapping(lines, at, start.column);
}

function readList(lines: readonly Line[], at: number, column: number): [unknown[], number] {
  const items: unknown[] = [];
  let next = at;
  for (let line = lines[next]; line && line.column === column && /^-( |$)/.test(line.text); line = lines[next]) {
    const rest = line.text.slice(1).trimStart();
    if (/^[A-Z][^"]*?:( |$)/.test(rest)) {
      // "- Plan:" opens a mapping whose other keys stand two columns further right.
      const inner = column + line.text.length - rest.length;
      const [value, after] = readMapping(lines, next, inner, rest);
      items.push(value);
      next = after;
    } else if (rest === '') {
      const [value, after] = readBlock(lines, next + 1);
      items.push(value);
      next = after;
    } else {
      items.push(scalar(rest));
      next++;
    }
  }
  return [items, next];
}

function readMapping(lines: readonly Line[], at: number, column: number, first?: string): [RawObject, number] {
  const fields: Record<string, unknown> = {};
  let next = at;
  for (let line = lines[next]; line; line = lines[next]) {
    const isFirst = next === at && first !== undefined;
    if (!isFirst && line.column !== column) break;
    const match = /^([^:"]+|"(?:[^"\\]|\\.)*"):\s*(.*)$/.exec(isFirst ? first : line.text);
    if (!match) break;
    const key = String(scalar(match[1] ?? ''));
    const value = match[2] ?? '';
    const below = lines[next + 1];
    if (value !== '') {
      fields[key] = scalar(value);
      next++;
    } else if (below && below.column > column) {
      [fields[key], next] = readBlock(lines, next + 1);
    } else {
      fields[key] = '';
      next++;
    }
  }
  return [fields, next];
}

function scalar(text: string): unknown {
  if (text.startsWith('"')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text.replace(/^"|"$/g, '');
    }
  }
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

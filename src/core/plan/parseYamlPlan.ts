import type { FoundDocument } from './parseXmlPlan';
import { isRawObject, rawScalar } from './rawValue';

type Mapping = Record<string, unknown>;

/** A mapping or list whose members stand in `column`. */
interface Frame {
  readonly column: number;
  readonly items?: unknown[];
  readonly fields?: Mapping;
}

/** A key whose value is the block below it. */
interface Pending {
  readonly column: number;
  readonly fields: Mapping;
  readonly key: string;
}

/** Lists that EXPLAIN opens also when they have no members. */
const LISTS = new Set(['Plans', 'Triggers', 'Workers']);

const ENTRY = /^("(?:[^"\\]|\\.)*"|[A-Za-z_][^:"]{0,200}):(?:\s+(.*))?$/;

/**
 * Reads EXPLAIN (FORMAT YAML), which is a small, regular part of YAML: blocks by indentation, texts quoted as in JSON.
 * Anchors, tags and block texts are not part of it and are not read.
 */
export function parseYamlPlan(text: string): FoundDocument[] {
  const reader = new YamlReader();
  let offset = 0;
  let started = false;
  for (const line of text.split('\n')) {
    const content = line.trim();
    started ||= /^-?\s*(?:Plan|Query Text|Node Type):/.test(content);
    if (started && content !== '') reader.line(content, line.length - line.trimStart().length, offset);
    offset += line.length + 1;
  }
  return reader.finish();
}

class YamlReader {
  private readonly documents: { readonly document: Mapping; readonly offset: number }[] = [];
  private frames: Frame[] = [];
  private pending: Pending | undefined;

  line(content: string, start: number, offset: number): void {
    let text = content;
    let column = start;
    while (text === '-' || text.startsWith('- ')) {
      const items = this.listAt(column);
      const rest = text.slice(1).trimStart();
      column += text.length - rest.length;
      text = rest;
      if (text === '') {
        // The member stands on the next line.
        const fields: Mapping = {};
        this.add(items, fields, column, offset);
        return;
      }
      if (text.startsWith('- ')) {
        const nested: unknown[] = [];
        items.push(nested);
        this.frames.push({ column, items: nested });
      } else if (ENTRY.test(text)) this.add(items, {}, column, offset);
      else {
        items.push(scalar('', text));
        return;
      }
    }
    this.entry(text, column, offset);
  }

  finish(): FoundDocument[] {
    return this.documents.map(({ document, offset }) => ({
      document: isRawObject(document['Plan']) ? document : { Plan: document },
      offset,
    }));
  }

  private add(items: unknown[], fields: Mapping, column: number, offset: number): void {
    if (this.frames.length === 1) this.documents.push({ document: fields, offset });
    items.push(fields);
    this.frames.push({ column, fields });
  }

  private listAt(column: number): unknown[] {
    if (this.pending && column >= this.pending.column) {
      const items: unknown[] = [];
      this.pending.fields[this.pending.key] = items;
      this.pending = undefined;
      this.frames.push({ column, items });
      return items;
    }
    this.pending = undefined;
    while (this.frames.length > 0) {
      const top = this.frames.at(-1);
      if (top?.items && top.column <= column) return top.items;
      this.frames.pop();
    }
    const items: unknown[] = [];
    this.frames.push({ column, items });
    return items;
  }

  private entry(text: string, column: number, offset: number): void {
    const match = ENTRY.exec(text);
    if (!match) return;
    const fields = this.mappingAt(column, offset);
    const key = String(scalar('', match[1] ?? ''));
    // An object with this key would change what the others mean.
    if (key === '__proto__') return;
    const value = match[2] ?? '';
    if (value !== '') fields[key] = scalar(key, value);
    else {
      fields[key] = LISTS.has(key) ? [] : '';
      this.pending = { column, fields, key };
      return;
    }
    this.pending = undefined;
  }

  private mappingAt(column: number, offset: number): Mapping {
    if (this.pending && column > this.pending.column) {
      const fields: Mapping = {};
      this.pending.fields[this.pending.key] = fields;
      this.frames.push({ column, fields });
      return fields;
    }
    while (this.frames.length > 0) {
      const top = this.frames.at(-1);
      if (top?.fields && top.column <= column) return top.fields;
      this.frames.pop();
    }
    const fields: Mapping = {};
    this.documents.push({ document: fields, offset });
    this.frames.push({ column, fields });
    return fields;
  }
}

function scalar(key: string, text: string): unknown {
  if (/^["[{]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text.replace(/^"|"$/g, '');
    }
  }
  return rawScalar(key, text);
}

import type { RawObject } from './rawValue';
import { isRawObject, rawScalar } from './rawValue';
import { decodeEntities } from './unframeMarkup';

/** A document, and where in the text it began. */
export interface FoundDocument {
  readonly document: RawObject;
  readonly offset: number;
  readonly truncated?: boolean;
}

interface OpenElement {
  readonly name: string;
  readonly offset: number;
  readonly children: [string, unknown][];
  text: string;
}

/** Children of these elements are list members, whatever their names. */
const LISTS = new Set([
  'Plans',
  'Triggers',
  'Workers',
  'Grouping-Sets',
  'Target-Tables',
  'Group-Keys',
  'Hash-Keys',
  'Tasks',
  'Subplans',
]);

/** Reads EXPLAIN (FORMAT XML): one document per `<Query>`, with the names of the JSON format. */
export function parseXmlPlan(text: string): FoundDocument[] {
  const found: FoundDocument[] = [];
  const stack: OpenElement[] = [];
  const close = (truncated: boolean) => {
    const element = stack.pop();
    if (!element) return;
    const value = valueOf(element, stack.at(-1)?.name);
    const isDocument =
      element.name === 'Query' ||
      (element.name === 'explain' && element.children.some(([name]) => name === 'Plan')) ||
      (stack.length === 0 && element.name === 'Plan');
    if (isDocument && isRawObject(value)) {
      const document = element.name === 'Plan' ? { Plan: value } : value;
      found.push({ document, offset: element.offset, ...(truncated && { truncated }) });
    } else stack.at(-1)?.children.push([element.name, value]);
  };
  for (const match of text.matchAll(/<(\/?)([A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/g)) {
    const [, closing, name = '', empty, content] = match;
    const top = stack.at(-1);
    if (content !== undefined) {
      if (top && (top.children.length === 0 || content.trim() !== '')) top.text += content;
    } else if (closing) {
      const at = stack.findLastIndex(open => open.name === name);
      // Closing what was never opened is damage to pass over; closing an outer element closes what it holds.
      while (at >= 0 && stack.length > at) close(false);
    } else {
      stack.push({ name, offset: match.index, children: [], text: '' });
      if (empty) close(false);
    }
  }
  while (stack.length > 0) close(true);
  return found;
}

function valueOf(element: OpenElement, parent: string | undefined): unknown {
  const { name, children } = element;
  const isKeys = parent === 'Group-Keys' || parent === 'Hash-Keys';
  if (children.length === 0) {
    if (isKeys || LISTS.has(name)) return [];
    const text = decodeEntities(element.text);
    if (name === 'Item' || parent === 'Settings') return text;
    return rawScalar(fieldName(name), text);
  }
  if (LISTS.has(name) || children.every(([child]) => child === 'Item')) return children.map(([, value]) => value);
  const fields: [string, unknown][] = [];
  for (const [child, value] of children) {
    if (child === 'Incremental-Sort-Groups') fields.push(sortGroups(value, fields));
    else fields.push([name === 'Settings' ? child : fieldName(child), value]);
  }
  return Object.fromEntries(fields);
}

/** XML names both kinds of groups alike, and memory and disk too. */
function sortGroups(value: unknown, before: readonly [string, unknown][]): [string, unknown] {
  const name = before.some(([known]) => known === 'Full-sort Groups') ? 'Pre-sorted Groups' : 'Full-sort Groups';
  if (!isRawObject(value)) return [name, value];
  const methods: readonly unknown[] = Array.isArray(value['Sort Methods Used']) ? value['Sort Methods Used'] : [];
  const kind = methods.length > 0 && methods.every(method => /^external/.test(String(method))) ? 'Disk' : 'Memory';
  const renamed = Object.entries(value).map(([key, each]) => [key === 'Sort Space' ? `Sort Space ${kind}` : key, each]);
  return [name, Object.fromEntries(renamed)];
}

/** EXPLAIN writes blanks and slashes as hyphens; a few names have hyphens of their own. */
function fieldName(tag: string): string {
  return tag
    .replace(/-/g, ' ')
    .replace(/\bI O\b/, 'I/O')
    .replace('Full sort', 'Full-sort')
    .replace('Pre sorted', 'Pre-sorted')
    .replace('One Time', 'One-Time');
}

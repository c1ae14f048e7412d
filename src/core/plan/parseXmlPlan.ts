import type { RawObject } from './rawValue';
import { decodeEntities } from './unframe';

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** Children of these elements are list members, whatever their names. */
const LISTS = new Set(['Plans', 'Triggers', 'Workers', 'Grouping-Sets', 'Target-Tables']);

/** Reads EXPLAIN (FORMAT XML): one document per `<Query>`, with the names of the JSON format. */
export function parseXmlPlan(text: string): RawObject[] {
  const root = readElements(text);
  const queries = find(root, 'Query');
  // auto_explain leaves `<Query>` out.
  return (queries.length > 0 ? queries : find(root, 'explain')).flatMap(query => {
    const value = toValue(query);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value as RawObject] : [];
  });
}

function readElements(text: string): Element {
  const root: Element = { name: '', children: [], text: '' };
  const stack = [root];
  for (const match of text.matchAll(/<(\/?)([A-Za-z][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/g)) {
    const [, closing, name, empty, content] = match;
    const top = stack.at(-1) ?? root;
    if (content !== undefined) top.text += content;
    else if (closing) {
      if (stack.length > 1) stack.pop();
    } else {
      const element: Element = { name: name ?? '', children: [], text: '' };
      top.children.push(element);
      if (!empty) stack.push(element);
    }
  }
  return root;
}

function find(element: Element, name: string): Element[] {
  return element.children.flatMap(child => (child.name === name ? [child] : find(child, name)));
}

function toValue(element: Element): unknown {
  if (element.children.length === 0) return scalar(decodeEntities(element.text));
  const isList = LISTS.has(element.name) || element.children.every(child => child.name === 'Item');
  if (isList) return element.children.map(toValue);
  return Object.fromEntries(element.children.map(child => [fieldName(child.name), toValue(child)]));
}

/** EXPLAIN writes blanks and slashes as hyphens; a few names have hyphens of their own. */
function fieldName(tag: string): string {
  return tag
    .replace(/-/g, ' ')
    .replace(/\bI O\b/, 'I/O')
    .replace('Full sort', 'Full-sort')
    .replace('Pre sorted', 'Pre-sorted');
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

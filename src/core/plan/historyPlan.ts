import { hashText } from '../base/hashText';
import type { PlanTree } from './planTree';
import { isRawObject } from './rawValue';
import type { RawObject } from './rawValue';

/**
 * A raw plan in few characters: the names of a node's fields are written once for all nodes that have the same. An object
 * is `[number of its field list, ...values]`, an array `[-1, ...items]`.
 */
export interface PackedPlan {
  readonly fields: readonly (readonly string[])[];
  readonly root: unknown;
}

/** Packs an EXPLAIN document; without `keepValues` the values of its conditions are taken out first. */
export function packPlan(raw: RawObject, keepValues: boolean): PackedPlan {
  const fields: string[][] = [];
  const known = new Map<string, number>();
  return { root: pack(keepValues ? raw : withoutValues(raw)), fields };

  function pack(value: unknown): unknown {
    if (Array.isArray(value)) return [-1, ...(value as unknown[]).map(pack)];
    if (!isRawObject(value)) return value;
    const names = Object.keys(value);
    const key = JSON.stringify(names);
    let number = known.get(key);
    if (number === undefined) {
      number = fields.push(names) - 1;
      known.set(key, number);
    }
    return [number, ...names.map(name => pack(value[name]))];
  }
}

/** The document again; undefined if the packed form is damaged. */
export function unpackPlan({ fields, root }: PackedPlan): RawObject | undefined {
  const document = unpack(root);
  return isRawObject(document) ? document : undefined;

  function unpack(value: unknown): unknown {
    if (!Array.isArray(value)) return value;
    const [kind, ...parts] = value as unknown[];
    if (kind === -1) return parts.map(unpack);
    const names = typeof kind === 'number' ? fields[kind] : undefined;
    return names && Object.fromEntries(names.map((name, i) => [name, unpack(parts[i])]));
  }
}

/** JSON is written by recursion; no plan of a real statement is nested as deeply. */
const DEEPEST_PLAN = 500;

/** The packed plan of a run; undefined if it is nested too deeply to be written. */
export function planToKeep(tree: PlanTree, keepValues: boolean): PackedPlan | undefined {
  return tree.nodes.every(({ depth }) => depth <= DEEPEST_PLAN) ? packPlan(tree.raw, keepValues) : undefined;
}

/** Texts that name things, and never hold a value of the statement. */
const NAMES = new Set([
  'Node Type', 'Parent Relationship', 'Subplan Name', 'Relation Name', 'Schema', 'Alias', 'Index Name', 'CTE Name',
  'Function Name', 'Tuplestore Name', 'Custom Plan Provider', 'Join Type', 'Strategy', 'Partial Mode', 'Operation',
  'Command', 'Scan Direction', 'Sort Method', 'Sort Space Type', 'Storage', 'Format', 'Trigger Name',
  'Constraint Name', 'Relation', 'Conflict Arbiter Indexes', 'Conflict Resolution',
]); // prettier-ignore
/** What auto_explain adds: the statement and its parameters as they were. */
const STATEMENT = new Set(['Query Text', 'Query Parameters']);

/** The document with `?` for each string and number in its expressions. */
export function withoutValues(raw: RawObject): RawObject {
  const kept = Object.entries(raw).filter(([name]) => !STATEMENT.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, name === 'Settings' ? value : clean(name, value)]));
}

function clean(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(item => clean(name, item));
  if (isRawObject(value)) return withoutValues(value);
  return typeof value === 'string' && !NAMES.has(name) ? maskValues(value) : value;
}

/** Quoted names and `InitPlan 1` stay; strings and numbers become `?`. */
const VALUES =
  /("(?:[^"]|"")*"|(?:InitPlan|SubPlan) \S+)|[EeBbXx]?'(?:[^']|'')*'|(?<![\w$.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/g;

function maskValues(text: string): string {
  return text.replace(VALUES, (_, kept: string | undefined) => kept ?? '?');
}

/** Equal for plans that do the same work in the same way, whatever it took: 16 hex digits. */
export function planShape(tree: PlanTree): string {
  const parts = tree.nodes.map(({ depth, nodeType, relation, alias, index, raw }) =>
    [depth, nodeType, relation, alias, index, raw['Join Type'], raw['Strategy'], raw['Parallel Aware'] === true].join(
      '|',
    ),
  );
  return hashText(parts.join('\n'));
}

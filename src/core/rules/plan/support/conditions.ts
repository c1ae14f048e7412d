import type { Catalog, Relation } from '../../../catalog/catalog';
import { findRelation } from '../../../catalog/catalog';
import type { PlanNode } from '../../../plan/planTree';
import { quoteQualified } from '../../../sql/identifiers';
import { condition } from './words';

/** The table a node reads, as far as the catalog knows it. */
export function relationOf(node: PlanNode, catalog: Catalog | undefined): Relation | undefined {
  return catalog && node.relation !== undefined ? findRelation(catalog, node.relation, node.schema) : undefined;
}

/** The table a node reads, for SQL. */
export function tableName(node: PlanNode): string {
  return quoteQualified(node.schema === 'public' ? undefined : node.schema, node.relation ?? '');
}

const STRING = /'(?:[^']|'')*'/g;
const CAST =
  /::\s*(?:"[^"]+"|[a-z_][\w.]*)(?: (?:varying|precision|with(?:out)? time zone))*(?:\(\d+(?:,\s?\d+)?\))?(?:\[\])*/g;
const NAME =
  /(?<![\w$".])(?:("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)\.)?("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)(?![\w$]*\s*[(.])(?![\w$])/g;
const NO_COLUMNS = new Set(['true', 'false', 'hashed']);

/** The columns of the node's own table that its condition names, in order, without quotes. */
export function columnsIn(text: string, node: PlanNode, relation?: Relation): string[] {
  const bare = text.replace(STRING, '?').replace(CAST, '');
  const found = new Set<string>();
  for (const [, owner, name = ''] of bare.matchAll(NAME)) {
    if (owner !== undefined && unquote(owner) !== (node.alias ?? node.relation)) continue;
    const column = unquote(name);
    if (NO_COLUMNS.has(name) || (relation && !relation.columns.some(each => each.name === column))) continue;
    found.add(column);
  }
  return [...found];
}

/** All that decides which rows of its table a scan gives. */
export function conditionsOf(node: PlanNode): string {
  const own = ['Index Cond', 'Recheck Cond', 'Filter'].map(key => condition(node, key));
  return own.filter(text => text !== '').join(' AND ');
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

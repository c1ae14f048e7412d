import { binderOf } from '../../../catalog/binding/binder';
import type { NodeFields } from '../../../rules/nodeIndex';
import { contains, list, stringValue } from '../../../rules/support/expressions';
import { namesOf } from '../../../sql/names/namesOf';
import type { Query, Source } from '../../../sql/names/scope';
import type { RewriteContext } from '../rewrite';

/** The names of a query as the statement's scopes have them. */
export function queryNamed({ statement }: Pick<RewriteContext, 'statement'>, query: NodeFields): Query | undefined {
  return namesOf(statement).queries.find(each => each.node.fields === query);
}

/** The item of FROM a name belongs to, in whichever query around it; undefined if it cannot be told. */
export function sourceOf({ statement, catalog }: RewriteContext, columnRef: NodeFields): Source | undefined {
  const binder = binderOf(statement, catalog);
  const use = binder.names.columns.get(columnRef);
  if (!use) return undefined;
  if (use.parts.length > (use.star ? 0 : 1)) return binder.qualifier(use);
  const binding = binder.bind(use);
  return binding.kind === 'column' ? binding.column.source : undefined;
}

/** Where the names of an expression come from, seen from a query. */
export type Level = 'inside' | 'outside' | 'both' | 'none' | 'unknown';

/** Whether an expression reads items of the query's own FROM, of queries around it, or both. */
export function levelOf(context: RewriteContext, expression: unknown, query: Query): Level {
  const own = new Set<Source>(query.sources);
  // Items of queries within the expression are nobody's concern but theirs.
  const nested = new Set(
    namesOf(context.statement)
      .queries.filter(each => contains(expression, (_, fields) => fields === each.node.fields))
      .flatMap(each => each.sources),
  );
  let inside = false;
  let outside = false;
  let unknown = false;
  contains(expression, (type, fields) => {
    if (type !== 'ColumnRef') return false;
    const source = sourceOf(context, fields);
    if (!source) unknown = true;
    else if (own.has(source)) inside = true;
    else if (!nested.has(source)) outside = true;
    return false;
  });
  if (unknown) return 'unknown';
  if (inside && outside) return 'both';
  return inside ? 'inside' : outside ? 'outside' : 'none';
}

/** Every name that is written anywhere in the statement: a new one must be none of them. */
export function takenNames({ find }: Pick<RewriteContext, 'find'>): Set<string> {
  const taken = new Set<string>();
  const add = (name: unknown): void => {
    if (typeof name === 'string') taken.add(name);
  };
  for (const { fields } of find('ColumnRef')) list(fields.fields).forEach(part => add(stringValue(part)));
  for (const { fields } of find('RangeVar')) add(fields.relname);
  for (const { fields } of find('Alias')) {
    add(fields.aliasname);
    list(fields.colnames).forEach(part => add(stringValue(part)));
  }
  for (const { fields } of find('CommonTableExpr')) add(fields.ctename);
  return taken;
}

/** The name, or the name with the first number that makes it new; from then on it is taken. */
export function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 1; taken.has(name); number++) name = `${wanted}_${number}`;
  taken.add(name);
  return name;
}

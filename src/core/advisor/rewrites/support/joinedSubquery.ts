import type { Edit } from '../../../rules/finding';
import type { NodeFields } from '../../../rules/nodeIndex';
import { asColumn, asTable, contains, stringValue, list } from '../../../rules/support/expressions';
import { isWithin, rangeOfTree } from '../../../rules/support/trees';
import { quoteIdentifier } from '../../../sql/identifiers';
import { outputName } from '../../../sql/names/outputName';
import { unwrap } from '../../../sql/walk';
import type { RewriteContext } from '../rewrite';
import { gapBefore, insertion } from './clauses';
import { freshName, takenNames } from './names';
import type { SelectSubquery } from './selectSubqueries';

/** A subquery in FROM that takes the place of some in the select list. */
export interface JoinedSubquery {
  readonly alias: string;
  /** Names of its columns, in the order of the subqueries. */
  readonly columns: readonly string[];
  /** Further names that nothing else in the statement means. */
  freshColumn(wanted: string): string;
}

/** Names for a new item of FROM that the statement does not have yet. */
export function nameJoined(
  context: RewriteContext,
  group: readonly SelectSubquery[],
  aliasFor: (table: string) => string,
): JoinedSubquery {
  const [first] = group;
  const table = tableName(first!.inner);
  const alias = freshName(aliasFor(table), takenNames(context));
  // A bare name elsewhere must go on meaning what it means now.
  const bare = new Set(
    context
      .find('ColumnRef')
      .filter(column => !group.some(({ link }) => isWithin(column, link)))
      .flatMap(({ fields }) => {
        const parts = list(fields.fields);
        return parts.length === 1 ? (stringValue(parts[0]) ?? []) : [];
      }),
  );
  const columns = group.map(({ name, target }) => {
    const wanted = typeof target.fields.name === 'string' ? target.fields.name : name;
    return freshName(wanted === '?column?' ? 'value' : wanted, bare);
  });
  return { alias, columns, freshColumn: wanted => freshName(wanted, bare) };
}

/** The first table in the text. */
function tableName({ fromClause }: NodeFields): string {
  const tables: NodeFields[] = [];
  contains(fromClause, (type, fields) => type === 'RangeVar' && tables.push(fields) < 0);
  const place = ({ location }: NodeFields): number => Number(location ?? 0);
  const [first] = tables.sort((a, b) => place(a) - place(b));
  return first ? asTable(first).name : 'rows';
}

/** The columns of the subqueries as they stand in the select list of the one that is joined. */
export function selectedTexts(context: RewriteContext, group: readonly SelectSubquery[], joined: JoinedSubquery) {
  const texts = group.map(({ value }, i) => {
    const range = rangeOfTree(context.statement, value);
    const column = joined.columns[i]!;
    if (!range) return undefined;
    const text = context.statement.text.slice(range.start, range.end);
    const isNamed =
      unwrap(value)?.type === 'ColumnRef' ? asColumn(value)?.name === column : outputName(value) === column;
    return isNamed ? text : `${text} AS ${quoteIdentifier(column)}`;
  });
  return texts.every(text => text !== undefined) ? texts : undefined;
}

/** FROM of the subqueries, without the word. */
export function fromText({ statement }: RewriteContext, { innerClauses }: SelectSubquery): string {
  const { range, keywordEnd } = innerClauses.from!;
  return statement.text.slice(keywordEnd, range.end).trim();
}

/** Adds the join behind FROM and puts a column of it in the place of each subquery. */
export function joinEdits(
  context: RewriteContext,
  group: readonly SelectSubquery[],
  joined: JoinedSubquery,
  join: string,
  valueOf: (reference: string, subquery: SelectSubquery) => string,
): Edit[] {
  const { statement } = context;
  const { from } = group[0]!.outerClauses;
  const gap = gapBefore(statement, from!);
  const edits = group.map((subquery, i): Edit => {
    const { link, target } = subquery;
    const reference = `${quoteIdentifier(joined.alias)}.${quoteIdentifier(joined.columns[i]!)}`;
    const text = valueOf(reference, subquery);
    return {
      range: context.rangeOf(link),
      newText: text + nameKept(subquery, target.fields, text === reference, joined.columns[i]!),
    };
  });
  return [...edits, insertion(from!.range.end, `${gap.includes('\n') ? `${gap}  ` : gap}${join}`)];
}

/** An unnamed item of the select list is named after the subquery's column, and must be so after it. */
function nameKept({ link, name }: SelectSubquery, target: NodeFields, isBare: boolean, column: string): string {
  const isWhole = unwrap(target.val)?.fields === link.fields;
  if (target.name !== undefined || !isWhole || name === '?column?' || (isBare && column === name)) return '';
  return ` AS ${quoteIdentifier(name)}`;
}

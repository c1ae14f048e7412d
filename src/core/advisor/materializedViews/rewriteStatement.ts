import type { SourceRange } from '../../base/sourceRange';
import { functionName, integerConstant, list } from '../../rules/support/expressions';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { outputName } from '../../sql/names/outputName';
import { unwrap, walk, type TypedNode } from '../../sql/walk';
import type { Aggregation } from './aggregation';
import { usesIn, type ViewDesign } from './design';
import { applyEdits } from './expressions';

interface Edit {
  readonly range: SourceRange;
  readonly text: string;
}

/**
 * The statement written over the view: the user's text, with FROM, aggregates and group expressions replaced and the
 * conditions dropped that the view applies. Names of its result columns stay.
 */
export function rewriteStatement(aggregation: Aggregation, design: ViewDesign): string {
  const { statement, select, fromRange, following } = aggregation;
  const { text } = statement;
  const edits: Edit[] = [{ range: fromRange, text: quoteQualified(schemaOf(design), design.name) }];
  for (const target of list(select.targetList)) edits.push(...targetEdits(aggregation, design, target));
  const grouped = groupEdits(aggregation, design);
  edits.push(...grouped, ...expressionEdits(aggregation, design, [select.havingClause]));
  edits.push(...sortEdits(aggregation, design));
  edits.push(...whereEdits(aggregation, design));
  if (following.length > 0) {
    const last = list(select.groupClause)
      .map(item => rangeOf(aggregation, item))
      .reduce<SourceRange | undefined>((a, b) => (a && b && a.end > b.end ? a : b), undefined);
    const columns = following.map(({ key }) => quoteIdentifier(columnOf(design, key)));
    if (last) edits.push({ range: { start: last.end, end: last.end }, text: `, ${columns.join(', ')}` });
  }
  return applyEdits(text, { start: 0, end: text.length }, edits);
}

/** Unqualified where the search path leads there anyway. */
function schemaOf({ schema }: ViewDesign): string | undefined {
  return schema === 'public' ? undefined : schema;
}

/** A replaced item without a name keeps the one PostgreSQL gave it. */
function targetEdits(aggregation: Aggregation, design: ViewDesign, target: unknown): Edit[] {
  const fields = unwrap(target)?.fields;
  const value = unwrap(fields?.val);
  const range = value && aggregation.statement.rangeOf(value.type, value.fields);
  if (!fields || !range) return [];
  const edits = expressionEdits(aggregation, design, [fields.val], true);
  if (edits.length === 0 || typeof fields.name === 'string') return edits;
  const name = outputName(fields.val);
  const written = applyEdits(aggregation.statement.text, range, edits);
  if (written === quoteIdentifier(name)) return edits;
  const end = outerEnd(aggregation.statement.text, range.end);
  return [...edits, { range: { start: end, end }, text: ` AS ${quoteIdentifier(name)}` }];
}

/** Behind parentheses that close around the whole item. */
function outerEnd(text: string, end: number): number {
  return end + (/^(?:\s*\))*/.exec(text.slice(end))?.[0].length ?? 0);
}

/** A name of the select list in GROUP BY could mean a column of the view: it is replaced, too. */
function groupEdits(aggregation: Aggregation, design: ViewDesign): Edit[] {
  const { select, expressions } = aggregation;
  return list(select.groupClause).flatMap(item => {
    const node = unwrap(item);
    if (!node || integerConstant(item) !== undefined) return [];
    const name = node.type === 'ColumnRef' ? expressions.outputOf(node.fields) : undefined;
    if (name === undefined) return expressionEdits(aggregation, design, [item]);
    const target = list(select.targetList)
      .map(each => unwrap(each)?.fields)
      .find(each => each?.name === name);
    const value = unwrap(target?.val);
    const key = value && expressions.read(value)?.key;
    const range = rangeOf(aggregation, item);
    return key !== undefined && range ? [{ range, text: quoteIdentifier(columnOf(design, key)) }] : [];
  });
}

/** A bare name in ORDER BY means the item of the select list of that name, if there is one. */
function sortEdits(aggregation: Aggregation, design: ViewDesign): Edit[] {
  const { select } = aggregation;
  const items = new Set(list(select.targetList).map(target => unwrap(target)?.fields.name));
  return expressionEdits(aggregation, design, [select.sortClause]).map(edit => {
    const name = design.dimensions.find(({ column }) => quoteIdentifier(column) === edit.text)?.column;
    if (name === undefined || !items.has(name)) return edit;
    return { ...edit, text: `${quoteIdentifier(design.name)}.${edit.text}` };
  });
}

/** Group expressions become columns of the view, aggregates become aggregates of them. */
function expressionEdits(
  aggregation: Aggregation,
  design: ViewDesign,
  trees: readonly unknown[],
  isItem = false,
): Edit[] {
  const { expressions, aggregates, statement, groups } = aggregation;
  const own = new Set(groups.map(({ key }) => key));
  const edits: Edit[] = [];
  for (const tree of trees) {
    const whole = unwrap(tree);
    walk(tree, (type, fields) => {
      const range = statement.rangeOf(type, fields);
      const aggregate = aggregates.find(({ node }) => node.fields === fields);
      if (aggregate && range) {
        const columns = aggregate.rolledUp.measures.map(({ key }) => quoteIdentifier(measureColumn(design, key)));
        const text = aggregate.rolledUp.text(columns, own.size > 0);
        edits.push({ range, text: isItem && whole?.fields === fields ? withoutParentheses(text) : text });
        return false;
      }
      if (type === 'ResTarget' || type === 'SortBy') return undefined;
      const expression = expressions.read({ type, fields });
      if (!expression || !own.has(expression.key) || !range) return undefined;
      edits.push({ range, text: quoteIdentifier(columnOf(design, expression.key)) });
      return false;
    });
  }
  return edits;
}

function withoutParentheses(text: string): string {
  return text.startsWith('(') && text.endsWith('))') ? text.slice(1, -1) : text;
}

function whereEdits(aggregation: Aggregation, design: ViewDesign): Edit[] {
  const { select, statement, conditions, joins, fromRange } = aggregation;
  const where = rangeOf(aggregation, select.whereClause);
  if (!where) return [];
  const dimensions = new Map(design.dimensions.map(each => [each.key, each]));
  const usesOf = (node: TypedNode): Edit[] =>
    (usesIn(aggregation, node, dimensions) ?? []).flatMap(use => {
      const range = statement.rangeOf(use.node.type, use.node.fields);
      return range ? [{ range, text: quoteIdentifier(columnOf(design, use.key)) }] : [];
    });
  const kept = conditions.filter(({ expression }) => !design.inner.has(expression.key));
  if (kept.length === conditions.length && joins.length === 0)
    return kept.flatMap(({ expression }) => usesOf(expression.node));
  const isMultiline = statement.text.slice(where.start, where.end).includes('\n');
  const texts = kept.flatMap(({ expression: { node } }) => {
    const range = statement.rangeOf(node.type, node.fields);
    if (!range) return [];
    const text = applyEdits(statement.text, range, usesOf(node));
    return [node.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR' ? `(${text})` : text];
  });
  // Parentheses around the whole belong to no node.
  const end = outerEnd(statement.text, where.end);
  if (texts.length === 0) return [{ range: { start: fromRange.end, end }, text: '' }];
  const keyword = /\bwhere\b/i.exec(statement.text.slice(fromRange.end, where.start));
  const start = keyword ? fromRange.end + keyword.index : where.start;
  return [{ range: { start, end }, text: `WHERE ${texts.join(isMultiline ? '\n  AND ' : ' AND ')}` }];
}

function rangeOf({ statement }: Aggregation, tree: unknown): SourceRange | undefined {
  const node = unwrap(tree);
  return node && statement.rangeOf(node.type, node.fields);
}

function columnOf({ dimensions }: ViewDesign, key: string): string {
  return dimensions.find(each => each.key === key)?.column ?? key;
}

function measureColumn({ measures }: ViewDesign, key: string): string {
  return measures.find(({ measure }) => measure.key === key)?.column ?? key;
}

/** What a reader of the rewritten statement should know beside the age of the rows. */
export function differencesOf(aggregation: Aggregation, { dimensions, inner }: ViewDesign): string[] {
  const { aggregates, select, groups, conditions } = aggregation;
  const found = new Set(aggregates.flatMap(({ rolledUp }) => rolledUp.difference ?? []));
  const known = new Map(dimensions.map(each => [each.key, each]));
  const compared = conditions
    .filter(({ expression }) => !inner.has(expression.key))
    .flatMap(({ expression }) => usesIn(aggregation, expression.node, known) ?? []);
  const used = new Set([...groups, ...compared].map(({ key }) => key));
  const zoned = dimensions.some(
    ({ key, expression: { node, columns } }) =>
      used.has(key) &&
      node.type !== 'ColumnRef' &&
      (functionName(node.fields) === 'date_trunc' ||
        node.type === 'TypeCast' ||
        functionName(node.fields) === 'date') &&
      columns.some(({ column }) => column.type === 'timestamp with time zone'),
  );
  if (zoned)
    found.add('days and hours are cut in the TimeZone of the session that refreshes the view, not of the reader');
  if (select.limitCount !== undefined) found.add('rows that tie in ORDER BY may be others within its LIMIT');
  return [...found];
}

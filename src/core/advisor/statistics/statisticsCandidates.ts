import type { Relation } from '../../catalog/catalog';
import type { PlanNode } from '../../plan/planTree';
import { columnsIn } from '../../rules/plan/support/conditions';
import { createStatistics, MOST_STATISTICS_COLUMNS, statisticsName } from '../../rules/plan/support/createStatistics';
import { contains, functionName, list, operatorOf } from '../../rules/support/expressions';
import type { NodeFields } from '../../rules/nodeIndex';
import type { Grammar } from '../../sql/grammar';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql/identifiers';
import { parseStatement } from '../../sql/parseStatement';
import { unwrap, walk, type TypedNode } from '../../sql/walk';

/** Statistics that could be kept. Each change is followed by ANALYZE of the table. */
export interface StatisticsCandidate {
  readonly kind: 'extended statistics' | 'statistics target';
  readonly title: string;
  readonly sql: readonly string[];
  readonly inverse: readonly string[];
  /** A query of one boolean: true once it stands. */
  readonly isDone: string;
  /** What the planner would know then, in a sentence. */
  readonly why: string;
}

/** Values and buckets kept of a column; 100 unless set (default_statistics_target), 10,000 at most. */
const RAISED_TARGET = 1000;
/** Cast by the planner itself, without a change of the value: statistics of the column hold. */
const SAME_VALUE = /^(?:text|varchar|bpchar|numeric|int4|int8|timestamptz?|date)$/;

/** What could correct the estimate of a scan's conditions. */
export function scanCandidates(
  grammar: Grammar,
  scan: PlanNode,
  relation: Relation,
  where: string,
): StatisticsCandidate[] {
  const expressions = expressionsIn(grammar, where);
  const columns = columnsIn(where, scan, relation);
  const candidates: StatisticsCandidate[] = [];
  for (const expression of expressions) {
    if (!isKnown(relation, [expression])) candidates.push(expressionStatistics(scan, relation, expression));
  }
  if (columns.length > 1 && columns.length <= MOST_STATISTICS_COLUMNS && !isKnown(relation, columns)) {
    candidates.push(together(scan, relation, columns, 'which values of them come together'));
    candidates.push(dependencies(scan, relation, columns));
  }
  if (expressions.length === 0 && columns.length === 1) candidates.push(raisedTarget(relation, columns[0]!));
  return candidates;
}

/** What could correct the number of groups. */
export function groupCandidates(
  grammar: Grammar,
  scan: PlanNode,
  relation: Relation,
  keys: readonly string[],
): StatisticsCandidate[] {
  const expressions = keys.flatMap(key => (isColumn(grammar, key) ? [] : [unqualified(grammar, key)]));
  const columns = keys.filter(key => isColumn(grammar, key)).flatMap(key => columnsIn(key, scan, relation));
  if (expressions.length === 1 && columns.length === 0)
    return isKnown(relation, expressions) ? [] : [expressionStatistics(scan, relation, expressions[0]!)];
  if (expressions.length > 0) return [mixed(scan, relation, columns, expressions)];
  if (columns.length === 1) return [raisedTarget(relation, columns[0]!)];
  if (columns.length > MOST_STATISTICS_COLUMNS || isKnown(relation, columns)) return [];
  return [together(scan, relation, columns, 'how many combinations of them there are')];
}

function together(scan: PlanNode, relation: Relation, columns: readonly string[], what: string): StatisticsCandidate {
  return {
    kind: 'extended statistics',
    title: `Statistics on ${columns.join(', ')} together`,
    sql: createStatistics(scan, columns).map(text => text.replace(/;$/, '')),
    inverse: [drop(relation, statisticsName(scan, columns))],
    isDone: exists(statisticsName(scan, columns), relation),
    why: `The planner would know ${what}; without it takes them to be independent.`,
  };
}

/**
 * Alone they serve where there are too many combinations for a list of the common ones: the planner asks the list first,
 * and takes what is not in it for independent (backend/statistics/extended_stats.c).
 */
function dependencies(scan: PlanNode, relation: Relation, columns: readonly string[]): StatisticsCandidate {
  const all = together(scan, relation, columns, 'how far one of them says what another is');
  return {
    ...all,
    title: `Functional dependencies of ${columns.join(', ')}`,
    sql: all.sql.map(text => text.replace(/^(CREATE STATISTICS (?:"(?:[^"]|"")+"|\S+)) ON /, '$1 (dependencies) ON ')),
  };
}

function expressionStatistics(scan: PlanNode, relation: Relation, expression: string): StatisticsCandidate {
  const name = statisticsName(scan, [expression]);
  const table = quoteQualified(relation.schema === 'public' ? undefined : relation.schema, relation.name);
  return {
    kind: 'extended statistics',
    title: `Statistics on ${expression}`,
    sql: [`CREATE STATISTICS ${quoteIdentifier(name)} ON (${expression}) FROM ${table}`, `ANALYZE ${table}`],
    inverse: [drop(relation, name)],
    isDone: exists(name, relation),
    why: 'The planner would know the values of the expression; without it guesses.',
  };
}

function mixed(
  scan: PlanNode,
  relation: Relation,
  columns: readonly string[],
  expressions: readonly string[],
): StatisticsCandidate {
  const name = statisticsName(scan, [...columns, ...expressions]);
  const table = quoteQualified(relation.schema === 'public' ? undefined : relation.schema, relation.name);
  const parts = [...columns.map(quoteIdentifier), ...expressions.map(text => `(${text})`)].join(', ');
  return {
    kind: 'extended statistics',
    title: `Statistics on ${[...columns, ...expressions].join(', ')} together`,
    sql: [`CREATE STATISTICS ${quoteIdentifier(name)} ON ${parts} FROM ${table}`, `ANALYZE ${table}`],
    inverse: [drop(relation, name)],
    isDone: exists(name, relation),
    why: 'The planner would know how many combinations of them there are.',
  };
}

function raisedTarget(relation: Relation, column: string): StatisticsCandidate {
  const table = quoteQualified(relation.schema === 'public' ? undefined : relation.schema, relation.name);
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${quoteIdentifier(column)} SET STATISTICS`;
  return {
    kind: 'statistics target',
    title: `${RAISED_TARGET} values and buckets of ${column}`,
    sql: [`${alter} ${RAISED_TARGET}`, `ANALYZE ${table}`],
    inverse: [`${alter} -1`, `ANALYZE ${table}`],
    isDone: `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(${quoteLiteral(qualified(relation))}) AND attname = ${quoteLiteral(column)} AND attstattarget = ${RAISED_TARGET})`,
    why: `ANALYZE would keep ten times as many of its most common values as it does by default.`,
  };
}

/** Some statistics of that name on this table. */
function exists(name: string, relation: Relation): string {
  return `SELECT EXISTS (SELECT FROM pg_statistic_ext WHERE stxname = ${quoteLiteral(name)} AND stxrelid = to_regclass(${quoteLiteral(qualified(relation))}))`;
}

function qualified({ schema, name }: Relation): string {
  return quoteQualified(schema, name);
}

function drop(relation: Relation, name: string): string {
  return `DROP STATISTICS ${quoteQualified(relation.schema === 'public' ? undefined : relation.schema, name)}`;
}

function isKnown(relation: Relation, columns: readonly string[]): boolean {
  return relation.extendedStatistics?.some(known => columns.every(each => known.columns.includes(each))) ?? false;
}

/** Expressions that the conditions compare, without qualifiers: `lower(email)`, `(total * 2)`. */
function expressionsIn(grammar: Grammar, where: string): string[] {
  const statement = parseStatement(grammar, `SELECT 1 WHERE ${where}`);
  const found = new Set<string>();
  walk(statement.tree, (type, fields) => {
    if (type !== 'A_Expr' || fields.kind === 'AEXPR_OP_ANY') return undefined;
    if (isArithmetic(type, fields)) return undefined;
    for (const side of [fields.lexpr, fields.rexpr]) {
      const node = unwrap(side);
      if (!node || !isComputed(node)) continue;
      const range = statement.rangeOf(node.type, node.fields);
      if (range) found.add(unqualified(grammar, statement.text.slice(range.start, range.end)));
    }
    return false;
  });
  return [...found];
}

function isArithmetic(type: string, fields: NodeFields): boolean {
  if (type !== 'A_Expr' || fields.kind !== 'AEXPR_OP') return false;
  return /^(?:[-+*/%^|&#]|\|\||->|->>|#>|#>>|<<|>>)$/.test(operatorOf(fields) ?? '');
}

/** More than a column: a call, arithmetic, a cast that changes the value; with a column in it. */
function isComputed(node: TypedNode): boolean {
  const { type, fields } = node;
  const hasColumn = contains({ [type]: fields }, each => each === 'ColumnRef');
  if (!hasColumn || type === 'ColumnRef') return false;
  if (type === 'TypeCast') {
    const inner = unwrap(fields.arg);
    const names = (fields.typeName as { readonly names?: readonly unknown[] } | undefined)?.names ?? [];
    const target = String(unwrap(names.at(-1))?.fields.sval);
    return !(inner?.type === 'ColumnRef' && SAME_VALUE.test(target));
  }
  if (type === 'FuncCall') return !/^(?:now|random)$/.test(functionName(fields) ?? '');
  return isArithmetic(type, fields) || type === 'CoalesceExpr' || type === 'CaseExpr';
}

function isColumn(grammar: Grammar, text: string): boolean {
  const targets = unwrap(parseStatement(grammar, `SELECT ${text}`).tree)?.fields.targetList;
  return unwrap(unwrap(list(targets)[0])?.fields.val)?.type === 'ColumnRef';
}

/** The text with bare names of columns, as CREATE STATISTICS wants them. */
function unqualified(grammar: Grammar, text: string): string {
  const prefix = 'SELECT ';
  const statement = parseStatement(grammar, `${prefix}${text}`);
  const edits: { start: number; end: number }[] = [];
  walk(statement.tree, (type, fields) => {
    const parts = fields.fields as readonly unknown[] | undefined;
    const range = type === 'ColumnRef' && parts && parts.length > 1 ? statement.rangeOf(type, fields) : undefined;
    if (!range) return;
    const last = String(unwrap(parts?.at(-1))?.fields.sval ?? '');
    const written = statement.text.slice(range.start, range.end);
    edits.push({ start: range.start, end: range.start + written.length - quoteIdentifier(last).length });
  });
  let result = statement.text;
  for (const { start, end } of edits.sort((a, b) => b.start - a.start))
    result = result.slice(0, start) + result.slice(end);
  return result.slice(prefix.length);
}

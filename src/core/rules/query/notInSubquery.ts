import { quoteIdentifier } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { RuleContext } from '../defineRule';
import {
  asColumn,
  filteredQuery,
  fromTables,
  list,
  readsOnlySystemTables,
  resolveColumn,
} from '../support/expressions';
import type { ColumnName } from '../support/expressions';
import type { Fix } from '../finding';
import type { NodeMatch } from '../nodeIndex';
import { saidNotNull } from '../support/saidNotNull';

export const notInSubquery = defineRule({
  id: 'query/not-in-subquery',
  since: '0.1.0',
  severity: 'warning',
  title: 'NOT IN with a subquery',
  nodes: ['SubLink'],
  docs: {
    problem:
      '`x NOT IN (SELECT y ...)` is never true once the subquery yields a single NULL: the query then returns no rows at all.',
    why: 'Because of that NULL rule PostgreSQL (through version 18) does not turn it into an anti join. It builds a hash of the whole subquery, and when that does not fit `work_mem` it runs the subquery again for each row.',
    whenToIgnore: 'Both columns are NOT NULL and the subquery is known to stay small.',
  },
  messages: {
    mayBeNull:
      'NOT IN returns no rows if the subquery yields a NULL, and cannot become an anti join; NOT EXISTS has neither problem.',
    notNull: 'NOT IN over a subquery cannot become an anti join; NOT EXISTS can.',
  },
  examples: [
    {
      title: 'rows of one table without a match in the other',
      bad: 'SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM banned)',
      flags: 'customer_id NOT IN (SELECT id FROM banned)',
      fixed: 'SELECT id FROM orders WHERE NOT EXISTS (SELECT 1 FROM banned WHERE banned.id = orders.customer_id)',
    },
    {
      title: 'the subquery has its own condition',
      bad: "DELETE FROM frames f WHERE f.camera_id NOT IN (SELECT c.id FROM cameras c WHERE c.status = 'on' OR c.kept)",
      flags: "f.camera_id NOT IN (SELECT c.id FROM cameras c WHERE c.status = 'on' OR c.kept)",
      fixed:
        "DELETE FROM frames f WHERE NOT EXISTS (SELECT 1 FROM cameras c WHERE (c.status = 'on' OR c.kept) AND c.id = f.camera_id)",
    },
    {
      title: 'the same question as an anti join',
      good: 'SELECT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM banned b WHERE b.id = o.customer_id)',
    },
    { title: 'a list of values', good: "SELECT id FROM orders WHERE status NOT IN ('paid', 'shipped')" },
    {
      title: 'IN plans the same as EXISTS',
      good: 'SELECT id FROM orders WHERE customer_id IN (SELECT id FROM banned)',
    },
    {
      title: "the server's own catalogs, which are small",
      good: 'SELECT name FROM pg_available_extensions WHERE name NOT IN (SELECT extname FROM pg_extension)',
    },
    {
      title: 'a list spelled as VALUES',
      good: "SELECT id FROM orders WHERE status NOT IN (VALUES ('paid'), ('shipped'))",
    },
  ],
  check(context) {
    for (const link of context.find('SubLink')) {
      const negation = link.parent;
      if (link.fields.subLinkType !== 'ANY_SUBLINK' || link.fields.operName || negation?.type !== 'BoolExpr') continue;
      if (negation.fields.boolop !== 'NOT_EXPR') continue;
      const outer = filteredQuery(negation);
      const inner = context.find('SelectStmt').find(query => query.parent === link);
      if (!outer || !inner || inner.fields.valuesLists || readsOnlySystemTables(inner)) continue;
      const sides = columnsCompared(link, inner);
      const outerKnown = sides && resolveColumn(outer, sides.outer, context.catalog);
      const innerKnown = sides && resolveColumn(inner, sides.inner, context.catalog);
      const notNull = outerKnown?.column.notNull === true && innerKnown?.column.notNull === true;
      const facts = [outerKnown, innerKnown].flatMap(known => (known ? saidNotNull(known) : []));
      const noNullInside = notNull || innerKnown?.column.notNull === true || leavesOutNulls(inner, sides?.inner);
      context.report({
        at: context.rangeOf(negation),
        message: noNullInside ? 'notNull' : 'mayBeNull',
        ...(noNullInside && { severity: 'info' as const }),
        fixes: sides ? existsFix(context, negation, outer, inner, sides, notNull ? facts : undefined) : [],
      });
    }
  },
});

interface Sides {
  readonly outer: ColumnName;
  readonly inner: ColumnName;
}

/** True if the subquery itself says `column IS NOT NULL`. */
function leavesOutNulls(inner: NodeMatch, column: ColumnName | undefined): boolean {
  const where = unwrap(inner.fields.whereClause);
  const conditions =
    where?.type === 'BoolExpr' && where.fields.boolop === 'AND_EXPR'
      ? list(where.fields.args)
      : [inner.fields.whereClause];
  return conditions.some(condition => {
    const test = unwrap(condition);
    return (
      test?.type === 'NullTest' &&
      test.fields.nulltesttype === 'IS_NOT_NULL' &&
      asColumn(test.fields.arg)?.name === column?.name
    );
  });
}

function columnsCompared(link: NodeMatch, inner: NodeMatch): Sides | undefined {
  const targets = list(inner.fields.targetList);
  const outer = asColumn(link.fields.testexpr);
  const innerColumn = asColumn(unwrap(targets[0])?.fields.val);
  return targets.length === 1 && outer && innerColumn ? { outer, inner: innerColumn } : undefined;
}

/** Clauses after which one more condition in WHERE would mean something else. */
const BLOCKING = [
  'groupClause',
  'havingClause',
  'limitCount',
  'limitOffset',
  'windowClause',
  'withClause',
  'larg',
  'sortClause',
];

function existsFix(
  {
    statement,
    rangeOf,
    find,
  }: Pick<RuleContext<Readonly<Record<string, string>>, never>, 'statement' | 'rangeOf' | 'find'>,
  negation: NodeMatch,
  outer: NodeMatch,
  inner: NodeMatch,
  sides: Sides,
  notNull: readonly string[] | undefined,
): Fix[] {
  if (BLOCKING.some(clause => inner.fields[clause] !== undefined)) return [];
  const innerFrom = fromTables(inner);
  const outerFrom = fromTables(outer);
  const innerTable = innerFrom.tables[0];
  const outerTable = outerFrom.tables[0];
  if (innerFrom.others > 0 || innerFrom.tables.length !== 1 || !innerTable || !outerTable) return [];
  const innerName = innerTable.alias ?? innerTable.name;
  const outerName =
    sides.outer.qualifier ??
    (outerFrom.tables.length === 1 && outerFrom.others === 0 ? (outerTable.alias ?? outerTable.name) : undefined);
  if (outerName === undefined || outerName === innerName) return [];
  if (sides.inner.qualifier !== undefined && sides.inner.qualifier !== innerName) return [];

  const relation = find('RangeVar').find(range => range.parent === inner);
  if (!relation) return [];
  const from = statement.rangeOf('RangeVar', relation.fields);
  const where = find('SelectStmt').includes(inner) ? inner.fields.whereClause : undefined;
  const whole = unwrap(where);
  const whereRange = whole && statement.rangeOf(whole.type, whole.fields);
  const at = rangeOf(negation);
  if (!from || (where !== undefined && !whereRange)) return [];
  const match = `${quoteIdentifier(innerName)}.${quoteIdentifier(sides.inner.name)} = ${quoteIdentifier(outerName)}.${quoteIdentifier(sides.outer.name)}`;
  const kept = whereRange ? statement.text.slice(whereRange.start, whereRange.end) : '';
  const isOr = whole?.type === 'BoolExpr' && whole.fields.boolop === 'OR_EXPR';
  const table = statement.text.slice(from.start, from.end);
  const alias = innerTable.alias !== undefined && !/\s/.test(table) ? ` ${quoteIdentifier(innerTable.alias)}` : '';
  const condition = kept === '' ? match : `${isOr ? `(${kept})` : kept} AND ${match}`;
  return [
    {
      title: 'Rewrite as NOT EXISTS',
      // Without NULLs on either side both forms keep the same rows.
      safe: notNull !== undefined,
      ...(notNull && { facts: notNull }),
      edits: [{ range: at, newText: `NOT EXISTS (SELECT 1 FROM ${table}${alias} WHERE ${condition})` }],
    },
  ];
}

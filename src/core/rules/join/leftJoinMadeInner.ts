import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { functionName, list, operatorOf } from '../support/expressions';
import type { Fix } from '../finding';
import { fromItems } from '../support/fromItems';
import { conjuncts } from '../support/trees';
import type { FromItem } from '../support/fromItems';
import { itemColumn } from '../support/columnEqualities';
import { itemOf, leavesOf, mentionsIn } from '../support/mentions';
import { wordsBefore } from '../support/words';

export const leftJoinMadeInner = defineRule({
  id: 'join/left-join-made-inner',
  since: '0.2.0',
  severity: 'info',
  title: 'LEFT JOIN undone by WHERE',
  nodes: ['JoinExpr'],
  docs: {
    problem:
      'The WHERE clause compares a column of the optional side. Rows without a match have NULL there and are dropped.',
    why: 'The LEFT JOIN works as an inner join. If the rows without a match were wanted (a count of zero, for one), they are missing: then the condition belongs in ON.',
    whenToIgnore: 'Never: write JOIN if unmatched rows are not wanted.',
  },
  messages: {
    inner: 'This drops the rows the LEFT JOIN of {table} keeps: write JOIN, or move the condition into its ON.',
    grouped:
      'This drops the groups without a row in {table}, which the LEFT JOIN is there to keep: move it into its ON, or write JOIN.',
    orNull:
      'This keeps {left} without any row in {table}, but drops those that have only rows which fail it: move the condition into ON.',
  },
  examples: [
    {
      title: 'groups without a match vanish',
      bad: "SELECT a.id, count(t.id) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id WHERE t.created_at >= now() - interval '1 day' GROUP BY a.id",
      flags: "t.created_at >= now() - interval '1 day'",
      fixed:
        "SELECT a.id, count(t.id) FROM agents a JOIN agent_tasks t ON t.agent_id = a.id WHERE t.created_at >= now() - interval '1 day' GROUP BY a.id",
    },
    {
      title: 'a filter on the optional side',
      bad: "SELECT o.id FROM orders o LEFT OUTER JOIN customers c ON c.id = o.customer_id WHERE o.total > 5 AND c.country = 'VN'",
      flags: "c.country = 'VN'",
      fixed:
        "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 5 AND c.country = 'VN'",
    },
    {
      title: 'rows without a match',
      good: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL',
    },
    {
      title: 'IS NULL for the missing row, in a count per group',
      bad: 'SELECT a.id, count(t.id) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id WHERE t.created_at IS NULL OR t.created_at >= $1 GROUP BY a.id',
      flags: 't.created_at IS NULL OR t.created_at >= $1',
    },
    {
      title: 'the time a row was made, which may be NULL only by its declaration',
      schema: 'CREATE TABLE agents (id int); CREATE TABLE agent_tasks (agent_id int, created_at timestamptz);',
      bad: 'SELECT a.id, count(t.created_at) FROM agents a LEFT JOIN agent_tasks t ON t.agent_id = a.id WHERE t.created_at IS NULL OR t.created_at >= $1 GROUP BY a.id',
      flags: 't.created_at IS NULL OR t.created_at >= $1',
    },
    {
      title: 'a column that may be NULL by itself',
      good: 'SELECT a.id, count(c.id) FROM agents a LEFT JOIN contracts c ON c.agent_id = a.id WHERE c.ends_on IS NULL OR c.ends_on > now() GROUP BY a.id',
    },
    {
      title: 'a default for the missing row',
      good: "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE coalesce(c.country, 'VN') = 'VN'",
    },
    {
      title: 'the missing row is allowed',
      good: "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.country = 'VN' OR c.id IS NULL",
    },
    {
      title: 'the condition in ON',
      good: "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.country = 'VN' WHERE o.total > 5",
    },
    {
      title: 'a comparison that knows NULL',
      good: "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.country IS DISTINCT FROM 'VN'",
    },
    {
      title: 'a filter on the kept side',
      good: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.total > 5',
    },
    {
      title: 'an optional filter',
      good: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE ($1 IS NULL OR c.country = $1)',
    },
  ],
  check({ statement, catalog, find, report }) {
    for (const query of find('SelectStmt')) {
      const conditions = conjuncts(query.fields.whereClause);
      if (conditions.length === 0) continue;
      const items = fromItems(query, catalog);
      for (const item of items) {
        if (item.combination !== 'left' || !item.join) continue;
        const optional = leavesOf(item.join.rarg, items);
        const strict = conditions.find(condition => isStrict(condition, optional, items));
        const node = unwrap(strict);
        const at = node && statement.rangeOf(node.type, node.fields);
        if (!at) {
          const half = query.fields.groupClause && conditions.find(each => isNullOrFilter(each, item, items));
          const found = unwrap(half);
          const range = found && statement.rangeOf(found.type, found.fields);
          const values = { left: items[0]?.name ?? 'rows', table: item.name ?? 'the optional side' };
          if (range) report({ at: range, message: 'orNull', values });
          continue;
        }
        const grouped =
          query.fields.groupClause !== undefined && isGroupedByOthers(query.fields.groupClause, optional, items);
        report({
          at,
          message: grouped ? 'grouped' : 'inner',
          values: { table: item.name ?? 'the optional side' },
          ...(grouped && { severity: 'warning' as const }),
          fixes: innerJoin(statement, item),
        });
      }
    }
  },
});

/** True if no key of the groups comes from the optional side. */
function isGroupedByOthers(keys: unknown, optional: readonly FromItem[], items: readonly FromItem[]): boolean {
  const { items: named, hasUnknown } = mentionsIn(keys, items);
  return named.size > 0 && !hasUnknown && !optional.some(item => named.has(item));
}

/** Both forms drop the same rows, and the planner itself makes the one of the other. */
function innerJoin(statement: ParsedStatement, { type, fields }: FromItem): Fix[] {
  const range = statement.rangeOf(type, fields);
  const words = range && wordsBefore(statement.text, range.start, /left(?:\s+outer)?\s+join/i);
  if (!words) return [];
  const written = statement.text.slice(words.start, words.end);
  const newText = written.endsWith('join') ? 'join' : 'JOIN';
  return [{ title: 'Write JOIN', safe: true, edits: [{ range: words, newText }] }];
}

/** When a row was made: hardly ever NULL, though few declare it NOT NULL. */
const CREATION = /^(?:created|created_at|inserted_at)$/;
/** Names of columns that are NULL in hardly any row of their table. */
const SELDOM_NULL = /^(?:id|.*_id|created|created_at|inserted_at)$/;

/** `t.created_at IS NULL OR t.created_at >= x`, with a column that is only NULL for the lack of a row. */
function isNullOrFilter(condition: unknown, item: FromItem, items: readonly FromItem[]): boolean {
  const node = unwrap(condition);
  const args = node?.type === 'BoolExpr' && node.fields.boolop === 'OR_EXPR' ? list(node.fields.args) : [];
  const test = args.map(unwrap).find(arg => arg?.type === 'NullTest' && arg.fields.nulltesttype === 'IS_NULL');
  const column = itemColumn(test?.fields.arg, items);
  if (args.length !== 2 || column?.item !== item) return false;
  const known = item.relation?.columns.find(each => each.name === column.name);
  const isNeverNull = known ? known.notNull || CREATION.test(known.name) : SELDOM_NULL.test(column.name);
  const other = unwrap(args.find(arg => unwrap(arg) && unwrap(arg)!.fields !== test?.fields));
  const compared = other?.type === 'A_Expr' ? itemColumn(other.fields.lexpr, items) : undefined;
  return isNeverNull && compared?.item === item && compared.name === column.name;
}

/** Built-in operators that yield NULL for a NULL. */
const STRICT_OPERATORS: ReadonlySet<string> = new Set(
  '= <> < > <= >= ~~ ~~* !~~ !~~* ~ ~* !~ !~* @> <@ && @@ ? ?| ?&'.split(' '),
);
const STRICT_KINDS: ReadonlySet<unknown> = new Set(
  'AEXPR_OP AEXPR_IN AEXPR_LIKE AEXPR_ILIKE AEXPR_SIMILAR AEXPR_BETWEEN AEXPR_OP_ANY'.split(' '),
);
const STRICT_FUNCTIONS: ReadonlySet<string> = new Set(
  'lower upper trim btrim ltrim rtrim length date date_trunc date_part extract abs round to_char'.split(' '),
);

/** True if the condition is not true whenever all columns of the optional items are NULL. */
function isStrict(condition: unknown, optional: readonly FromItem[], items: readonly FromItem[]): boolean {
  const node = unwrap(condition);
  if (!node) return false;
  const { type, fields } = node;
  const isNull = (side: unknown): boolean => isNullIfMissing(side, optional, items);
  switch (type) {
    case 'BoolExpr': {
      const args = list(fields.args);
      if (fields.boolop === 'AND_EXPR') return args.some(arg => isStrict(arg, optional, items));
      if (fields.boolop === 'OR_EXPR') return args.every(arg => isStrict(arg, optional, items));
      // `NOT (NULL = ANY ('{}'))` is true.
      return unwrap(args[0])?.fields.kind !== 'AEXPR_OP_ANY' && isNull(args[0]);
    }
    case 'NullTest':
      return fields.nulltesttype === 'IS_NOT_NULL' && unwrap(fields.arg)?.type === 'ColumnRef' && isNull(fields.arg);
    case 'BooleanTest':
      return (fields.booltesttype === 'IS_TRUE' || fields.booltesttype === 'IS_FALSE') && isNull(fields.arg);
    case 'SubLink':
      return fields.subLinkType === 'ANY_SUBLINK' && isNull(fields.testexpr);
    default:
      return isNull(condition);
  }
}

/** True if the expression is certainly NULL for a row without a match. */
function isNullIfMissing(expression: unknown, optional: readonly FromItem[], items: readonly FromItem[]): boolean {
  const node = unwrap(expression);
  if (!node) return false;
  const { type, fields } = node;
  switch (type) {
    case 'ColumnRef': {
      const item = itemOf(fields, items);
      // An alias alone is a whole row, of which IS NOT NULL and comparisons ask other questions.
      return item !== undefined && item !== null && optional.includes(item) && list(fields.fields).length > 1;
    }
    case 'TypeCast':
    case 'CollateClause':
      return isNullIfMissing(fields.arg, optional, items);
    case 'FuncCall':
      return (
        STRICT_FUNCTIONS.has(functionName(fields) ?? '') &&
        list(fields.args).some(arg => isNullIfMissing(arg, optional, items))
      );
    case 'A_Expr': {
      const operator = operatorOf(fields) ?? '';
      const isTest = STRICT_KINDS.has(fields.kind) && STRICT_OPERATORS.has(operator.toLowerCase());
      const isBetween = fields.kind === 'AEXPR_BETWEEN';
      const isArithmetic = fields.kind === 'AEXPR_OP' && ['+', '-', '*', '/', '%', '->', '->>'].includes(operator);
      if (!isTest && !isArithmetic && !isBetween) return false;
      // An empty list or array makes IN and ANY false and not NULL, which drops the row all the same.
      const right = fields.kind === 'AEXPR_OP' && isNullIfMissing(fields.rexpr, optional, items);
      return right || isNullIfMissing(fields.lexpr, optional, items);
    }
    default:
      return false;
  }
}

import { findRelation } from '../../catalog/catalog';
import type { Relation } from '../../catalog/catalog';
import type { NodeFields } from '../../rules/nodeIndex';
import { asColumn, asTable, contains, functionName, list, operatorOf } from '../../rules/support/expressions';
import { isSmallTable } from '../../rules/support/tableSize';
import { hasInheritanceChildren } from '../../rules/support/uniqueness';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRewrite, needsChecking } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { freshName, takenNames } from './support/names';

/**
 * Rows written in one transaction. Some hundred milliseconds of work, during which each of them is locked; a convention
 * of tools that do this.
 */
const BATCH_ROWS = 10_000;

/** UPDATE and DELETE that write most of a table, as transactions of some thousand rows. */
export const writeInBatches = defineRewrite({
  id: 'write-in-batches',
  title: 'Write in batches, each in a transaction of its own',
  why: 'One statement locks every row it writes until the last is written, keeps VACUUM from removing what dies meanwhile, and a failure undoes all of it. In batches by the key each row is locked for a moment, and VACUUM can follow.',
  nodes: ['UpdateStmt', 'DeleteStmt'],
  find: context =>
    context.statement.kind === 'UpdateStmt' || context.statement.kind === 'DeleteStmt' ? rewrite(context) : [],
});

function rewrite(context: RewriteContext): FoundRewrite[] {
  const { statement, catalog, body, thresholds } = context;
  const node = unwrap(statement.tree);
  if (!node || !catalog || body || statement.placeholders.length > 0 || statement.text.includes('$batches$')) return [];
  const { fields } = node;
  const isUpdate = node.type === 'UpdateStmt';
  const table = asTable((fields.relation ?? {}) as NodeFields);
  const relation = findRelation(catalog, table.name, table.schema);
  if (OTHER_CLAUSES.some(clause => fields[clause] !== undefined) || !relation || isSmallTable(relation, thresholds))
    return [];
  const key = keyOf(relation);
  const name = table.alias ?? table.name;
  if (!key || hasInheritanceChildren(catalog, relation) || !writesMuch(fields, isUpdate)) return [];
  const changed = list(fields.targetList).map(target => unwrap(target)?.fields.name);
  // A key that changes could come by again.
  if (changed.includes(key) || changed.includes(undefined)) return [];
  const tableRange = statement.rangeOf('RangeVar', fields.relation as object);
  const where = rangeOfTree(statement, fields.whereClause);
  if (!tableRange || (fields.whereClause !== undefined && !where)) return [];
  const { text } = statement;
  const taken = takenNames(context);
  relation.columns.forEach(column => taken.add(column.name));
  const first = freshName('first_key', taken);
  const last = freshName('last_key', taken);
  const batch = freshName('batch', taken);
  const column = quoteIdentifier(key);
  const full = quoteQualified(relation.schema, relation.name);
  const whole = unwrap(fields.whereClause);
  const isOr = whole?.type === 'BoolExpr' && whole.fields.boolop === 'OR_EXPR';
  const condition = where && text.slice(where.start, where.end);
  const inBatch = `${quoteIdentifier(name)}.${column} BETWEEN ${first} AND ${last}`;
  const kept = condition === undefined ? '' : ` AND ${isOr ? `(${condition})` : condition}`;
  const head = where ? text.slice(0, where.start).replace(/\s*where[\s(]*$/i, '') : text;
  const script = [
    'DO $batches$',
    'DECLARE',
    `  ${first} ${full}.${column}%TYPE := (SELECT ${column} FROM ${full} ORDER BY ${column} LIMIT 1);`,
    `  ${last} ${full}.${column}%TYPE;`,
    'BEGIN',
    `  WHILE ${first} IS NOT NULL LOOP`,
    `    ${last} := (SELECT ${column} FROM (SELECT ${column} FROM ${full} WHERE ${column} >= ${first} ORDER BY ${column} LIMIT ${BATCH_ROWS}) AS ${batch} ORDER BY ${column} DESC LIMIT 1);`,
    `    ${head}`,
    `    WHERE ${inBatch}${kept};`,
    '    COMMIT;',
    `    ${first} := (SELECT ${column} FROM ${full} WHERE ${column} > ${last} ORDER BY ${column} LIMIT 1);`,
    '  END LOOP;',
    'END',
    '$batches$',
  ].join('\n');
  return [
    {
      range: { start: 0, end: tableRange.end },
      edits: [{ range: { start: 0, end: text.length }, newText: script }],
      equality: needsChecking(
        'it is no longer one transaction: what is written stays when a later batch fails, others see it half done, and it cannot run within BEGIN',
        'rows that come or change meanwhile are written or not, depending on where their key lies',
        ...(isTimeDependent(fields) ? ['now() is another time in each batch'] : []),
      ),
    },
  ];
}

/** A single column that is NOT NULL and has a btree of its own. */
function keyOf(relation: Relation): string | undefined {
  if (relation.kind !== 'table') return undefined;
  const primary = relation.constraints.find(({ kind, columns }) => kind === 'primary key' && columns.length === 1);
  return primary?.columns[0];
}

/** All rows; or for DELETE those on one side of a bound, as everything older than some days. */
function writesMuch(fields: NodeFields, isUpdate: boolean): boolean {
  if (fields.whereClause === undefined) return true;
  const conditions = conjuncts(fields.whereClause);
  return !isUpdate && conditions.length > 0 && conditions.every(isBound);
}

function isBound(condition: unknown): boolean {
  const node = unwrap(condition);
  const isOrder =
    node?.type === 'A_Expr' && node.fields.kind === 'AEXPR_OP' && /^[<>]=?$/.test(operatorOf(node.fields) ?? '');
  return isOrder && (asColumn(node.fields.lexpr) !== undefined || asColumn(node.fields.rexpr) !== undefined);
}

function isTimeDependent(fields: NodeFields): boolean {
  return contains(
    [fields.targetList, fields.whereClause],
    (type, own) =>
      type === 'SQLValueFunction' ||
      (type === 'FuncCall' &&
        ['now', 'transaction_timestamp', 'statement_timestamp'].includes(functionName(own) ?? '')),
  );
}

const OTHER_CLAUSES = ['fromClause', 'usingClause', 'withClause', 'returningClause', 'returningList'];

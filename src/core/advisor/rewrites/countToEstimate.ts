import { findRelation } from '../../catalog/catalog';
import { fromTables, functionName, list } from '../../rules/support/expressions';
import { isBigTable, sizeEvidence } from '../../rules/support/tableSize';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import { defineRewrite, needsChecking } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import type { NodeMatch } from '../../rules/nodeIndex';

/** `SELECT count(*) FROM frames`, where about how many will do. */
export const countToEstimate = defineRewrite({
  id: 'count-to-estimate',
  title: 'Read the estimate of the number of rows',
  why: 'PostgreSQL keeps no exact number of rows, so counting reads the table or a whole index. The estimate that ANALYZE, VACUUM and CREATE INDEX leave in pg_class is one row.',
  nodes: ['FuncCall'],
  mentions: /\bcount\b/i,
  find: context => context.find('FuncCall').flatMap(call => rewrite(call, context)),
});

function rewrite(call: NodeMatch, { catalog, statement, thresholds, rangeOf }: RewriteContext): FoundRewrite[] {
  const query = call.parent?.type === 'ResTarget' ? call.parent.parent : undefined;
  if (
    !catalog ||
    query?.type !== 'SelectStmt' ||
    functionName(call.fields) !== 'count' ||
    call.fields.agg_star !== true
  )
    return [];
  const { fields } = query;
  if (call.fields.over || call.fields.agg_filter || list(fields.targetList).length > 1) return [];
  if (OTHER_CLAUSES.some(clause => fields[clause] !== undefined)) return [];
  const { tables, others } = fromTables(query);
  const [table] = tables;
  const relation = table && findRelation(catalog, table.name, table.schema);
  if (tables.length > 1 || others > 0 || !relation || !isBigTable(relation, thresholds)) return [];
  // Of a partitioned table the estimate is that of ANALYZE, which nobody runs unasked; of a view there is none.
  const range = statement.rangeOf('SelectStmt', fields);
  if (relation.kind !== 'table' || !range || unwrap(list(fields.fromClause)[0])?.fields.inh !== true) return [];
  const alias = call.parent!.fields.name;
  const name = quoteIdentifier(typeof alias === 'string' ? alias : 'count');
  const literal = quoteLiteral(quoteQualified(relation.schema, relation.name));
  return [
    {
      range: rangeOf(call),
      edits: [{ range, newText: `SELECT reltuples::bigint AS ${name} FROM pg_class WHERE oid = ${literal}::regclass` }],
      equality: needsChecking(
        'the number is the estimate of the last VACUUM or ANALYZE and not exact, -1 if there was none',
        ...(catalog.relations.some(each => each.parents?.some(parent => parent.name === relation.name))
          ? ['rows of tables that inherit from it are not counted']
          : []),
      ),
      why: `${sizeEvidence(relation) ?? relation.name}. PostgreSQL keeps no exact number, so counting reads the table or a whole index; the estimate in pg_class is one row.`,
    },
  ];
}

const OTHER_CLAUSES = [
  'whereClause',
  'groupClause',
  'havingClause',
  'distinctClause',
  'sortClause',
  'limitCount',
  'limitOffset',
  'withClause',
  'intoClause',
  'larg',
];

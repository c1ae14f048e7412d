import { isAggregateCall } from '../../sql/aggregates';
import type { NodeMatch } from '../../rules/nodeIndex';
import { asColumn, contains, list } from '../../rules/support/expressions';
import { cteFence, cteReaders, filterOn, isPlainQuery } from '../../rules/support/cteFences';
import { isWithin } from '../../rules/support/trees';
import { outputName } from '../../sql/names/outputName';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, equalUnless, provablyEqual } from './rewrite';
import { insertion } from './support/clauses';
import { orderDependence } from './support/orderDependence';
import { cteWords } from './support/cteText';
import { isSteady } from './support/steady';

const SAME_ROWS = 'the WITH query gives the same rows however often it is run: no LIMIT, no sample, nothing volatile';

export const cteNotMaterialized = defineRewrite({
  id: 'cte-not-materialized',
  title: 'Let the filters into the WITH query',
  why: 'A WITH query that is kept whole is computed before the filters outside, and has no index. Merged into the query, each filter can use the indexes of its tables.',
  nodes: ['CommonTableExpr'],
  find(context) {
    // A row that waited for a lock is looked at again, and then so is what is merged with it.
    if (!hasMarkers(context) || context.statement.writes) return [];
    return context.find('CommonTableExpr').flatMap(cte => opened(context, cte) ?? []);
  },
});

/** Since PostgreSQL 12 a WITH query is merged where it is read once, and can be marked. */
function hasMarkers({ serverVersion }: RewriteContext): boolean {
  return serverVersion === undefined || serverVersion >= 120000;
}

function opened(context: RewriteContext, cte: NodeMatch): FoundRewrite | undefined {
  const fence = cteFence(context, cte);
  const words = cteWords(context.statement, cte);
  if (!fence || !words || !givesSameRows(context, cte)) return undefined;
  const { marker, afterAs } = words;
  if (fence.isMarked !== (marker !== undefined)) return undefined;
  const range = context.rangeOf(fence.filters[0]!);
  // Two readers may see different rows where the order decides which they are.
  const equality = equalUnless(orderDependence(context, cte), [SAME_ROWS]);
  const { text } = context.statement;
  if (!marker)
    return {
      title: `Let the filters into ${fence.name} with NOT MATERIALIZED`,
      range,
      edits: [insertion(afterAs, ' NOT MATERIALIZED')],
      equality,
    };
  const blanks = /^\s*/.exec(text.slice(marker.end))![0].length;
  return {
    title: `Let the filters into ${fence.name} ${fence.readers.length > 1 ? 'with NOT MATERIALIZED' : 'by leaving out MATERIALIZED'}`,
    range,
    edits:
      fence.readers.length > 1
        ? [insertion(marker.start, 'NOT ')]
        : [{ range: { start: marker.start, end: marker.end + blanks }, newText: '' }],
    equality,
  };
}

function givesSameRows({ catalog }: RewriteContext, cte: NodeMatch): boolean {
  const query = cte.fields.ctequery;
  return isSteady(query, catalog) && !contains(query, type => type === 'RangeTableSample');
}

export const cteMaterialized = defineRewrite({
  id: 'cte-materialized',
  title: 'Compute the WITH query once with MATERIALIZED',
  why: 'A WITH query that is read once is merged into the query around it, and what it computes is computed again wherever its column is named. MATERIALIZED computes it once for each row.',
  nodes: ['CommonTableExpr'],
  find(context) {
    if (!hasMarkers(context)) return [];
    return context.find('CommonTableExpr').flatMap(cte => kept(context, cte) ?? []);
  },
});

function kept(context: RewriteContext, cte: NodeMatch): FoundRewrite | undefined {
  const { statement } = context;
  const { ctename, ctematerialized, ctequery, aliascolnames } = cte.fields;
  const query = unwrap(ctequery);
  const readers = cteReaders(context, ctename);
  const [reader] = readers;
  if (ctematerialized !== 'CTEMaterializeDefault' || query?.type !== 'SelectStmt' || aliascolnames) return undefined;
  if (!reader || readers.length !== 1 || !isPlainQuery(query.fields) || !givesSameRows(context, cte)) return undefined;
  // A filter that goes in now is worth more.
  if (filterOn(context, reader)) return undefined;
  const costly = list(query.fields.targetList).find(target => {
    const output = unwrap(target)?.fields;
    if (!output || !isCostly(output.val)) return false;
    const name = typeof output.name === 'string' ? output.name : outputName(output.val);
    return timesNamed(context, cte, reader, name) >= 2;
  });
  const words = cteWords(statement, cte);
  if (!costly || !words || words.marker) return undefined;
  return {
    title: `Compute ${String(ctename)} once with MATERIALIZED`,
    range: context.rangeOf(cte),
    edits: [insertion(words.afterAs, ' MATERIALIZED')],
    equality: provablyEqual(SAME_ROWS),
  };
}

/** A subquery or a call: a column or an operator is not worth keeping. */
function isCostly(value: unknown): boolean {
  return contains(
    value,
    (type, fields) => type === 'SubLink' || (type === 'FuncCall' && !isAggregateCall(type, fields)),
  );
}

function timesNamed({ find }: RewriteContext, cte: NodeMatch, reader: NodeMatch, name: string): number {
  const alias = (reader.fields.alias as { readonly aliasname?: string } | undefined)?.aliasname;
  const own = alias ?? String(reader.fields.relname);
  return find('ColumnRef').filter(column => {
    const named = asColumn({ ColumnRef: column.fields });
    return named?.name === name && (named.qualifier ?? own) === own && !isWithin(column, cte);
  }).length;
}

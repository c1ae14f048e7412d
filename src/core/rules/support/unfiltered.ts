import type { SourceRange } from '../../base/sourceRange';
import { findRelation } from '../../catalog/catalog';
import type { Catalog } from '../../catalog/catalog';
import type { RuleContext } from '../defineRule';
import { filledNewColumn } from './backfill';
import { asTable, isSmall } from './expressions';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { fromItems, readsOneItem } from './fromItems';
import { isLookupQuery } from './lookups';

/**
 * Calls back for each UPDATE or DELETE without a condition, with the range from its first word to the table's name.
 * Tables that are new in this file or known to be small are left out, and what other rules have a better word for.
 */
export function reportUnfiltered(
  context: UnfilteredContext,
  type: 'UpdateStmt' | 'DeleteStmt',
  report: (at: SourceRange, table: string) => void,
): void {
  const { statement, catalog, file, find } = context;
  // ddl/backfill-with-schema-change says it.
  if (filledNewColumn(context)) return;
  for (const write of find(type)) {
    const relation = write.fields.relation as NodeFields | undefined;
    if (write.fields.whereClause !== undefined || !relation) continue;
    const table = asTable(relation);
    if (movesItsRows(write) || isForJoinRule(write, catalog)) continue;
    if (file.isCreatedBefore(table.name, table.schema)) continue;
    if (catalog && isSmall(findRelation(catalog, table.name, table.schema))) continue;
    const use = type === 'UpdateStmt' ? 'update' : 'delete';
    const named = statement.tables.find(reference => reference.use === use && reference.name === table.name);
    if (!named) continue;
    const before = statement.text.slice(0, named.range.start);
    const verb = /(?:update|delete\s+from)\s+(?:only\s+)?$/i.exec(before);
    report({ start: verb ? verb.index : named.range.start, end: named.range.end }, table.name);
  }
}

/** `WITH moved AS (DELETE ... RETURNING *) INSERT ...`: all rows are meant, and TRUNCATE returns none. */
function movesItsRows({ type, fields, parent }: NodeMatch): boolean {
  const returns = fields.returningClause !== undefined || fields.returningList !== undefined;
  return type === 'DeleteStmt' && returns && parent?.type === 'CommonTableExpr';
}

/** With other tables in FROM, whether they are tied to the target is what matters: join/write-not-bound-to-target. */
function isForJoinRule(write: NodeMatch, catalog: Catalog | undefined): boolean {
  if (readsOneItem(write)) return false;
  const others = fromItems(write, catalog).slice(1);
  return others.some(item => !item.isFew) && !others.some(isLookupQuery);
}

type UnfilteredContext = Pick<
  RuleContext<Readonly<Record<string, string>>, 'file'>,
  'statement' | 'catalog' | 'file' | 'find' | 'thresholds' | 'body'
>;

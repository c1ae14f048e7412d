import type { SourceRange } from '../../base/sourceRange';
import { findRelation } from '../../catalog/catalog';
import type { RuleContext } from '../defineRule';
import { asTable, isSmall } from './expressions';
import type { NodeFields } from '../nodeIndex';

/**
 * Calls back for each UPDATE or DELETE without a condition, with the range from its first word to the table's name.
 * Tables that are new in this file or known to be small are left out.
 */
export function reportUnfiltered(
  { statement, catalog, file, find }: UnfilteredContext,
  type: 'UpdateStmt' | 'DeleteStmt',
  report: (at: SourceRange, table: string) => void,
): void {
  for (const write of find(type)) {
    const relation = write.fields.relation as NodeFields | undefined;
    if (write.fields.whereClause !== undefined || !relation) continue;
    const table = asTable(relation);
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

type UnfilteredContext = Pick<
  RuleContext<Readonly<Record<string, string>>, 'file'>,
  'statement' | 'catalog' | 'file' | 'find'
>;

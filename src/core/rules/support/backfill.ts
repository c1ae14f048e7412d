import { unwrap } from '../../sql/walk';
import type { RuleContext } from '../defineRule';
import { TOPICS } from '../fileContext';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from './alterTable';
import { existingTable } from './existingTable';
import type { ExistingTable } from './existingTable';
import { asTable, list } from './expressions';

/** A column that an UPDATE fills in all rows of a table in use, in the file that adds it. */
export interface FilledColumn {
  readonly table: string;
  readonly column: string;
  readonly size: ExistingTable['size'];
}

/** Undefined where the file has transactions of its own: who writes BEGIN and COMMIT knows what runs together. */
export function filledNewColumn(
  context: Pick<
    RuleContext<Readonly<Record<string, string>>, 'file'>,
    'statement' | 'catalog' | 'file' | 'thresholds' | 'body'
  >,
): FilledColumn | undefined {
  const { statement, file } = context;
  if (statement.kind !== 'UpdateStmt') return undefined;
  const update = unwrap(statement.tree)?.fields;
  const relation = update?.relation as NodeFields | undefined;
  if (!relation || file.earlier(TOPICS.transaction).length > 0 || !isUnlimited(update?.whereClause)) return undefined;
  const table = asTable(relation);
  const existing = existingTable(table, context);
  if (!existing) return undefined;
  const set = list(update?.targetList).map(target => unwrap(target)?.fields.name);
  const column = file
    .earlier(table.name)
    .flatMap(other => readAlterTable(other)?.commands ?? [])
    .filter(({ subtype }) => subtype === 'AT_AddColumn')
    .map(({ def }) => def?.fields.colname)
    .find(name => set.includes(name));
  return typeof column === 'string' ? { table: table.name, column, size: existing.size } : undefined;
}

/** No condition, or only that a column is (not) NULL: neither limits how many rows there are. */
function isUnlimited(condition: unknown): boolean {
  return condition === undefined || unwrap(condition)?.type === 'NullTest';
}

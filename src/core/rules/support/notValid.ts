import { quoteIdentifier } from '../../sql/identifiers';
import type { ParsedStatement } from '../../sql/statement';
import type { FileContext } from '../fileContext';
import type { Fix } from '../finding';
import type { AlterTable, TableCommand } from './alterTable';
import { insertion, spelledName } from './existingTable';

/** Splits ADD CONSTRAINT into a short step and one that reads the table while others go on. */
export function notValidFixes(
  statement: ParsedStatement,
  alter: AlterTable,
  { def, range }: TableCommand,
  file: FileContext,
): readonly Fix[] {
  const name = def?.fields.conname;
  if (typeof name !== 'string' || alter.commands.length > 1 || file.inTransaction) return [];
  const validate = `ALTER TABLE ${spelledName(statement, alter.table)} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`;
  return [
    {
      title: 'Add it NOT VALID and validate it afterwards',
      // If the second statement fails the constraint stays, not validated.
      safe: false,
      // The only action ends where the statement ends.
      edits: [insertion(range.end, ` NOT VALID;\n${validate}`)],
    },
  ];
}

import type { ParsedStatement } from '../../sql/statement';
import { TOPICS } from '../fileContext';
import type { FileContext } from '../fileContext';
import { readAlterTable } from './alterTable';
import type { TableCommand } from './alterTable';

/** After so many findings of one kind, one more tells nothing new: the file builds or loads a whole schema. */
const ENOUGH = 5;

/** True if enough of the schema changes right before a statement are of the kind, so that it has been said. */
export function isSaidBefore(
  file: FileContext,
  isOfKind: (statement: ParsedStatement) => boolean,
  enough: number = ENOUGH,
): boolean {
  let count = 0;
  for (const statement of file.earlier(TOPICS.change)) {
    if (isOfKind(statement) && ++count >= enough) return true;
  }
  return false;
}

/** The same for actions of ALTER TABLE. */
export function isActionSaidBefore(file: FileContext, isOfKind: (command: TableCommand) => boolean): boolean {
  return isSaidBefore(file, statement => readAlterTable(statement)?.commands.some(isOfKind) === true);
}

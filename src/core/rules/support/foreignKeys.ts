import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import type { RuleContext } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asTable, list, stringValue } from './expressions';
import type { TableName } from './expressions';

/** A foreign key as CREATE TABLE or ALTER TABLE writes it. */
export interface ForeignKeyDefinition {
  readonly columns: readonly string[];
  readonly references: TableName;
  /** Empty for the primary key of the referenced table. */
  readonly referenced: readonly string[];
  readonly onDelete: 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
  /** The columns of `ON DELETE SET NULL (column)`; all of them when empty. */
  readonly setColumns: readonly string[];
  readonly isMatchFull: boolean;
  readonly match: NodeMatch;
}

const ON_DELETE = { a: 'no action', r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' } as const;

/** The foreign keys a statement defines. */
export function foreignKeyDefinitions({
  find,
}: Pick<RuleContext<Readonly<Record<string, string>>, never>, 'find'>): ForeignKeyDefinition[] {
  return find('Constraint').flatMap(match => {
    const { fields } = match;
    if (fields.contype !== 'CONSTR_FOREIGN' || typeof fields.pktable !== 'object') return [];
    const named = names(fields.fk_attrs);
    const column = match.parent?.type === 'ColumnDef' ? match.parent.fields.colname : undefined;
    return [
      {
        columns: named.length > 0 ? named : typeof column === 'string' ? [column] : [],
        references: asTable(fields.pktable as NodeFields),
        referenced: names(fields.pk_attrs),
        onDelete: ON_DELETE[String(fields.fk_del_action ?? 'a') as keyof typeof ON_DELETE] ?? 'no action',
        setColumns: names(fields.fk_del_set_cols),
        isMatchFull: fields.fk_matchtype === 'f',
        match,
      },
    ];
  });
}

function names(value: unknown): string[] {
  return list(value).flatMap(item => stringValue(item) ?? []);
}

/** A clause of a constraint, `on delete set null`, looked for from where the constraint begins. */
export function clauseRange(statement: ParsedStatement, from: SourceRange, clause: RegExp): SourceRange {
  const found = clause.exec(statement.text.slice(from.start));
  if (!found) return from;
  const start = from.start + found.index;
  return { start, end: start + found[0].length };
}

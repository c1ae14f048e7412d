import type { SourceRange } from '../../base/sourceRange';
import { TokenKind, tokenize } from '../../sql/lexer';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { TypedNode } from '../../sql/walk';
import type { NodeFields } from '../nodeIndex';
import { asTable, list } from './expressions';
import type { TableName } from './expressions';

/** One action of an ALTER TABLE: `ADD COLUMN region text`. */
export interface TableCommand {
  /** PostgreSQL's name of it, `AT_AddColumn`. */
  readonly subtype: string;
  /** The column, constraint or trigger it names. */
  readonly name?: string;
  readonly def?: TypedNode;
  readonly fields: NodeFields;
  /** Its own words, from the verb to before the comma. */
  readonly range: SourceRange;
}

export interface AlterTable {
  readonly table: TableName;
  readonly commands: readonly TableCommand[];
}

const known = new WeakMap<ParsedStatement, AlterTable | null>();

/** The table and the actions of an ALTER TABLE; undefined for other statements, and for ALTER INDEX or ALTER VIEW. */
export function readAlterTable(statement: ParsedStatement): AlterTable | undefined {
  if (statement.kind !== 'AlterTableStmt') return undefined;
  const kept = known.get(statement);
  if (kept !== undefined) return kept ?? undefined;
  const read = readCommands(statement);
  known.set(statement, read ?? null);
  return read;
}

function readCommands(statement: ParsedStatement): AlterTable | undefined {
  const alter = unwrap(statement.tree)?.fields;
  const relation = alter?.relation as NodeFields | undefined;
  if (alter === undefined || relation === undefined || alter.objtype !== 'OBJECT_TABLE') return undefined;
  const nodes = list(alter.cmds).flatMap(command => unwrap(command) ?? []);
  const ranges = commandRanges(statement.text);
  const whole = { start: 0, end: statement.text.length };
  return {
    table: asTable(relation),
    commands: nodes.map(({ fields }, i) => {
      const def = unwrap(fields.def);
      return {
        subtype: String(fields.subtype),
        ...(typeof fields.name === 'string' && { name: fields.name }),
        ...(def && { def }),
        fields,
        range: (ranges.length === nodes.length ? ranges[i] : undefined) ?? whole,
      };
    }),
  };
}

/** The parts between the commas outside of parentheses, after the table's name. */
function commandRanges(text: string): SourceRange[] {
  const { kinds, starts, ends } = tokenize(text, { comments: false });
  const word = (i: number): string => (kinds[i] === undefined ? '' : text.slice(starts[i], ends[i]).toLowerCase());
  // ALTER TABLE [IF EXISTS] [ONLY] name [.name ...] [*]
  let at = 2;
  if (word(at) === 'if') at += 2;
  if (word(at) === 'only') at++;
  const parenthesised = word(at) === '(';
  at += parenthesised ? 2 : 1;
  while (word(at) === '.') at += 2;
  if (parenthesised || word(at) === '*') at++;
  const ranges: SourceRange[] = [];
  let depth = 0;
  let first = at;
  for (let i = at; i <= kinds.length; i++) {
    if (kinds[i] === TokenKind.punctuation) {
      if (/[([]/.test(word(i))) depth++;
      else if (/[)\]]/.test(word(i))) depth--;
    }
    if (i < kinds.length && !(depth === 0 && word(i) === ',')) continue;
    if (i > first) ranges.push({ start: starts[first]!, end: ends[i - 1]! });
    first = i + 1;
  }
  return ranges;
}

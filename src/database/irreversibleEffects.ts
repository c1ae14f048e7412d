import type { SourceRange } from '../core/base/sourceRange';
import { findRelation, type Catalog } from '../core/catalog/catalog';
import type { ParsedStatement } from '../core/sql/statement';

/** Something that a rollback does not take back. */
export interface IrreversibleEffect {
  /** One sentence for the question before measuring. */
  readonly text: string;
  /** In the statement; absent when it follows from the schema. */
  readonly range?: SourceRange;
}

/** Functions of PostgreSQL and its contrib modules that act outside the transaction. */
const FUNCTIONS: readonly (readonly [name: string, effect: string])[] = [
  ['nextval', 'uses up a sequence value'],
  ['setval', 'moves a sequence'],
  ['dblink\\w*', 'acts on another server, in a transaction of its own'],
  ['lo_export', 'writes a file on the server'],
  ['lo_import', 'reads a file on the server'],
  ['pg_file_write|pg_file_unlink|pg_file_rename', 'changes a file on the server'],
  ['pg_terminate_backend|pg_cancel_backend', 'interrupts another session'],
  ['pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_promote|pg_create_restore_point', 'acts on the whole server'],
  ['pg_stat_reset\\w*|pg_stat_statements_reset', 'erases statistics counters'],
  ['pg_logical_slot_get_\\w+|pg_replication_slot_advance', 'consumes changes of a replication slot'],
  ['pg_(?:create|drop|copy)_(?:physical_|logical_)?replication_slot', 'changes replication slots'],
  ['pg_logical_emit_message', 'may write a message to the WAL'],
  ['http(?:_get|_post|_put|_patch|_delete|_head)?', 'sends a request to another machine'],
];

const PATTERN = new RegExp(
  `(?<![\\w$"])(?:${FUNCTIONS.map(([name], i) => `(?<f${i}>${name})`).join('|')})\\s*\\(`,
  'gi',
);

/** Text that only looks like code: strings, quoted names, comments, dollar quotes. */
const QUOTED =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g;

/**
 * What stays although the measuring transaction is rolled back, as far as the statement's text and the schema show it.
 * A function of the user's own may do any of this unseen.
 */
export function irreversibleEffects(
  statement: Pick<ParsedStatement, 'text'> & Partial<Pick<ParsedStatement, 'tables'>>,
  catalog?: Catalog,
): IrreversibleEffect[] {
  const code = statement.text.replace(QUOTED, quoted => ' '.repeat(quoted.length));
  const effects: IrreversibleEffect[] = [];
  for (const match of code.matchAll(PATTERN)) {
    const index = FUNCTIONS.findIndex((_, i) => match.groups?.[`f${i}`] !== undefined);
    const name = match.groups?.[`f${index}`] ?? '';
    const range = { start: match.index, end: match.index + name.length };
    effects.push({ text: `${name} ${FUNCTIONS[index]?.[1] ?? ''}`, range });
  }
  const program = /\b(?:from|to)\s+program\b/i.exec(code);
  if (program && /^\s*copy\b/i.test(code)) {
    const range = { start: program.index, end: program.index + program[0].length };
    effects.push({ text: 'COPY … PROGRAM runs a program on the server', range });
  }
  for (const table of statement.tables ?? []) {
    if (table.use !== 'insert' || !catalog) continue;
    const relation = findRelation(catalog, table.name, table.schema);
    const column = relation?.columns.find(
      each => each.generated === 'identity' || each.defaultExpression?.startsWith('nextval('),
    );
    if (column) {
      effects.push({ text: `each inserted row uses up a value of the sequence of ${table.name}.${column.name}` });
    }
  }
  return effects;
}

import { Lexer, TokenKind } from '../../sql/lexer';
import { defineRule } from '../defineRule';

/** NAMEDATALEN - 1 */
const LIMIT_BYTES = 63;

export const truncatedIdentifier = defineRule({
  id: 'schema/truncated-identifier',
  since: '0.2.0',
  severity: 'warning',
  kinds: [
    'CreateStmt',
    'AlterTableStmt',
    'IndexStmt',
    'ViewStmt',
    'CreateTableAsStmt',
    'CreateFunctionStmt',
    'CreateTrigStmt',
    'CreateSeqStmt',
    'CreateEnumStmt',
    'CreateDomainStmt',
    'CreatePolicyStmt',
    'RenameStmt',
    'CreateSchemaStmt',
  ],
  title: 'Name longer than 63 bytes',
  docs: {
    problem: 'PostgreSQL cuts names off after 63 bytes and only gives a notice.',
    why: 'Two long names may become one, tools that compare names by text never find the object again, and IF NOT EXISTS may find another.',
    whenToIgnore: 'Never for new objects.',
  },
  messages: { cut: 'The name has {bytes} bytes and becomes {kept}.' },
  examples: [
    {
      title: 'an index named after all its columns',
      bad: 'CREATE INDEX idx_counting_results_on_camera_id_and_zone_id_and_created_at_where_active ON counting_results (camera_id)',
      flags: 'idx_counting_results_on_camera_id_and_zone_id_and_created_at_where_active',
    },
    { title: 'exactly 63 bytes', good: `CREATE INDEX ${'i'.repeat(63)} ON counting_results (camera_id)` },
    { title: 'a long text', good: `CREATE TABLE notes (id bigint PRIMARY KEY, body text DEFAULT '${'x'.repeat(80)}')` },
    { title: 'a long comment', good: `CREATE TABLE notes (id bigint PRIMARY KEY /* ${'x'.repeat(80)} */)` },
    { title: 'a quoted name', good: 'CREATE TABLE "Notes of the farm" (id bigint PRIMARY KEY)' },
    {
      title: 'a long body',
      good: `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $body$ SELECT '${'x'.repeat(80)}' $body$`,
    },
  ],
  check({ statement, report }) {
    const { text } = statement;
    if (text.length <= LIMIT_BYTES || statement.placeholders.some(({ fills }) => fills === 'name')) return;
    const said = new Set<string>();
    const lexer = new Lexer(text);
    while (lexer.next()) {
      const { kind, start, end } = lexer;
      // A UTF-16 unit is at most three bytes.
      if ((kind !== TokenKind.word && kind !== TokenKind.quotedIdentifier) || (end - start) * 3 <= LIMIT_BYTES)
        continue;
      const written = text.slice(start, end);
      if (/^u&/i.test(written)) continue;
      const name = kind === TokenKind.word ? written : written.slice(1, -1).replaceAll('""', '"');
      const bytes = utf8Length(name);
      if (bytes <= LIMIT_BYTES) continue;
      if (said.has(name)) continue;
      said.add(name);
      report({ at: { start, end }, message: 'cut', values: { bytes, kept: cut(name) } });
    }
  },
});

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += sizeOf(character);
  return bytes;
}

function sizeOf(character: string): number {
  const code = character.codePointAt(0)!;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** What PostgreSQL keeps: whole characters of at most 63 bytes. */
function cut(name: string): string {
  let kept = '';
  let bytes = 0;
  for (const character of name) {
    bytes += sizeOf(character);
    if (bytes > LIMIT_BYTES) break;
    kept += character;
  }
  return kept;
}

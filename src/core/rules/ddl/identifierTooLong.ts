import { rangesOverlap } from '../../base/sourceRange';
import { cutToUtf8, utf8Length } from '../../base/utf8';
import { identifierOf, MAX_NAME_BYTES } from '../../sql/identifiers';
import { TokenKind, tokenize } from '../../sql/lexer';
import { defineRule } from '../defineRule';

export const identifierTooLong = defineRule({
  id: 'ddl/identifier-too-long',
  since: '0.2.0',
  severity: 'warning',
  kinds: [
    'CreateStmt',
    'IndexStmt',
    'AlterTableStmt',
    'RenameStmt',
    'ViewStmt',
    'CreateTrigStmt',
    'CreateTableAsStmt',
    'CreateFunctionStmt',
    'CreateSeqStmt',
    'CreateEnumStmt',
    'CreateDomainStmt',
    'CreatePolicyStmt',
    'CreateSchemaStmt',
  ],
  title: 'Name that PostgreSQL cuts off',
  docs: {
    problem: 'Names end after 63 bytes; what is longer is cut off with no more than a notice.',
    why: 'Two names that begin alike become the same name, IF NOT EXISTS then skips the second one, and tools that compare names with the catalog find no match.',
    whenToIgnore: 'Never: choose a shorter name.',
  },
  messages: { cut: 'PostgreSQL keeps 63 of the {bytes} bytes of this name: it becomes {kept}.' },
  examples: [
    {
      title: 'an index with all its columns in the name',
      bad: 'CREATE INDEX CONCURRENTLY idx_counting_results_camera_id_zone_id_direction_object_class_counted_at ON counting_results (camera_id)',
      flags: 'idx_counting_results_camera_id_zone_id_direction_object_class_counted_at',
    },
    {
      title: 'letters of two bytes',
      bad: 'ALTER TABLE kühe ADD CONSTRAINT "kühe_müssen_größer_als_fünf_und_möglichst_schön_und_fröhlich_sein" CHECK (größe > 5)',
      flags: '"kühe_müssen_größer_als_fünf_und_möglichst_schön_und_fröhlich_sein"',
    },
    {
      title: '63 bytes',
      good: 'CREATE INDEX CONCURRENTLY idx_counting_results_camera_id_zone_id_direction_object_kind_at ON counting_results (camera_id)',
    },
    {
      title: 'a long text',
      good: "ALTER TABLE orders ADD COLUMN note text DEFAULT 'idx_counting_results_camera_id_zone_id_direction_object_class_counted_at'",
    },
    {
      title: 'a long comment',
      good: 'CREATE TABLE orders (id int) -- idx_counting_results_camera_id_zone_id_direction_object_class_counted_at',
    },
    {
      title: 'a long body',
      good: `CREATE FUNCTION greet() RETURNS text LANGUAGE sql AS $body$ SELECT '${'x'.repeat(80)}' $body$`,
    },
    {
      title: 'a long qualified name of short parts',
      good: 'CREATE VIEW a_schema_with_a_rather_long_name.a_view_with_a_name_that_is_long_but_not_too_long AS SELECT 1 AS n',
    },
  ],
  check({ statement: { text, placeholders }, report }) {
    if (!/[\w"\u0080-\uffff]{32}/.test(text)) return;
    const { kinds, starts, ends } = tokenize(text, { comments: false });
    const seen = new Set<string>();
    for (const [i, kind] of kinds.entries()) {
      if (kind !== TokenKind.word && kind !== TokenKind.quotedIdentifier) continue;
      const at = { start: starts[i]!, end: ends[i]! };
      const name = identifierOf(text.slice(at.start, at.end));
      const bytes = utf8Length(name);
      if (bytes <= MAX_NAME_BYTES || seen.has(name) || placeholders.some(({ range }) => rangesOverlap(range, at)))
        continue;
      seen.add(name);
      report({ at, message: 'cut', values: { bytes, kept: cutToUtf8(name, MAX_NAME_BYTES) } });
    }
  },
});

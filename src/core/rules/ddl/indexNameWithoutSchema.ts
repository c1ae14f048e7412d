import type { Catalog } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { FileContext } from '../fileContext';
import type { NodeFields } from '../nodeIndex';
import { insertion } from '../support/existingTable';
import { quoteIdentifier } from '../../sql/identifiers';
import { list, stringValue } from '../support/expressions';

export const indexNameWithoutSchema = defineRule({
  id: 'ddl/index-name-without-schema',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['ReindexStmt', 'DropStmt', 'AlterTableStmt', 'RenameStmt'],
  needs: ['file'],
  title: 'Index named without its schema',
  docs: {
    problem: 'The statement fails ("relation does not exist"), or with IF EXISTS silently does nothing.',
    why: 'CREATE INDEX takes no schema: the index lives in the schema of its table. REINDEX, DROP INDEX and ALTER INDEX look for the bare name on the search path only.',
    whenToIgnore: 'The role or the session that runs it has the schema on its search path.',
  },
  messages: {
    missing: 'The index {index} lives in the schema of its table: {schema}.{index}. Without it the name is not found.',
  },
  examples: [
    {
      title: 'an index created in the same file',
      bad: 'CREATE INDEX CONCURRENTLY idx_milk ON farm.milk_production (cow_id);\nREINDEX INDEX CONCURRENTLY idx_milk;',
      flags: 'idx_milk',
      fixed:
        'CREATE INDEX CONCURRENTLY idx_milk ON farm.milk_production (cow_id);\nREINDEX INDEX CONCURRENTLY farm.idx_milk;',
    },
    {
      title: 'an index of the catalog',
      schema: 'CREATE TABLE farm.milk (cow_id int); CREATE INDEX idx_milk ON farm.milk (cow_id);',
      bad: 'DROP INDEX CONCURRENTLY IF EXISTS idx_milk',
      flags: 'idx_milk',
      fixed: 'DROP INDEX CONCURRENTLY IF EXISTS farm.idx_milk',
    },
    {
      title: 'with its schema',
      good: 'CREATE INDEX CONCURRENTLY idx_milk ON farm.milk (cow_id); REINDEX INDEX CONCURRENTLY farm.idx_milk;',
    },
    {
      title: 'with the schema on the search path',
      good: 'SET search_path = farm, public; CREATE INDEX CONCURRENTLY idx_milk ON farm.milk (cow_id); DROP INDEX CONCURRENTLY idx_milk;',
    },
    {
      title: 'in the schema public',
      good: 'CREATE INDEX CONCURRENTLY idx_orders ON public.orders (id); DROP INDEX CONCURRENTLY idx_orders;',
    },
    { title: 'an index nothing is known of', good: 'DROP INDEX CONCURRENTLY idx_milk' },
    {
      title: 'one of the same name on the search path',
      schema:
        'CREATE TABLE farm.milk (cow_id int); CREATE INDEX idx_milk ON farm.milk (cow_id); CREATE TABLE milk (id int); CREATE INDEX idx_milk ON milk (id);',
      good: 'DROP INDEX CONCURRENTLY idx_milk',
    },
    {
      title: 'a schema that is filled in',
      good: 'CREATE INDEX users_email_idx ON {{ .Namespace }}.users (email); DROP INDEX IF EXISTS users_email_idx;',
    },
  ],
  check({ statement, catalog, file, body, report }) {
    if (body || file.settingBefore('search_path') !== undefined) return;
    for (const index of bareIndexNames(statement.kind, unwrap(statement.tree)?.fields)) {
      const schema = schemaInFile(index, file) ?? schemaInCatalog(index, catalog);
      // What stands for the schema of a template is no name.
      if (schema === undefined || /^x{2,}$/.test(schema)) continue;
      if ((catalog?.searchPath ?? ['public']).includes(schema)) continue;
      const found = new RegExp(`(?<![\\w."])"?${escapeRegExp(index)}"?(?![\\w"])`, 'i').exec(statement.text);
      if (!found) continue;
      const at = { start: found.index, end: found.index + found[0].length };
      report({
        at,
        message: 'missing',
        values: { index, schema },
        fixes: [
          {
            title: `Name it ${schema}.${index}`,
            // Another index of the name may be meant where the search path differs.
            safe: false,
            edits: [insertion(at.start, `${quoteIdentifier(schema)}.`)],
          },
        ],
      });
    }
  },
});

/** Indexes a statement names without a schema. */
function bareIndexNames(kind: string | undefined, fields: NodeFields | undefined): string[] {
  const relation = fields?.relation as NodeFields | undefined;
  const isIndex =
    (kind === 'ReindexStmt' && fields?.kind === 'REINDEX_OBJECT_INDEX') ||
    (kind === 'AlterTableStmt' && fields?.objtype === 'OBJECT_INDEX') ||
    (kind === 'RenameStmt' && fields?.renameType === 'OBJECT_INDEX');
  if (isIndex) return relation && relation.schemaname === undefined ? [String(relation.relname)] : [];
  if (kind !== 'DropStmt' || fields?.removeType !== 'OBJECT_INDEX') return [];
  return list(fields.objects).flatMap(object => {
    const parts = list(object).map(stringValue);
    return parts.length === 1 && parts[0] !== undefined ? [parts[0]] : [];
  });
}

function schemaInFile(index: string, file: FileContext): string | undefined {
  const schemas = file.earlier(index).map(({ kind, tree }) => {
    const fields = kind === 'IndexStmt' ? unwrap(tree)?.fields : undefined;
    const schema = (fields?.relation as NodeFields | undefined)?.schemaname;
    return fields?.idxname === index && typeof schema === 'string' ? schema : undefined;
  });
  return new Set(schemas).size === 1 ? schemas[0] : undefined;
}

/** The one schema that has an index of the name. */
function schemaInCatalog(index: string, catalog: Catalog | undefined): string | undefined {
  const holders = (catalog?.relations ?? []).filter(({ indexes }) => indexes.some(({ name }) => name === index));
  return holders.length === 1 ? holders[0]!.schema : undefined;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

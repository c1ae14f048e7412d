import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, asTable, functionName, operatorOf } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import type { NodeFields, NodeMatch } from '../nodeIndex';

const TEXT = new Set(['text', 'varchar', 'bpchar', 'citext']);

export const nullInTextSearch = defineRule({
  id: 'index/null-in-text-search',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['IndexStmt', 'CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Column that may be NULL in a search document',
  docs: {
    problem: 'The text for to_tsvector is put together with `||` from columns of which one may be NULL.',
    why: 'NULL makes the whole text NULL, so such rows are found by no search, not even by the words of their other columns.',
    whenToIgnore: 'The column is never NULL although the table allows it.',
  },
  messages: {
    null: "{column} may be NULL, and then the row is found by no word at all; use coalesce({column}, '').",
    maybe:
      "If {column} or another part is NULL the row is found by no word at all; coalesce({column}, '') prevents it.",
  },
  examples: [
    {
      title: 'title and body',
      bad: "CREATE TABLE articles (id bigint PRIMARY KEY, title text NOT NULL, body text); CREATE INDEX ON articles USING gin (to_tsvector('english', title || ' ' || body));",
      flags: 'body',
      fixed:
        "CREATE TABLE articles (id bigint PRIMARY KEY, title text NOT NULL, body text); CREATE INDEX ON articles USING gin (to_tsvector('english', title || ' ' || coalesce(body, '')));",
    },
    {
      title: 'a generated column',
      bad: "CREATE TABLE products (id bigint PRIMARY KEY, name text NOT NULL, description text, search tsvector GENERATED ALWAYS AS (to_tsvector('simple', name || ' ' || description)) STORED)",
      flags: 'description',
    },
    {
      title: 'coalesce',
      good: "CREATE TABLE articles (title text, body text); CREATE INDEX ON articles USING gin (to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, '')));",
    },
    {
      title: 'columns that are NOT NULL',
      good: "CREATE TABLE articles (title text NOT NULL, body text NOT NULL); CREATE INDEX ON articles USING gin (to_tsvector('english', title || ' ' || body));",
    },
    {
      title: 'one column alone',
      good: "CREATE TABLE articles (body text); CREATE INDEX ON articles USING gin (to_tsvector('english', body));",
    },
    {
      title: 'an unknown table, as a hint',
      bad: "CREATE INDEX ON articles USING gin (to_tsvector('english', title || ' ' || body))",
      flags: 'title',
    },
    {
      title: 'another expression',
      good: "CREATE INDEX ON users USING gin ((name || ' ' || email) gin_trgm_ops)",
    },
    {
      title: 'only rows that have it',
      good: "CREATE TABLE articles (title text NOT NULL, body text); CREATE INDEX ON articles USING gin (to_tsvector('english', title || ' ' || body)) WHERE body IS NOT NULL;",
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const documents = find('FuncCall').filter(({ fields }) => functionName(fields) === 'to_tsvector');
    const root = unwrap(statement.tree)?.fields;
    if (documents.length === 0 || !root?.relation || root.whereClause !== undefined) return;
    const table = knownTable(asTable(root.relation as NodeFields), { file, catalog }, { statement });
    let hasSaidSo = false;
    for (const reference of find('ColumnRef')) {
      if (!isConcatenated(reference) || !isIn(reference, documents)) continue;
      const column = table?.columns.get(asColumn({ ColumnRef: reference.fields })?.name ?? '');
      if (table ? !column || column.notNull || !TEXT.has(column.type ?? '') : hasSaidSo) continue;
      hasSaidSo = true;
      const at = rangeOf(reference);
      const text = statement.text.slice(at.start, at.end);
      const fixes = [
        { title: 'Take NULL as an empty text', safe: false, edits: [{ range: at, newText: `coalesce(${text}, '')` }] },
      ];
      if (table) report({ at, message: 'null', values: { column: text }, fixes });
      else report({ at, message: 'maybe', values: { column: text }, fixes, severity: 'hint' });
    }
  },
});

function isConcatenated({ parent }: NodeMatch): boolean {
  return parent?.type === 'A_Expr' && operatorOf(parent.fields) === '||';
}

/** True if nothing but `||` stands between the column and the call. */
function isIn(reference: NodeMatch, calls: readonly NodeMatch[]): boolean {
  let at = reference.parent;
  while (at?.type === 'A_Expr' && operatorOf(at.fields) === '||') at = at.parent;
  return at !== undefined && calls.some(({ fields }) => fields === at.fields);
}

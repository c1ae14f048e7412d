import type { SourceRange } from '../../base/sourceRange';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, castType, functionName, list, operatorOf, stringConstant, textOf } from '../support/expressions';
import type { NodeMatch } from '../nodeIndex';

export const concatenatedRelationName = defineRule({
  id: 'monitoring/concatenated-relation-name',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['||'],
  title: 'A relation’s name put together without quotes',
  docs: {
    problem: 'The text is read as SQL writes names: one with capitals, blanks or a reserved word is not found.',
    why: "One such table makes the whole query fail. `format('%I.%I', ...)` quotes where it is needed; the object id (`relid`, `oid`) needs no name at all.",
    whenToIgnore: 'All names are in lower case and always will be.',
  },
  messages: {
    unquoted:
      "A name with capitals or special characters fails here; format('%I.%I', ...) quotes it, and an OID such as relid needs no name.",
  },
  examples: [
    {
      title: 'sizes of tables',
      bad: "SELECT tablename, pg_total_relation_size(schemaname || '.' || tablename) FROM pg_tables",
      flags: "schemaname || '.' || tablename",
      fixed: "SELECT tablename, pg_total_relation_size(format('%I.%I', schemaname, tablename)) FROM pg_tables",
    },
    {
      title: 'cast to regclass',
      bad: "SELECT (t.schemaname||'.'||t.tablename)::regclass FROM pg_tables t",
      flags: "t.schemaname||'.'||t.tablename",
      fixed: "SELECT (format('%I.%I', t.schemaname, t.tablename))::regclass FROM pg_tables t",
    },
    { title: 'by its OID', good: 'SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables' },
    {
      title: 'quoted',
      good: "SELECT pg_total_relation_size(quote_ident(schemaname) || '.' || quote_ident(tablename)) FROM pg_tables",
    },
    { title: 'text to show', good: "SELECT schemaname || '.' || tablename AS name FROM pg_tables" },
    {
      title: 'by format',
      good: "SELECT pg_relation_size(format('%I.%I', schemaname, tablename)) FROM pg_tables",
    },
    { title: 'another concatenation', good: "SELECT length(first_name || '.' || last_name) FROM users" },
  ],
  check({ statement, find, rangeOf, report }) {
    const found: { readonly at: SourceRange; readonly newText: string }[] = [];
    for (const expression of find('A_Expr')) {
      if (operatorOf(expression.fields) !== '||' || !isReadAsRelation(expression)) continue;
      const first = unwrap(expression.fields.lexpr);
      if (first?.type !== 'A_Expr' || operatorOf(first.fields) !== '||') continue;
      if (stringConstant(first.fields.rexpr) !== '.') continue;
      const names = [first.fields.lexpr, expression.fields.rexpr].map(name => {
        const column = unwrap(name);
        const range = asColumn(name) && column ? statement.rangeOf(column.type, column.fields) : undefined;
        return range && textOf(statement.text, range);
      });
      if (names.includes(undefined)) continue;
      found.push({ at: rangeOf(expression), newText: `format('%I.%I', ${names.join(', ')})` });
    }
    const [place] = found;
    if (!place) return;
    const edits = found.map(({ at, newText }) => ({ range: at, newText }));
    const fixes = [{ title: "Quote with format('%I.%I')", safe: false, edits }];
    report({ at: place.at, message: 'unquoted', fixes });
  },
});

/** Functions that take a regclass. */
const OF_RELATION: ReadonlySet<string> = new Set([
  'pg_relation_size',
  'pg_total_relation_size',
  'pg_table_size',
  'pg_indexes_size',
  'pg_relation_filepath',
  'pg_relation_filenode',
  'to_regclass',
  'pgstattuple',
  'pgstattuple_approx',
  'pgstatindex',
]);

function isReadAsRelation({ parent, key, fields }: NodeMatch): boolean {
  if (parent?.type === 'TypeCast') return castType(parent.fields) === 'regclass';
  if (parent?.type !== 'FuncCall' || key !== 'args' || !OF_RELATION.has(functionName(parent.fields) ?? ''))
    return false;
  return unwrap(list(parent.fields.args)[0])?.fields === fields;
}

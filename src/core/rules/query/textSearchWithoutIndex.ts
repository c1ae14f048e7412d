import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { contains, filteredQuery, fromTables, functionName, list, operatorOf } from '../support/expressions';
import { findRelation } from '../../catalog/catalog';
import { isSmallTable, warningIfBig } from '../support/tableSize';

export const textSearchWithoutIndex = defineRule({
  id: 'query/text-search-without-index',
  since: '0.2.0',
  severity: 'info',
  title: 'Text search that no index can serve',
  guideline: { guide: '003', section: 'Text Search Optimization' },
  nodes: ['FuncCall'],
  docs: {
    problem: 'The condition builds the tsvector of each row while it searches.',
    why: "`to_tsvector(body)` depends on the setting default_text_search_config, so it cannot be indexed. `to_tsvector('english', body)` can: with a GIN index on the same expression, or better with a generated tsvector column.",
    whenToIgnore: 'The table is small, or another condition already leaves few rows.',
  },
  messages: {
    unnamed:
      "to_tsvector without a configuration depends on a setting and cannot be indexed; name one: to_tsvector('english', ...).",
    missing: 'No GIN index of {table} holds this tsvector: it is built for each row while searching.',
  },
  examples: [
    {
      title: 'without a configuration',
      bad: "SELECT id FROM articles WHERE to_tsvector(body) @@ to_tsquery('english', 'milk')",
      flags: 'to_tsvector(body)',
    },
    {
      title: 'no index on the expression',
      schema: 'CREATE TABLE articles (id bigint, body text); CREATE INDEX ON articles (body);',
      bad: "SELECT id FROM articles WHERE to_tsvector('english', body) @@ plainto_tsquery('english', $1)",
      flags: "to_tsvector('english', body)",
    },
    {
      title: 'an index on the expression',
      schema:
        "CREATE TABLE articles (id bigint, body text); CREATE INDEX ON articles USING gin (to_tsvector('english', body));",
      good: "SELECT id FROM articles WHERE to_tsvector('english', body) @@ plainto_tsquery('english', $1)",
    },
    { title: 'a tsvector column', good: "SELECT id FROM articles WHERE search @@ websearch_to_tsquery('english', $1)" },
    {
      title: 'a table nobody knows',
      good: "SELECT id FROM articles WHERE to_tsvector('english', body) @@ to_tsquery($1)",
    },
    { title: 'a rank in the select list', good: "SELECT ts_rank(to_tsvector(body), to_tsquery('milk')) FROM articles" },
    { title: 'a text of the query itself', good: "SELECT 1 FROM searches WHERE to_tsvector('a fat cat') @@ query" },
    { title: 'filling the column', good: "UPDATE articles SET search = to_tsvector('english', body) WHERE id = 7" },
  ],
  check({ catalog, thresholds, find, rangeOf, report }) {
    for (const call of find('FuncCall')) {
      if (functionName(call.fields) !== 'to_tsvector') continue;
      const args = list(call.fields.args);
      const match = matchAround(call);
      const query = match && filteredQuery(match);
      if (!query || !contains(args.at(-1), type => type === 'ColumnRef')) continue;
      const { tables, others } = fromTables(query);
      const [table] = tables;
      const relation = catalog && table && findRelation(catalog, table.name, table.schema);
      if (isSmallTable(relation, thresholds)) continue;
      if (args.length === 1) {
        report({ at: rangeOf(call), message: 'unnamed', ...warningIfBig(relation, thresholds) });
      } else if (relation && tables.length === 1 && others === 0) {
        const isIndexed = relation.indexes.some(index => index.valid && /to_tsvector/i.test(index.definition));
        if (isIndexed) continue;
        const values = { table: relation.name };
        report({ at: rangeOf(call), message: 'missing', values, ...warningIfBig(relation, thresholds) });
      }
    }
  },
});

/** The `@@` a tsvector is searched with, through `||` and setweight. */
function matchAround(call: NodeMatch): NodeMatch | undefined {
  for (let at: NodeMatch | undefined = call.parent; at; at = at.parent) {
    if (at.type === 'A_Expr' && operatorOf(at.fields) === '@@') return at;
    const isPart =
      at.type === 'A_Expr'
        ? operatorOf(at.fields) === '||'
        : unwrap({ [at.type]: at.fields })?.type === 'FuncCall' && functionName(at.fields) === 'setweight';
    if (!isPart) return undefined;
  }
  return undefined;
}

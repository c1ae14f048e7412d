import { isAggregateCall } from '../../sql/aggregates';
import { unwrap, walk } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { functionName, stringValue, list } from '../support/expressions';
import { routineOption } from '../support/routineBody';
import { findWords } from '../support/words';

export const couldBeStable = defineRule({
  id: 'function/could-be-stable',
  since: '0.2.0',
  severity: 'hint',
  title: 'An SQL function that only reads, but is VOLATILE',
  kinds: ['CreateFunctionStmt'],
  docs: {
    problem: 'The function only reads, but says nothing about it, so it counts as VOLATILE.',
    why: 'A VOLATILE function is called again for each row, cannot be compared by an index, and is not inlined into queries that read from it. STABLE allows all of that.',
    whenToIgnore: 'It is only called on its own.',
  },
  messages: { stable: 'This function only reads; declared STABLE, it can be inlined and used with an index.' },
  examples: [
    {
      title: 'a lookup',
      bad: "CREATE FUNCTION total(p_id int) RETURNS numeric LANGUAGE sql AS 'SELECT sum(total) FROM orders WHERE customer_id = p_id'",
      flags: 'LANGUAGE sql',
      fixed:
        "CREATE FUNCTION total(p_id int) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(total) FROM orders WHERE customer_id = p_id'",
    },
    {
      title: 'declared',
      good: "CREATE FUNCTION total(p_id int) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(total) FROM orders WHERE customer_id = p_id'",
    },
    {
      title: 'a write',
      good: "CREATE FUNCTION seen(p_id int) RETURNS void LANGUAGE sql AS 'UPDATE users SET seen = now() WHERE id = p_id'",
    },
    {
      title: 'a call of something unknown',
      good: "CREATE FUNCTION f(p_id int) RETURNS void LANGUAGE sql AS 'SELECT refresh_totals(p_id) FROM orders'",
    },
    {
      title: 'rows that are locked',
      good: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT id FROM jobs LIMIT 1 FOR UPDATE'",
    },
    {
      title: 'a number of a sequence',
      good: "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT nextval(''ids'') FROM orders'",
    },
  ],
  check({ statement, find, report }) {
    const create = find('CreateFunctionStmt')[0];
    if (!create || create.fields.is_procedure === true || routineOption(statement, 'volatility')) return;
    const language = stringValue(routineOption(statement, 'language')?.arg);
    const only = statement.inner[0];
    if (language?.toLowerCase() !== 'sql' || statement.inner.length !== 1 || only?.statement.kind !== 'SelectStmt')
      return;
    if (only.statement.writes || only.statement.tables.length === 0 || !onlyReads(only.statement.tree)) return;
    const at = findWords(statement.text, { start: 0, end: statement.text.length }, 'language', 'sql');
    if (!at || list(create.fields.options).length === 0) return;
    const edits = [{ range: { start: at.end, end: at.end }, newText: ' STABLE' }];
    report({ at, message: 'stable', fixes: [{ title: 'Declare it STABLE', safe: false, edits }] });
  },
});

const HARMLESS: ReadonlySet<string> = new Set(
  `coalesce lower upper trim btrim length abs round ceil floor greatest least now date_trunc date_part extract to_char
  concat replace substring substr left right split_part row_number rank dense_rank lag lead first_value last_value
  jsonb_build_object json_build_object jsonb_extract_path_text to_jsonb to_json array_length cardinality unnest
  generate_series date timezone`.split(/\s+/),
);

function onlyReads(tree: unknown): boolean {
  let reads = true;
  walk(tree, (type, fields) => {
    if (type !== 'FuncCall') return;
    const name = functionName(fields);
    if (!isAggregateCall(type, fields) && !HARMLESS.has(name ?? '')) reads = false;
  });
  return reads && unwrap(tree)?.fields.intoClause === undefined;
}

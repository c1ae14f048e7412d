import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list, stringValue } from '../support/expressions';
import { routineOption } from '../support/routineBody';
import { findWords } from '../support/words';

export const securityDefinerWithoutSearchPath = defineRule({
  id: 'function/security-definer-without-search-path',
  since: '0.2.0',
  severity: 'warning',
  title: 'SECURITY DEFINER without a search_path of its own',
  kinds: ['CreateFunctionStmt'],
  docs: {
    problem: 'The function runs with the rights of its owner, but looks names up where its caller says.',
    why: 'A caller can put a table, function or operator of the same name earlier on `search_path`, and the function uses it with the rights of the owner.',
    whenToIgnore: 'Every name in the body is qualified, operators included.',
  },
  messages: { open: 'The caller decides where this function looks up names; add SET search_path.' },
  examples: [
    {
      title: 'a function for everybody',
      bad: "CREATE FUNCTION close_order(p_id int) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE orders SET closed = true WHERE id = p_id'",
      flags: 'SECURITY DEFINER',
      fixed:
        "CREATE FUNCTION close_order(p_id int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS 'UPDATE orders SET closed = true WHERE id = p_id'",
    },
    {
      title: 'with a path',
      good: "CREATE FUNCTION close_order(p_id int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'UPDATE app.orders SET closed = true WHERE id = p_id'",
    },
    {
      title: 'rights of the caller',
      good: "CREATE FUNCTION close_order(p_id int) RETURNS void LANGUAGE sql SECURITY INVOKER AS 'UPDATE orders SET closed = true WHERE id = p_id'",
    },
    {
      title: 'names bound when it is created',
      good: 'CREATE FUNCTION close_order(p_id int) RETURNS void LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC UPDATE orders SET closed = true WHERE id = p_id; END',
    },
    {
      title: 'a function in C',
      good: "CREATE FUNCTION connect(text) RETURNS text LANGUAGE c STRICT SECURITY DEFINER AS 'MODULE_PATHNAME', 'connect'",
    },
    {
      title: 'the path as it is when created',
      good: "CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS 'DELETE FROM old'",
    },
  ],
  check({ statement, find, report }) {
    const create = find('CreateFunctionStmt')[0];
    if (!create || create.fields.sql_body !== undefined) return;
    const security = unwrap(routineOption(statement, 'security')?.arg)?.fields.boolval;
    if (security !== true) return;
    const options = list(create.fields.options).map(option => unwrap(option)?.fields);
    if (options.some(option => option?.defname === 'set' && unwrap(option.arg)?.fields.name === 'search_path')) return;
    // Code in C looks up no names of its own; a body may set the path itself.
    const language = stringValue(routineOption(statement, 'language')?.arg)?.toLowerCase();
    if (language === 'c' || language === 'internal') return;
    if (/set_config\s*\(\s*'+search_path|\bset\s+(?:local\s+)?search_path/i.test(statement.text)) return;
    const at = findWords(statement.text, { start: 0, end: statement.text.length }, 'security', 'definer');
    if (!at) return;
    const newText = ' SET search_path = pg_catalog, public, pg_temp';
    // Which schemas the body needs, its author must say.
    const fix = { title: 'Set search_path', safe: false, edits: [{ range: { start: at.end, end: at.end }, newText }] };
    report({ at, message: 'open', fixes: [fix] });
  },
});

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, functionName, operatorOf } from '../support/expressions';
import { outerRange, plpgsqlBody } from '../support/routineBody';
import type { RoutineBody } from '../support/routineBody';

export const unquotedDynamicSql = defineRule({
  id: 'function/unquoted-dynamic-sql',
  since: '0.2.0',
  severity: 'warning',
  title: 'EXECUTE with a text put in unquoted',
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'A variable is put into a string that is executed, without quoting.',
    why: 'A value with a quote, a blank or an upper-case letter breaks the statement, and a caller who chooses the value chooses what is executed. Use `format` with %I and %L, or EXECUTE ... USING.',
    whenToIgnore: 'The variable holds a piece of SQL that the function itself made.',
  },
  messages: {
    raw: '{name} goes into the executed statement unquoted; use format with %I for names and %L for values, or USING.',
  },
  examples: [
    {
      title: 'a parameter',
      bad: "CREATE FUNCTION n(p_table text) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM ' || p_table INTO n; RETURN n; END $$",
      flags: 'p_table',
    },
    {
      title: 'a value within quotes',
      bad: "CREATE FUNCTION f(p_name varchar) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM users WHERE name = ''' || p_name || ''''; END $$",
      flags: 'p_name',
    },
    {
      title: 'quoted',
      good: "CREATE FUNCTION n(p_table text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ANALYZE ' || quote_ident(p_table); END $$",
    },
    {
      title: 'format',
      good: "CREATE FUNCTION n(p_table text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ANALYZE %I', p_table); END $$",
    },
    {
      title: 'a number',
      good: "CREATE FUNCTION n(p_days int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SET statement_timeout = ' || p_days; END $$",
    },
    {
      title: 'a table as regclass, which is quoted where it must be',
      good: "CREATE FUNCTION n(p_table regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ANALYZE ' || p_table; END $$",
    },
    {
      title: 'a parameter that is SQL',
      good: "CREATE FUNCTION n(p_query text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'EXPLAIN ' || p_query; END $$",
    },
    {
      title: 'a statement made step by step',
      good: "CREATE FUNCTION n() RETURNS void LANGUAGE plpgsql AS $$ DECLARE q text; BEGIN q := 'SELECT 1'; EXECUTE q || ' FOR UPDATE'; END $$",
    },
  ],
  check({ statement, report }) {
    const body = plpgsqlBody(statement);
    if (!body) return;
    const texts = textParameters(body, statement.tree);
    for (const inner of statement.inner) {
      if (inner.body.use !== 'expression' || inner.body.language !== 'plpgsql') continue;
      if (!/\bexecute\s*\(?\s*$/i.test(statement.text.slice(body.range.start, inner.range.start))) continue;
      const root = unwrap(inner.statement.tree)?.fields;
      const target = unwrap((root?.targetList as unknown[] | undefined)?.[0])?.fields.val ?? inner.statement.tree;
      for (const part of concatenated(target)) {
        const column = asColumn(part);
        const fields = unwrap(part)?.fields;
        if (!column || !fields || !texts.has(column.name)) continue;
        const at = inner.statement.rangeOf('ColumnRef', fields);
        if (at) report({ at: outerRange(inner, at), message: 'raw', values: { name: column.name } });
      }
    }
  },
});

/** The operands of a chain of `||`, if the node is one. */
function concatenated(node: unknown): unknown[] {
  const found = unwrap(node);
  if (found?.type === 'FuncCall' && functionName(found.fields) === 'concat') return found.fields.args as unknown[];
  if (found?.type !== 'A_Expr' || operatorOf(found.fields) !== '||') return [];
  const { lexpr, rexpr } = found.fields;
  const left = concatenated(lexpr);
  return [...(left.length > 0 ? left : [lexpr]), ...(unwrap(rexpr)?.type === 'A_Expr' ? concatenated(rexpr) : [rexpr])];
}

/** Parameters of a text type: the caller chooses their value. */
function textParameters(body: RoutineBody, tree: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const parameters = unwrap(tree)?.fields.parameters;
  for (const parameter of Array.isArray(parameters) ? (parameters as unknown[]) : []) {
    const fields = unwrap(parameter)?.fields;
    const names = (fields?.argType as { readonly names?: readonly unknown[] } | undefined)?.names;
    const type = unwrap(names?.at(-1))?.fields.sval;
    const isInput = fields?.mode !== 'FUNC_PARAM_OUT' && fields?.mode !== 'FUNC_PARAM_TABLE';
    if (typeof fields?.name === 'string' && isInput && ['text', 'varchar', 'bpchar', 'name'].includes(String(type)))
      found.add(fields.name);
  }
  // A parameter that is given a quoted value first is fine.
  for (const name of found)
    if (new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\s*:=`, 'i').test(body.source)) found.delete(name);
  // A piece of SQL cannot be quoted; its name says that it is one.
  for (const name of found)
    if (/sql|query|where|condition|clause|filter|expr|statement|command/i.test(name)) found.delete(name);
  return found;
}

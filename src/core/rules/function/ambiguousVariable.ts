import { walk, unwrap } from '../../sql/walk';
import { binderOf } from '../../catalog/binding/binder';
import { defineRule } from '../defineRule';
import type { BodyStatement } from '../../sql/statement';
import type { Catalog } from '../../catalog/catalog';
import { asColumn, list } from '../support/expressions';
import { outerRange, plpgsqlBody } from '../support/routineBody';
import { findWords } from '../support/words';
import type { SourceRange } from '../../base/sourceRange';

export const ambiguousVariable = defineRule({
  id: 'function/ambiguous-variable',
  since: '0.2.0',
  severity: 'error',
  title: 'A variable with the name of a column',
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'A bare name in a query is both a column and a parameter, variable or result column of the function.',
    why: 'PL/pgSQL refuses to choose: each call fails with `column reference is ambiguous` (42702). CREATE FUNCTION does not notice.',
    whenToIgnore: 'Never: qualify the column, or name parameters `p_...`.',
  },
  messages: {
    both: '{name} is a column and a variable of the function: this fails when it runs (42702). Qualify it or rename the variable.',
  },
  examples: [
    {
      title: 'a parameter and the target of an upsert',
      bad: 'CREATE FUNCTION put(cache_key text, v jsonb) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO cache (cache_key, value) VALUES (put.cache_key, v) ON CONFLICT (cache_key) DO NOTHING; END $$',
      flags: 'cache_key',
    },
    {
      title: 'a column set to the parameter of its name',
      bad: 'CREATE FUNCTION rename(p_id int, name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE cameras SET name = name WHERE id = p_id; END $$',
      flags: 'name',
    },
    {
      title: 'a known column',
      bad: 'CREATE FUNCTION total(camera_id int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(n) FROM counts WHERE counts.camera_id = camera_id); END $$',
      schema: 'CREATE TABLE counts (camera_id int, n int)',
      flags: 'camera_id',
    },
    {
      title: 'prefixed parameters',
      good: 'CREATE FUNCTION rename(p_id int, p_name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE cameras SET name = p_name WHERE id = p_id; END $$',
    },
    {
      title: 'qualified names',
      good: 'CREATE FUNCTION rename(id int, name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE cameras c SET name = rename.name WHERE c.id = rename.id; END $$',
      schema: 'CREATE TABLE cameras (id int, name text)',
    },
    {
      title: 'SQL functions prefer the column',
      good: "CREATE FUNCTION rename(p_id int, name text) RETURNS void LANGUAGE sql AS 'UPDATE cameras SET name = name WHERE id = p_id'",
      schema: 'CREATE TABLE cameras (id int, name text)',
    },
    {
      title: 'the function says which it means',
      good: 'CREATE FUNCTION rename(p_id int, name text) RETURNS void LANGUAGE plpgsql AS $$ #variable_conflict use_column\nBEGIN UPDATE cameras SET name = name WHERE id = p_id; END $$',
    },
    {
      title: 'only names of columns, which cannot be variables',
      good: 'CREATE FUNCTION put(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO cameras (name) VALUES (name); UPDATE cameras SET name = put.name; END $$',
      schema: 'CREATE TABLE cameras (id int, name text)',
    },
    {
      title: 'a name that is no column',
      good: 'CREATE FUNCTION n(camera int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(n) FROM counts WHERE camera_id = camera); END $$',
      schema: 'CREATE TABLE counts (camera_id int, n int)',
    },
    {
      title: 'an alias of the result',
      good: 'CREATE FUNCTION top(total int) RETURNS SETOF record LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT c.id, sum(c.n) AS total FROM counts c GROUP BY c.id; END $$',
      schema: 'CREATE TABLE counts (id int, n int)',
    },
  ],
  check({ statement, catalog, report }) {
    const body = plpgsqlBody(statement);
    if (!body || /#\s*variable_conflict\s+use_/i.test(body.source)) return;
    for (const inner of statement.inner) {
      if (inner.body.language !== 'plpgsql' || inner.body.use === 'dynamic' || inner.statement.inner.length > 0)
        continue;
      const found = firstAmbiguous(inner, catalog);
      if (found) report({ at: outerRange(inner, found.at), message: 'both', values: { name: found.name } });
    }
  },
});

/** One finding per statement: the function stops there. */
function firstAmbiguous(
  { statement, body }: BodyStatement,
  catalog: Catalog | undefined,
): { readonly name: string; readonly at: SourceRange } | undefined {
  const binder = catalog && binderOf(statement, catalog);
  const found: { readonly name: string; readonly at: SourceRange }[] = [];
  walk(statement.tree, (type, fields) => {
    if (type === 'OnConflictClause') {
      const infer = fields.infer as { readonly indexElems?: unknown } | undefined;
      for (const element of list(infer?.indexElems)) {
        const name = unwrap(element)?.fields.name;
        const clause = findWords(statement.text, { start: 0, end: statement.text.length }, 'on', 'conflict');
        const place =
          typeof name === 'string' && clause && new RegExp(`\\b${name}\\b`).exec(statement.text.slice(clause.end));
        if (typeof name !== 'string' || !body.variables.has(name) || !place) continue;
        const start = clause.end + place.index;
        found.push({ name, at: { start, end: start + name.length } });
      }
    }
    if (type === 'UpdateStmt') {
      for (const target of list(fields.targetList)) {
        const assigned = unwrap(target)?.fields;
        const value = asColumn(assigned?.val);
        if (value && value.qualifier === undefined && value.name === assigned?.name) add(assigned.val, value.name);
      }
    }
    if (type === 'ColumnRef' && binder) {
      const column = asColumn({ ColumnRef: fields });
      if (column && column.qualifier === undefined && body.variables.has(column.name)) {
        if (binder.bindFields(fields).kind === 'column') add({ ColumnRef: fields }, column.name);
      }
    }
  });
  function add(reference: unknown, name: string): void {
    const at = body.variables.has(name) && statement.rangeOf('ColumnRef', unwrap(reference)!.fields);
    if (at) found.push({ name, at });
  }
  return found.sort((a, b) => a.at.start - b.at.start)[0];
}

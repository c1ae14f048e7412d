import { findRoutine } from '../../catalog/binding/functionColumns';
import { defineRule } from '../defineRule';
import { contains, filteredQuery, list, stringValue } from '../support/expressions';

export const volatileFunctionInFilter = defineRule({
  id: 'function/volatile-function-in-filter',
  since: '0.2.0',
  severity: 'warning',
  needs: ['catalog'],
  title: 'A VOLATILE function compared with a column',
  nodes: ['FuncCall'],
  docs: {
    problem: 'The WHERE clause compares a column with the result of a VOLATILE function.',
    why: 'PostgreSQL must call it again for each row and cannot use an index for the comparison. Declared STABLE (if it only reads), it is called once and an index works.',
    whenToIgnore: 'It must give another value for each row.',
  },
  messages: {
    perRow:
      '{name} is VOLATILE, so it is called for each row and no index on {column} can be used; declare it STABLE or call it in a subquery.',
  },
  examples: [
    {
      title: 'the current tenant',
      bad: 'SELECT * FROM orders WHERE tenant_id = current_tenant()',
      schema:
        'CREATE TABLE orders (id int, tenant_id int); CREATE FUNCTION current_tenant() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;',
      flags: 'current_tenant()',
    },
    {
      title: 'STABLE',
      good: 'SELECT * FROM orders WHERE tenant_id = current_tenant()',
      schema:
        'CREATE TABLE orders (id int, tenant_id int); CREATE FUNCTION current_tenant() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;',
    },
    {
      title: 'called once in a subquery',
      good: 'SELECT * FROM orders WHERE tenant_id = (SELECT current_tenant())',
      schema:
        'CREATE TABLE orders (id int, tenant_id int); CREATE FUNCTION current_tenant() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;',
    },
    {
      title: 'a function that is not known',
      good: 'SELECT * FROM orders WHERE tenant_id = current_tenant()',
      schema: 'CREATE TABLE orders (id int, tenant_id int);',
    },
    {
      title: 'in the select list',
      good: 'SELECT current_tenant() FROM orders WHERE id = 1',
      schema:
        'CREATE TABLE orders (id int, tenant_id int); CREATE FUNCTION current_tenant() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;',
    },
  ],
  check({ catalog, find, rangeOf, resolve, report }) {
    for (const call of find('FuncCall')) {
      const comparison = call.parent;
      if (comparison?.type !== 'A_Expr' || comparison.fields.kind !== 'AEXPR_OP' || !filteredQuery(comparison))
        continue;
      // With a column among its arguments it depends on the row in any case.
      if (contains(call.fields.args, type => type === 'ColumnRef' || type === 'SubLink')) continue;
      const names = list(call.fields.funcname).map(stringValue);
      const name = names.at(-1);
      const routine =
        name === undefined
          ? undefined
          : findRoutine(catalog, { name, ...(names.at(-2) !== undefined && { schema: names.at(-2)! }) });
      if (routine?.volatility !== 'volatile' || routine.kind !== 'function') continue;
      const other = find('ColumnRef').find(each => each.parent === comparison);
      const column = other && resolve(other)?.column.name;
      if (column !== undefined)
        report({ at: rangeOf(call), message: 'perRow', values: { name: routine.name, column } });
    }
  },
});

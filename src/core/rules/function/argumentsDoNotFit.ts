import { routinesNamed } from '../../catalog/binding/functionColumns';
import { expressionType } from '../../catalog/binding/expressionType';
import type { Routine } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { functionName, list, operatorOf, stringValue } from '../support/expressions';

export const argumentsDoNotFit = defineRule({
  id: 'function/arguments-do-not-fit',
  since: '0.2.0',
  severity: 'error',
  needs: ['catalog', 'file'],
  title: 'A function called with arguments it does not take',
  nodes: ['FuncCall'],
  docs: {
    problem: 'The only function of that name takes another number of arguments, or other types.',
    why: 'PostgreSQL converts arguments only where nothing can be lost: a timestamp does not become a date, nor a bigint an integer, by itself. The call fails with `function ... does not exist` (42883).',
    whenToIgnore: 'Another function of that name exists where the statement runs.',
  },
  messages: {
    count: '{name} takes {wanted}, not {given}: function does not exist (42883).',
    type: '{name} takes {wanted} here, and {given} is not converted to it implicitly; cast it.',
  },
  examples: [
    {
      title: 'a timestamp for a date',
      bad: "SELECT make_partition(date_trunc('month', now()) + interval '1 month')",
      schema: "CREATE FUNCTION make_partition(p_month date) RETURNS void LANGUAGE sql AS 'SELECT 1';",
      flags: "date_trunc('month', now()) + interval '1 month'",
    },
    {
      title: 'one argument too many',
      bad: 'SELECT order_total(1, 2)',
      schema: "CREATE FUNCTION order_total(p_id bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';",
      flags: 'order_total(1, 2)',
    },
    {
      title: 'a bigint column for an integer',
      bad: 'SELECT order_total(o.id) FROM orders o',
      schema:
        "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE FUNCTION order_total(p_id int) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';",
      flags: 'o.id',
    },
    {
      title: 'a literal takes the type that is asked for',
      good: "SELECT make_partition('2024-05-01')",
      schema: "CREATE FUNCTION make_partition(p_month date) RETURNS void LANGUAGE sql AS 'SELECT 1';",
    },
    {
      title: 'an integer for a bigint, and a default',
      good: 'SELECT order_total(7), order_total($1), order_total(3000000000)',
      schema:
        "CREATE FUNCTION order_total(p_id bigint, p_day date DEFAULT now()) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';",
    },
    {
      title: 'several functions of one name',
      good: 'SELECT order_total(1, 2)',
      schema:
        "CREATE FUNCTION order_total(p_id bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0'; CREATE FUNCTION order_total(p_id bigint, p_n int) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';",
    },
    {
      title: 'any number of arguments',
      good: 'SELECT first_of(1, 2, 3)',
      schema: "CREATE FUNCTION first_of(VARIADIC p_all int[]) RETURNS int LANGUAGE sql AS 'SELECT 1';",
    },
    {
      title: 'made again in the same file',
      good: "CREATE FUNCTION order_total(p_id bigint, p_n int) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0'; SELECT order_total(1, 2)",
      schema: "CREATE FUNCTION order_total(p_id bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';",
    },
    {
      title: 'a date for a timestamp',
      good: 'SELECT open_orders(current_date)',
      schema: "CREATE FUNCTION open_orders(p_since timestamptz) RETURNS bigint LANGUAGE sql AS 'SELECT 1';",
    },
  ],
  check({ catalog, file, statement, find, rangeOf, resolve, report }) {
    for (const call of find('FuncCall')) {
      const { fields } = call;
      const names = list(fields.funcname).map(stringValue);
      const name = names.at(-1);
      const schema = names.at(-2);
      if (name === undefined || (schema === undefined && mayBeBuiltIn(name)) || fields.func_variadic || fields.over)
        continue;
      const routines = routinesNamed(catalog, { name, ...(schema !== undefined && { schema }) });
      const routine = routines[0];
      if (routines.length !== 1 || !routine || routine.kind !== 'function') continue;
      const args = list(fields.args);
      const inputs = routine.parameters.filter(each => each.mode !== 'out' && each.mode !== 'table');
      if (inputs.some(each => each.mode === 'variadic') || args.some(arg => unwrap(arg)?.type === 'NamedArgExpr'))
        continue;
      if (file.earlier(name).length > 0) continue;
      // Schema files may not tell of all functions; a server does.
      const severity = catalog.source === 'ddl' ? 'warning' : 'error';
      const required = inputs.filter(each => !each.hasDefault).length;
      if (args.length > inputs.length || args.length < required) {
        const count = required === inputs.length ? String(required) : `${required} to ${inputs.length}`;
        const wanted = `${count} ${count === '1' ? 'argument' : 'arguments'}`;
        report({ at: rangeOf(call), message: 'count', severity, values: { name, wanted, given: args.length } });
        continue;
      }
      const typeOfColumn = (column: object): string | undefined => {
        const match = find('ColumnRef').find(each => each.fields === column);
        return match && resolve(match)?.column.type;
      };
      for (const [i, arg] of args.entries()) {
        const given = typeOf(arg, typeOfColumn);
        const wanted = bareType(inputs[i]!);
        const node = unwrap(arg);
        const at = node && statement.rangeOf(node.type, node.fields);
        if (given === undefined || wanted === undefined || !at || isImplicit(given, wanted)) continue;
        report({ at, message: 'type', severity, values: { name, wanted, given } });
        break;
      }
    }
  },
});

/**
 * To which of these types each is converted where a function asks for it: the implicit casts of `pg_cast`. Types that
 * are not here are not judged.
 */
const IMPLICIT: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint', 'numeric', 'real', 'double precision'],
  integer: ['bigint', 'numeric', 'real', 'double precision'],
  bigint: ['numeric', 'real', 'double precision'],
  numeric: ['real', 'double precision'],
  real: ['double precision'],
  'double precision': [],
  date: ['timestamp without time zone', 'timestamp with time zone'],
  'timestamp without time zone': ['timestamp with time zone'],
  'timestamp with time zone': [],
  text: ['character varying'],
  'character varying': ['text'],
  boolean: [],
  uuid: [],
  jsonb: [],
};

function isImplicit(from: string, to: string): boolean {
  return from === to || (IMPLICIT[from]?.includes(to) ?? true);
}

function bareType({ type }: Routine['parameters'][number]): string | undefined {
  return knownType(type);
}

/** The type without length or precision, if it is one of the table. */
function knownType(type: string | undefined): string | undefined {
  const bare = type?.replace(/\s*\([^)]*\)/, '');
  return bare !== undefined && Object.hasOwn(IMPLICIT, bare) ? bare : undefined;
}

function typeOf(expression: unknown, typeOfColumn: (fields: object) => string | undefined): string | undefined {
  const node = unwrap(expression);
  if (!node) return undefined;
  const { type, fields } = node;
  // A string has no type of its own yet; a long number is a bigint.
  if (type === 'A_Const' && !fields.ival && !fields.boolval) return undefined;
  if (type === 'FuncCall' && functionName(fields) === 'date_trunc') {
    const truncated = typeOf(list(fields.args)[1], typeOfColumn);
    return truncated === 'date' ? 'timestamp with time zone' : truncated;
  }
  if (type === 'A_Expr' && fields.kind === 'AEXPR_OP' && operatorOf(fields) === '+') {
    const left = typeOf(fields.lexpr, typeOfColumn);
    return left?.startsWith('timestamp') ? left : undefined;
  }
  return knownType(expressionType(expression, typeOfColumn));
}

/** Names a function of PostgreSQL, or of an extension, may well have. */
function mayBeBuiltIn(name: string): boolean {
  return (
    !name.includes('_') ||
    /^(?:pg|json|jsonb|array|string|to|date|regexp|generate|row|xml|ts|set|has|range|gen|make_(?:date|time|interval)|bool|bit|current|regr|uuid|cume|percent|dense|first_value|last_value|nth|width|convert|quote|age|lo|txid|inet|clock|statement|transaction|similarity|word|st|digest|crypt)(?:_|$)/.test(
      name,
    )
  );
}

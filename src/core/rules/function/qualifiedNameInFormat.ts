import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, functionName, list, operatorOf, stringConstant } from '../support/expressions';
import { outerRange, plpgsqlBody } from '../support/routineBody';
import { walk } from '../../sql/walk';
import type { SourceRange } from '../../base/sourceRange';

export const qualifiedNameInFormat = defineRule({
  id: 'function/qualified-name-in-format',
  since: '0.2.0',
  severity: 'warning',
  title: 'A name with its schema quoted as one name',
  nodes: ['CreateFunctionStmt', 'DoStmt', 'FuncCall'],
  docs: {
    problem: '`%I` and `quote_ident` quote their argument as a single name, dots included.',
    why: "`format('%I', 'farm.milk')` gives `\"farm.milk\"`: a table of that name in the first schema of the search path, not `milk` in `farm`.",
    whenToIgnore: 'The name really contains a dot.',
  },
  messages: { single: 'This quotes {name} as one name with a dot in it; use %I.%I with schema and name apart.' },
  examples: [
    {
      title: 'a literal',
      bad: "SELECT format('ANALYZE %I', 'farm.milk_production')",
      flags: "'farm.milk_production'",
    },
    {
      title: 'a name put together',
      bad: "DO $$ DECLARE p text; BEGIN p := 'farm.milk_' || to_char(now(), 'YYYY'); EXECUTE format('CREATE TABLE %I PARTITION OF farm.milk FOR VALUES FROM (%L) TO (%L)', p, 1, 2); END $$",
      flags: 'p',
    },
    { title: 'quote_ident', bad: "SELECT 'DROP TABLE ' || quote_ident('farm.milk')", flags: "'farm.milk'" },
    { title: 'two parts', good: "SELECT format('ANALYZE %I.%I', 'farm', 'milk_production')" },
    { title: 'as text', good: "SELECT format('ANALYZE %s', 'farm.milk_production')" },
    { title: 'a value', good: "SELECT format('SELECT %L, %I', 'a.b', 'c')" },
    { title: 'positions', good: "SELECT format('%2$I %1$s %%I', 'a.b', 'c')" },
    {
      title: 'a variable without schema',
      good: "DO $$ DECLARE p text; BEGIN p := 'milk_' || to_char(now(), 'YYYY.MM'); EXECUTE format('CREATE TABLE farm.%I PARTITION OF farm.milk DEFAULT', p); END $$",
    },
  ],
  check({ statement, body, find, report }) {
    if (body) return;
    const check = (
      fields: NodeFields,
      own: ParsedStatement,
      place: (range: SourceRange) => SourceRange,
      source: string,
    ): void => {
      for (const argument of quotedArguments(fields)) {
        const name = qualifiedName(argument, source);
        const node = unwrap(argument);
        const at = name !== undefined && node && own.rangeOf(node.type, node.fields);
        if (at) report({ at: place(at), message: 'single', values: { name } });
      }
    };
    for (const { fields } of find('FuncCall')) check(fields, statement, range => range, '');
    const source = plpgsqlBody(statement)?.source ?? '';
    for (const inner of statement.inner) {
      if (inner.body.use === 'dynamic') continue;
      walk(inner.statement.tree, (type, fields) => {
        if (type === 'FuncCall') check(fields, inner.statement, range => outerRange(inner, range), source);
      });
    }
  },
});

/** The arguments a call quotes as identifiers. */
function quotedArguments(fields: NodeFields): unknown[] {
  const name = functionName(fields);
  const args = list(fields.args);
  if (name === 'quote_ident') return args.slice(0, 1);
  const template = name === 'format' ? stringConstant(args[0]) : undefined;
  if (template === undefined || fields.func_variadic) return [];
  const quoted: unknown[] = [];
  let next = 1;
  for (const [whole, position, , kind] of template.matchAll(/%(?:(\d+)\$)?(-?(?:\d+|\*)?)([sIL%])/g)) {
    if (whole === '%%') continue;
    if (position !== undefined) next = Number(position);
    if (kind === 'I') quoted.push(args[next]);
    next++;
  }
  return quoted.filter(argument => argument !== undefined);
}

const QUALIFIED = /^[a-z_]\w*\.(?:[a-z_]\w*)?$/i;

/** The name with a dot that an argument certainly is: a literal, or a variable given one in the body. */
function qualifiedName(argument: unknown, source: string): string | undefined {
  const literal = leadingText(argument);
  if (literal !== undefined && QUALIFIED.test(literal)) return literal;
  const variable = asColumn(argument);
  if (!variable || variable.qualifier !== undefined || !/^\w+$/.test(variable.name)) return undefined;
  const assigned = [...source.matchAll(new RegExp(`\\b${variable.name}\\s*:?=\\s*'([^']*)'`, 'gi'))];
  const values = assigned.map(match => match[1]!);
  return values.length > 0 && values.every(value => QUALIFIED.test(value)) ? values[0] : undefined;
}

/** The text a chain of `||` begins with. */
function leadingText(node: unknown): string | undefined {
  const found = unwrap(node);
  if (found?.type === 'A_Expr' && operatorOf(found.fields) === '||') return leadingText(found.fields.lexpr);
  return stringConstant(node);
}

import { defineRule } from '../defineRule';
import { operatorOf } from '../support/expressions';
import { unwrap } from '../../sql/walk';
import type { NodeMatch } from '../nodeIndex';

export const joinTypeMismatch = defineRule({
  id: 'join/join-type-mismatch',
  since: '0.2.0',
  severity: 'warning',
  needs: ['catalog'],
  title: 'Joined columns of different types',
  nodes: ['A_Expr'],
  docs: {
    problem: 'The two columns have types that cannot be compared as they are.',
    why: 'Where PostgreSQL converts one side, an index on that column cannot be used; where it does not, the statement fails.',
    whenToIgnore: 'The converted side is small and is read whole anyway.',
  },
  messages: {
    fails: '{left} is {leftType} and {right} is {rightType}: there is no = between them, the statement fails.',
    converts:
      '{converted} is {type} and is converted to {other} for each row: its index cannot be used. Give both columns one type.',
  },
  examples: [
    {
      title: 'text and a number',
      bad: 'SELECT 1 FROM cameras c JOIN counting_results r ON r.camera_id = c.id',
      schema: 'CREATE TABLE cameras (id int PRIMARY KEY); CREATE TABLE counting_results (camera_id varchar(50));',
      flags: 'r.camera_id = c.id',
    },
    {
      title: 'numeric and bigint',
      bad: 'SELECT 1 FROM orders o, payments p WHERE p.order_id = o.id',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE TABLE payments (order_id numeric(20));',
      flags: 'p.order_id = o.id',
    },
    {
      title: 'integers of different width',
      good: 'SELECT 1 FROM orders o JOIN payments p ON p.order_id = o.id',
      schema: 'CREATE TABLE orders (id bigserial PRIMARY KEY); CREATE TABLE payments (order_id integer);',
    },
    {
      title: 'varchar and text',
      good: 'SELECT 1 FROM orders o JOIN payments p ON p.code = o.code',
      schema: 'CREATE TABLE orders (code varchar(20)); CREATE TABLE payments (code text);',
    },
    {
      title: 'a cast that is written',
      good: 'SELECT 1 FROM cameras c JOIN counting_results r ON r.camera_id = c.id::text',
      schema: 'CREATE TABLE cameras (id int PRIMARY KEY); CREATE TABLE counting_results (camera_id varchar(50));',
    },
    {
      title: 'types of the user',
      good: 'SELECT 1 FROM cameras c JOIN counting_results r ON r.camera_id = c.id',
      schema: 'CREATE TABLE cameras (id camera_key); CREATE TABLE counting_results (camera_id int);',
    },
    {
      title: 'date and timestamp compare',
      good: 'SELECT 1 FROM days d JOIN counting_results r ON r.taken_at = d.day',
      schema: 'CREATE TABLE days (day date); CREATE TABLE counting_results (taken_at timestamptz);',
    },
  ],
  check({ find, resolve, rangeOf, report }) {
    for (const comparison of find('A_Expr')) {
      const { kind, lexpr, rexpr } = comparison.fields;
      if (kind !== 'AEXPR_OP' || operatorOf(comparison.fields) !== '=') continue;
      if (unwrap(lexpr)?.type !== 'ColumnRef' || unwrap(rexpr)?.type !== 'ColumnRef') continue;
      const left = resolve(asMatch(lexpr, comparison));
      const right = resolve(asMatch(rexpr, comparison));
      if (!left || !right) continue;
      const leftFamily = familyOf(left.column.type);
      const rightFamily = familyOf(right.column.type);
      if (!leftFamily || !rightFamily || leftFamily === rightFamily) continue;
      const at = rangeOf(comparison);
      const leftName = `${left.relation.name}.${left.column.name}`;
      const rightName = `${right.relation.name}.${right.column.name}`;
      const leftRank = NUMBER_FAMILIES.indexOf(leftFamily);
      const rightRank = NUMBER_FAMILIES.indexOf(rightFamily);
      if (leftRank >= 0 && rightRank >= 0) {
        const [converted, other] = leftRank < rightRank ? [left, rightFamily] : [right, leftFamily];
        const name = leftRank < rightRank ? leftName : rightName;
        report({ at, message: 'converts', values: { converted: name, type: converted.column.type, other } });
        continue;
      }
      report({
        at,
        message: 'fails',
        severity: 'error',
        values: { left: leftName, leftType: left.column.type, right: rightName, rightType: right.column.type },
      });
    }
  },
});

function asMatch(node: unknown, parent: NodeMatch): NodeMatch {
  const { type, fields } = unwrap(node)!;
  return { type, fields, parent, key: 'lexpr' };
}

/** In the order in which PostgreSQL converts one to the next. */
const NUMBER_FAMILIES: readonly string[] = ['integer', 'numeric', 'double precision'];

/** Types compared by operators of one index family; built-in types without operators to the others. */
const FAMILIES: Readonly<Record<string, string>> = {
  smallint: 'integer',
  int2: 'integer',
  integer: 'integer',
  int: 'integer',
  int4: 'integer',
  bigint: 'integer',
  int8: 'integer',
  smallserial: 'integer',
  serial: 'integer',
  bigserial: 'integer',
  numeric: 'numeric',
  decimal: 'numeric',
  real: 'double precision',
  float4: 'double precision',
  'double precision': 'double precision',
  float8: 'double precision',
  text: 'text',
  varchar: 'text',
  'character varying': 'text',
  uuid: 'uuid',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'time',
  timestamp: 'time',
  'timestamp without time zone': 'time',
  timestamptz: 'time',
  'timestamp with time zone': 'time',
  jsonb: 'jsonb',
  bytea: 'bytea',
};

function familyOf(type: string): string | undefined {
  const name = type
    .toLowerCase()
    .replace(/\s*\([^)]*\)/, '')
    .replace(/^pg_catalog\./, '')
    .trim();
  return Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined;
}

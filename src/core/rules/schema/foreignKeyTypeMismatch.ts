import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { SCALAR_TYPES } from '../support/dataTypes';
import { asTable } from '../support/expressions';
import { foreignKeyDefinitions } from '../support/foreignKeys';
import { knownTable } from '../support/knownTable';
import type { KnownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

const INTEGERS = ['int2', 'int4', 'int8'];
const TEXTS = new Set(['text', 'varchar']);

export const foreignKeyTypeMismatch = defineRule({
  id: 'schema/foreign-key-type-mismatch',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Foreign key of another type than its key',
  docs: {
    problem: 'The column and the column it refers to have different types.',
    why: 'Types without a common equality, as text and bigint, are refused. A smaller integer runs out before the key does; other pairs cost a conversion in every join and check.',
    whenToIgnore: 'The referenced keys are known to fit the smaller type.',
  },
  messages: {
    refused: '{column} is {type} and {referenced} is {key}: PostgreSQL refuses the foreign key.',
    smaller: '{column} is {type} and {referenced} is {key}: rows with larger keys cannot be referred to.',
    other: '{column} is {type} and {referenced} is {key}: every join and check converts one of them.',
  },
  examples: [
    {
      title: 'integer for bigint',
      bad: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer REFERENCES customers (id));',
      flags: 'customer_id integer REFERENCES customers',
    },
    {
      title: 'text for uuid',
      bad: 'CREATE TABLE users (id uuid PRIMARY KEY); CREATE TABLE notes (id bigint PRIMARY KEY, user_id text); ALTER TABLE notes ADD FOREIGN KEY (user_id) REFERENCES users;',
      flags: 'FOREIGN KEY (user_id) REFERENCES users',
    },
    {
      title: 'serial and integer are the same',
      good: 'CREATE TABLE cameras (id serial PRIMARY KEY); CREATE TABLE zones (id int PRIMARY KEY, camera_id integer REFERENCES cameras);',
    },
    {
      title: 'text and varchar',
      good: 'CREATE TABLE codes (code varchar(8) PRIMARY KEY); CREATE TABLE uses (id int PRIMARY KEY, code text REFERENCES codes);',
    },
    {
      title: 'a wider integer',
      good: 'CREATE TABLE kinds (id smallint PRIMARY KEY); CREATE TABLE things (id int PRIMARY KEY, kind_id int REFERENCES kinds);',
    },
    {
      title: 'an unknown table',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer REFERENCES customers)',
    },
    {
      title: 'a domain',
      good: 'CREATE TABLE users (id user_id PRIMARY KEY); CREATE TABLE notes (id bigint PRIMARY KEY, owner bigint REFERENCES users);',
    },
    {
      title: 'itself',
      good: 'CREATE TABLE nodes (id bigint PRIMARY KEY, parent_id bigint REFERENCES nodes (id))',
    },
  ],
  check({ statement, catalog, file, body, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const keys = foreignKeyDefinitions({ find });
    if (!relation || keys.length === 0) return;
    const name = asTable(relation);
    const own = knownTable(name, { file, catalog }, { statement });
    for (const key of keys) {
      const isOwn = key.references.name === name.name && key.references.schema === name.schema;
      const target = isOwn ? own : knownTable(key.references, { file, catalog });
      const referenced = key.referenced.length > 0 ? key.referenced : primaryKey(target);
      for (const [i, column] of key.columns.entries()) {
        const type = own?.columns.get(column)?.type;
        const keyType = target?.columns.get(referenced[i] ?? '')?.type;
        if (type === undefined || keyType === undefined) continue;
        const message = compare(type, keyType);
        if (!message) continue;
        const range = rangeOf(key.match);
        const column0 = key.match.parent?.type === 'ColumnDef' ? rangeOf(key.match.parent).start : range.start;
        report({
          at: { start: column0, end: range.end },
          message,
          values: { column, type, referenced: `${key.references.name}.${referenced[i]!}`, key: keyType },
          // Another statement of a body may change the columns before.
          ...(message === 'refused' && !body && { severity: 'error' as const }),
          ...(message === 'other' && { severity: 'info' as const }),
        });
        break;
      }
    }
  },
});

function primaryKey(table: KnownTable | undefined): string[] {
  return table?.keys.find(({ primary }) => primary)?.columns.flatMap(column => column ?? []) ?? [];
}

/** What becomes of a foreign key of one type on a key of another. */
function compare(type: string, key: string): 'refused' | 'smaller' | 'other' | undefined {
  if (type === key || !SCALAR_TYPES.has(type) || !SCALAR_TYPES.has(key)) return undefined;
  if (TEXTS.has(type) && TEXTS.has(key)) return undefined;
  const [own, other] = [INTEGERS.indexOf(type), INTEGERS.indexOf(key)];
  if (own >= 0 && other >= 0) return own < other ? 'smaller' : undefined;
  return ACCEPTED[type]?.includes(key) ? 'other' : 'refused';
}

/** Keys of other types that a column of a type may refer to, tried out on PostgreSQL 14 and 18. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  int2: ['numeric', 'float4', 'float8'],
  int4: ['numeric', 'float4', 'float8'],
  int8: ['numeric', 'float4', 'float8'],
  numeric: ['float4', 'float8'],
  float4: ['float8'],
  float8: ['float4'],
  text: ['bpchar'],
  varchar: ['bpchar'],
  bpchar: ['text', 'varchar'],
  date: ['timestamp', 'timestamptz'],
  time: ['timetz', 'interval'],
  timestamp: ['date', 'timestamptz'],
  timestamptz: ['date', 'timestamp'],
};

import { unwrap } from '../../sql/walk';
import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';
import { functionName, list, stringValue } from '../support/expressions';

const RANDOM = new Set(['gen_random_uuid', 'uuid_generate_v4', 'uuidv4']);
const UUIDV7 = 180000;

export const randomUuidPrimaryKey = defineRule({
  id: 'schema/random-uuid-primary-key',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['CreateStmt'],
  title: 'Random uuid as primary key',
  docs: {
    problem: 'New keys are random uuids.',
    why: 'Each insert goes to another page of the index: once it no longer fits in memory every insert reads a page, and full-page images swell the WAL. uuidv7() begins with the time, so new keys lie together.',
    whenToIgnore: 'The table stays small, or the key must not tell when a row was made.',
  },
  messages: {
    v7: 'Random keys scatter inserts over the whole index; uuidv7() keeps new ones together.',
    sorted:
      'Random keys scatter inserts over the whole index; keys that ascend with time (uuidv7() since PostgreSQL 18, or bigint) lie together.',
  },
  examples: [
    {
      title: 'gen_random_uuid',
      bad: 'CREATE TABLE events (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), payload jsonb)',
      flags: 'gen_random_uuid()',
    },
    {
      title: 'the key named at the end',
      bad: 'CREATE TABLE events (id uuid DEFAULT uuid_generate_v4(), PRIMARY KEY (id))',
      flags: 'uuid_generate_v4()',
    },
    { title: 'uuidv7', good: 'CREATE TABLE events (id uuid PRIMARY KEY DEFAULT uuidv7())' },
    { title: 'identity', good: 'CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)' },
    {
      title: 'not the key',
      good: 'CREATE TABLE events (id bigint PRIMARY KEY, public_id uuid DEFAULT gen_random_uuid())',
    },
    { title: 'the application makes it', good: 'CREATE TABLE events (id uuid PRIMARY KEY)' },
    {
      title: 'after another column of the key',
      good: 'CREATE TABLE events (tenant_id bigint, id uuid DEFAULT gen_random_uuid(), PRIMARY KEY (tenant_id, id))',
    },
  ],
  check({ statement, serverVersion, find, report }) {
    const leading = find('Constraint')
      .filter(({ fields }) => fields.contype === 'CONSTR_PRIMARY')
      .map(({ fields }) => stringValue(list(fields.keys)[0]));
    for (const { name, constraints, defaultValue } of columnDefinitions({ statement, find })) {
      if (!constraints.has('CONSTR_PRIMARY') && !leading.includes(name)) continue;
      const call = unwrap(defaultValue);
      if (
        call?.type !== 'FuncCall' ||
        !RANDOM.has(functionName(call.fields) ?? stringValue(list(call.fields.funcname).at(-1)) ?? '')
      )
        continue;
      const at = statement.rangeOf('FuncCall', call.fields);
      if (!at) continue;
      const isNew = serverVersion !== undefined && serverVersion >= UUIDV7;
      report({
        at,
        message: isNew ? 'v7' : 'sorted',
        fixes: isNew ? [{ title: 'Use uuidv7()', safe: false, edits: [{ range: at, newText: 'uuidv7()' }] }] : [],
      });
    }
  },
});

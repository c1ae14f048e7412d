import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';
import { contains, functionName } from '../support/expressions';

export const uuidAsText = defineRule({
  id: 'schema/uuid-as-text',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'uuid kept as text',
  docs: {
    problem: 'The column is text of 36 characters, or text that is filled with a uuid.',
    why: 'As text a uuid takes 37 bytes instead of 16, in the table and in every index, compares by collation, and two spellings of one value are different.',
    whenToIgnore: 'Other values than uuids are kept in it too.',
  },
  messages: { text: '{column} holds uuids as text of 37 bytes; the type uuid takes 16 and compares faster.' },
  examples: [
    {
      title: '36 characters',
      bad: 'CREATE TABLE sessions (id varchar(36) PRIMARY KEY, user_id char(36))',
      flags: ['varchar(36)', 'char(36)'],
    },
    {
      title: 'a generated one',
      bad: 'CREATE TABLE sessions (id text PRIMARY KEY DEFAULT gen_random_uuid())',
      flags: 'text',
    },
    { title: 'uuid', good: 'CREATE TABLE sessions (id uuid PRIMARY KEY DEFAULT gen_random_uuid())' },
    { title: 'another length', good: 'CREATE TABLE sessions (id varchar(32) PRIMARY KEY, title varchar(40))' },
    { title: 'text', good: 'CREATE TABLE sessions (id text PRIMARY KEY)' },
    {
      title: '36 characters of something else',
      good: 'CREATE TABLE people (id bigint PRIMARY KEY, title varchar(36))',
    },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange, defaultValue } of columnDefinitions({ statement, find })) {
      if (type !== 'text' && type !== 'varchar' && type !== 'bpchar') continue;
      const is36 = /\(\s*36\s*\)/.test(statement.text.slice(typeRange.start, typeRange.end));
      const isKeyName = /(?:^|_)(?:id|uuid|guid)$/i.test(name);
      const isFilled = contains(
        defaultValue,
        (node, fields) =>
          node === 'FuncCall' && /^(?:gen_random_uuid|uuid_generate_v\d\w*|uuidv\d)$/.test(functionName(fields) ?? ''),
      );
      if (!(is36 && isKeyName) && !isFilled) continue;
      report({ at: typeRange, message: 'text', values: { column: name } });
    }
  },
});

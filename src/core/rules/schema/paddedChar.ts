import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const paddedChar = defineRule({
  id: 'schema/padded-char',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'char(n)',
  docs: {
    problem: 'char(n) fills every value up to n characters with blanks.',
    why: 'The blanks take space, are ignored in some comparisons and not in others (LIKE, regular expressions), and the length saves nothing. A shorter value is accepted as well, so it is no check of the length either.',
    whenToIgnore: 'All values have exactly n characters, as country and currency codes have.',
  },
  messages: {
    padded:
      '{column} is filled up with blanks; text with CHECK (length({column}) = n) is smaller and checks the length.',
  },
  examples: [
    {
      title: 'a number plate',
      bad: 'CREATE TABLE cars (id bigint PRIMARY KEY, plate char(12) NOT NULL)',
      flags: 'char(12)',
      fixed: 'CREATE TABLE cars (id bigint PRIMARY KEY, plate varchar(12) NOT NULL)',
    },
    { title: 'a status', bad: 'ALTER TABLE jobs ADD COLUMN state CHARACTER(20)', flags: 'CHARACTER(20)' },
    { title: 'text', good: 'CREATE TABLE cars (id bigint PRIMARY KEY, plate text)' },
    {
      title: 'varchar',
      good: 'CREATE TABLE cars (id bigint PRIMARY KEY, plate varchar(12), note character varying(80))',
    },
    {
      title: 'codes of a fixed length',
      good: 'CREATE TABLE prices (id bigint PRIMARY KEY, country char(2), currency char(3), active char(1))',
    },
    { title: 'a single byte', good: 'CREATE TABLE flags (id bigint PRIMARY KEY, kind "char")' },
    {
      title: 'a digest in hexadecimal',
      good: 'CREATE TABLE files (id bigint PRIMARY KEY, sha256 char(64), commit char(40))',
    },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange, hasModifier } of columnDefinitions({ statement, find })) {
      const written = statement.text.slice(typeRange.start, typeRange.end);
      const length = Number(/\((\d+)\)/.exec(written)?.[1] ?? 1);
      // "char" in quotes is another type of one byte. Codes have one to three letters, digests 32, 40 or 64.
      if (type !== 'bpchar' || !hasModifier || length <= 3 || [32, 40, 64, 128].includes(length)) continue;
      // char(36) is a uuid, which another rule looks at.
      if (length === 36) continue;
      report({
        at: typeRange,
        message: 'padded',
        values: { column: name },
        fixes: [
          { title: 'Make it varchar', safe: false, edits: [{ range: typeRange, newText: `varchar(${length})` }] },
        ],
      });
    }
  },
});

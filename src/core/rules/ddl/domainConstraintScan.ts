import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { insertion, leadingWords } from '../support/existingTable';
import { list, stringValue } from '../support/expressions';

export const domainConstraintScan = defineRule({
  id: 'ddl/domain-constraint-scan',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterDomainStmt'],
  needs: ['file'],
  title: 'Domain constraint that reads every table using the domain',
  docs: {
    problem: 'All rows of all tables with a column of the domain are read, and writes to those tables wait meanwhile.',
    why: 'The statement holds a SHARE lock on each of them. With `NOT VALID` only new values are checked; `ALTER DOMAIN ... VALIDATE CONSTRAINT` reads the old ones later.',
    whenToIgnore: 'The tables that use the domain are small.',
  },
  messages: {
    check: 'Every table that uses {domain} is read while its writers wait; add the constraint NOT VALID.',
    notNull: 'Every table that uses {domain} is read while its writers wait.',
  },
  examples: [
    {
      title: 'a new condition',
      bad: "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')",
      flags: 'ALTER DOMAIN email',
      fixed: "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID",
    },
    { title: 'NOT NULL', bad: 'ALTER DOMAIN email SET NOT NULL', flags: 'ALTER DOMAIN email' },
    { title: 'not validated yet', good: "ALTER DOMAIN email ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID" },
    {
      title: 'a domain created in the same file',
      good: "CREATE DOMAIN email AS text; ALTER DOMAIN email ADD CHECK (VALUE <> '');",
    },
    { title: 'dropping one', good: 'ALTER DOMAIN email DROP CONSTRAINT has_at' },
    { title: 'a default', good: "ALTER DOMAIN email SET DEFAULT ''" },
  ],
  check({ statement, file, body, report }) {
    const alter = unwrap(statement.tree)?.fields;
    const domain = list(alter?.typeName).map(stringValue).at(-1);
    if (!alter || domain === undefined || body) return;
    if (file.earlier(domain).some(({ kind }) => kind === 'CreateDomainStmt')) return;
    const constraint = unwrap(alter.def)?.fields as NodeFields | undefined;
    const at = leadingWords(statement.text, /^alter\s+domain\s+(?:"[^"]+"|[\w.])+/i);
    if (alter.subtype === 'C' && constraint?.contype === 'CONSTR_CHECK' && constraint.skip_validation !== true) {
      report({
        at,
        message: 'check',
        values: { domain },
        fixes: [
          {
            title: 'Add it NOT VALID',
            // Old values stay unchecked until it is validated.
            safe: false,
            edits: [insertion(statement.text.length, ' NOT VALID')],
          },
        ],
      });
    } else if (alter.subtype === 'O') report({ at, message: 'notNull', values: { domain } });
  },
});

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable, list } from '../support/expressions';
import { sameSchema } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';
import type { ParsedStatement } from '../../sql/statement';

export const permissivePolicies = defineRule({
  id: 'schema/permissive-policies',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreatePolicyStmt'],
  needs: ['file'],
  title: 'Several permissive policies for one role and command',
  docs: {
    problem: 'Another permissive policy of the table holds for the same role and command.',
    why: 'They are joined by OR: every row is tested by each of them, and an index that serves one no longer serves the whole. People often expect AND, which only AS RESTRICTIVE gives.',
    whenToIgnore: 'The table is small and separate policies read better.',
  },
  messages: {
    also: 'Policy {other} holds for the same role and command; both are evaluated, joined by OR. One policy with both conditions says so.',
  },
  examples: [
    {
      title: 'two ways to read',
      bad: 'CREATE POLICY own ON notes FOR SELECT USING (user_id = (SELECT auth.uid())); CREATE POLICY shared ON notes FOR SELECT USING (is_public);',
      flags: 'shared',
    },
    {
      title: 'one for all commands beside one for a single command',
      bad: 'CREATE POLICY owner_all ON notes TO authenticated USING (user_id = (SELECT auth.uid())); CREATE POLICY team ON notes FOR UPDATE TO authenticated USING (true);',
      flags: 'team',
    },
    {
      title: 'other commands',
      good: 'CREATE POLICY r ON notes FOR SELECT USING (true); CREATE POLICY w ON notes FOR INSERT WITH CHECK (user_id = (SELECT auth.uid()));',
    },
    {
      title: 'other roles',
      good: 'CREATE POLICY a ON notes FOR SELECT TO anon USING (is_public); CREATE POLICY b ON notes FOR SELECT TO authenticated USING (true);',
    },
    {
      title: 'a restrictive one',
      good: 'CREATE POLICY a ON notes USING (true); CREATE POLICY b ON notes AS RESTRICTIVE USING (tenant_id = 1);',
    },
    { title: 'other tables', good: 'CREATE POLICY a ON notes USING (true); CREATE POLICY a ON files USING (true);' },
    {
      title: 'the first is dropped',
      good: 'CREATE POLICY a ON notes USING (true); DROP POLICY a ON notes; CREATE POLICY b ON notes USING (is_public);',
    },
  ],
  check({ statement, file, report }) {
    const own = readPolicy(statement);
    if (!own?.permissive) return;
    const other = file
      .earlier(own.table)
      .flatMap(earlier => readPolicy(earlier) ?? [])
      .find(
        policy =>
          policy.permissive &&
          policy.name !== own.name &&
          policy.table === own.table &&
          sameSchema(policy.schema, own.schema) &&
          (policy.command === 'all' || own.command === 'all' || policy.command === own.command) &&
          policy.roles.some(role => own.roles.includes(role)) &&
          !isDropped(policy.name),
      );
    const words = /^create\s+policy\s+("(?:[^"]|"")*"|\S+)/i.exec(statement.text);
    if (!other || !words) return;
    const end = words[0].length;
    report({ at: { start: end - words[1]!.length, end }, message: 'also', values: { other: other.name } });

    function isDropped(name: string): boolean {
      return [...file.earlier(name), ...file.later(name), ...file.earlier(own!.table), ...file.later(own!.table)].some(
        ({ kind, text }) => kind === 'DropStmt' && text.includes(name),
      );
    }
  },
});

interface FilePolicy {
  readonly name: string;
  readonly schema: string | undefined;
  readonly table: string;
  readonly command: string;
  readonly permissive: boolean;
  readonly roles: readonly string[];
}

function readPolicy({ tree, kind }: ParsedStatement): FilePolicy | undefined {
  const fields = kind === 'CreatePolicyStmt' ? unwrap(tree)?.fields : undefined;
  if (!fields?.table) return undefined;
  const { name, schema } = asTable(fields.table as NodeFields);
  return {
    name: String(fields.policy_name ?? ''),
    schema,
    table: name,
    command: String(fields.cmd_name ?? 'all'),
    permissive: fields.permissive === true,
    roles: list(fields.roles).map(role => {
      const spec = unwrap(role)?.fields;
      return spec?.roletype === 'ROLESPEC_PUBLIC' ? 'public' : String(spec?.rolename ?? spec?.roletype);
    }),
  };
}

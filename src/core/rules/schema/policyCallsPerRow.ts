import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { isConstantExpression, list, stringValue } from '../support/expressions';
import type { NodeFields, NodeMatch } from '../nodeIndex';

/** Functions that read who is asking. `auth` is the schema of Supabase and its like. */
const SESSION = new Set([
  'auth.uid',
  'auth.jwt',
  'auth.role',
  'auth.email',
  'current_setting',
  'pg_catalog.current_setting',
]);

export const policyCallsPerRow = defineRule({
  id: 'schema/policy-calls-per-row',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreatePolicyStmt', 'AlterPolicyStmt'],
  title: 'Row security policy that calls a function for each row',
  docs: {
    problem: 'The policy calls a function of the session, which is the same for all rows, bare.',
    why: 'PostgreSQL runs it again for every row a scan reads. In `(SELECT auth.uid())` it runs once and the result is kept.',
    whenToIgnore: 'The table is small, or each query finds its few rows by an index first.',
  },
  messages: { perRow: '{call} runs for every row; (SELECT {call}) runs once per query.' },
  examples: [
    {
      title: 'the rows of a user',
      bad: 'CREATE POLICY own ON notes FOR SELECT TO authenticated USING (auth.uid() = user_id)',
      flags: 'auth.uid()',
      fixed: 'CREATE POLICY own ON notes FOR SELECT TO authenticated USING ((SELECT auth.uid()) = user_id)',
    },
    {
      title: 'the tenant in a setting',
      bad: "CREATE POLICY tenant ON invoices USING (tenant_id = current_setting('app.tenant_id', true)::uuid)",
      flags: "current_setting('app.tenant_id', true)",
      fixed:
        "CREATE POLICY tenant ON invoices USING (tenant_id = (SELECT current_setting('app.tenant_id', true))::uuid)",
    },
    { title: 'in a subquery', good: 'CREATE POLICY own ON notes USING (user_id = (SELECT auth.uid()))' },
    { title: 'the current role, which is no call', good: 'CREATE POLICY own ON notes USING (owner = current_user)' },
    { title: 'a function of a column', good: 'CREATE POLICY own ON notes USING (app.may_read(id))' },
    { title: 'only new rows', good: 'CREATE POLICY own ON notes FOR INSERT WITH CHECK (user_id = auth.uid())' },
    { title: 'a query', good: 'SELECT id FROM notes WHERE user_id = auth.uid()' },
  ],
  check({ statement, find, rangeOf, report }) {
    if (unwrap(statement.tree) === undefined) return;
    for (const call of find('FuncCall')) {
      if (!SESSION.has(qualifiedName(call.fields)) || !isConstantExpression(list(call.fields.args))) continue;
      // WITH CHECK is asked once for each row that is written, which costs more anyway.
      if (isWrapped(call) || rootKey(call) !== 'qual') continue;
      const at = rangeOf(call);
      const text = statement.text.slice(at.start, at.end);
      report({
        at,
        message: 'perRow',
        values: { call: text },
        fixes: [{ title: 'Call it once per query', safe: true, edits: [{ range: at, newText: `(SELECT ${text})` }] }],
      });
    }
  },
});

function qualifiedName(fields: NodeFields): string {
  return list(fields.funcname).map(stringValue).join('.');
}

/** True inside a subquery of its own. */
function isWrapped(call: NodeMatch): boolean {
  for (let at = call.parent; at; at = at.parent) if (at.type === 'SelectStmt') return true;
  return false;
}

/** The clause of the policy that a node is in. */
function rootKey(node: NodeMatch): string {
  let at = node;
  while (at.parent?.parent) at = at.parent;
  return at.key;
}

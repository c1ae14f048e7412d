import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, asTable, contains, isSmall, operatorOf } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';
import { conjuncts } from '../support/trees';

export const policyColumnWithoutIndex = defineRule({
  id: 'index/policy-column-without-index',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreatePolicyStmt'],
  needs: ['file'],
  title: 'Row security policy on a column without an index',
  docs: {
    problem: 'The policy compares a column of its table, and no index begins with that column.',
    why: 'The condition is added to every query of the role, so each of them reads rows of all users or tenants only to drop most of them.',
    whenToIgnore: 'The table is small, or queries always filter by another, more selective column.',
  },
  messages: { missing: 'Every query of {table} filters by {column}, and no index begins with it: create one.' },
  examples: [
    {
      title: 'a tenant',
      bad: "CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid NOT NULL); CREATE POLICY tenant ON invoices USING (tenant_id = (SELECT current_setting('app.tenant')::uuid));",
      flags: 'tenant_id',
    },
    {
      title: 'a user, in a known database',
      schema: 'CREATE TABLE notes (id bigint PRIMARY KEY, user_id uuid);',
      bad: 'CREATE POLICY own ON notes FOR SELECT TO authenticated USING ((SELECT auth.uid()) = user_id)',
      flags: 'user_id',
    },
    {
      title: 'the index follows',
      good: "CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid); CREATE POLICY tenant ON invoices USING (tenant_id = (SELECT current_setting('app.tenant')::uuid)); CREATE INDEX ON invoices (tenant_id, id);",
    },
    {
      title: 'the primary key begins with it',
      good: 'CREATE TABLE invoices (tenant_id uuid, id bigint, PRIMARY KEY (tenant_id, id)); CREATE POLICY tenant ON invoices USING (tenant_id = app.tenant());',
    },
    { title: 'an unknown table', good: 'CREATE POLICY own ON notes USING (user_id = (SELECT auth.uid()))' },
    {
      title: 'no column',
      good: 'CREATE TABLE notes (id int PRIMARY KEY); CREATE POLICY everybody ON notes FOR SELECT USING (true);',
    },
    {
      title: 'one of several conditions',
      good: 'CREATE TABLE notes (id int PRIMARY KEY, user_id uuid, is_public boolean); CREATE POLICY p ON notes USING (is_public OR user_id = auth.uid());',
    },
    {
      title: 'a small table',
      schema: '-- plans: 12 rows\nCREATE TABLE plans (id int PRIMARY KEY, tenant_id uuid);',
      good: 'CREATE POLICY p ON plans USING (tenant_id = app.tenant())',
    },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const fields = unwrap(statement.tree)?.fields;
    if (!fields?.table || fields.qual === undefined) return;
    const table = knownTable(asTable(fields.table as NodeFields), { file, catalog }, { later: true });
    if (!table || isSmall(table.relation)) return;
    const leading = [
      ...table.keys.map(({ columns }) => columns[0]),
      ...file.indexesOn(table.name.name, table.name.schema).map(({ keys }) => keys[0]),
    ];
    const candidates = new Set(conjuncts(fields.qual).flatMap(comparedColumn));
    for (const reference of find('ColumnRef')) {
      const column = asColumn({ ColumnRef: reference.fields })?.name;
      if (!candidates.has(reference.fields) || column === undefined || !table.columns.has(column)) continue;
      // One indexed condition is enough to find the rows by.
      if (leading.includes(column)) return;
    }
    const first = find('ColumnRef').find(({ fields: reference }) => candidates.has(reference));
    const column = first && asColumn({ ColumnRef: first.fields })?.name;
    if (!first || column === undefined || !table.columns.has(column)) return;
    report({ at: rangeOf(first), message: 'missing', values: { table: table.name.name, column } });
  },
});

/** The bare column that a condition sets equal to something without columns of the table. */
function comparedColumn(condition: unknown): object[] {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return [];
  const { lexpr, rexpr } = node.fields;
  const isFree = (side: unknown): boolean => !contains(side, type => type === 'ColumnRef');
  const side = asColumn(lexpr) && isFree(rexpr) ? lexpr : asColumn(rexpr) && isFree(lexpr) ? rexpr : undefined;
  const reference = unwrap(side);
  return reference ? [reference.fields] : [];
}

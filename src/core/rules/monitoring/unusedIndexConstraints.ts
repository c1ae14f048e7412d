import { defineRule } from '../defineRule';
import { asColumn, integerConstant, operatorOf } from '../support/expressions';
import { SYSTEM_NAMES, systemColumnUses } from '../support/systemColumns';

export const unusedIndexConstraints = defineRule({
  id: 'monitoring/unused-index-constraints',
  since: '0.2.0',
  severity: 'info',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'Unused indexes, with those of constraints among them',
  docs: {
    problem:
      'An index that is never scanned may enforce a primary key or a unique rule: it is listed, and dropping it fails or loses the rule.',
    why: 'Checking a constraint does not count as a scan. A name such as `%pkey` tells only how most indexes are named; `pg_index.indisunique` knows. The counters also say nothing right after a reset or about use on a standby.',
    whenToIgnore: 'Somebody looks at each index before it is dropped.',
  },
  messages: {
    unique:
      'Indexes of primary keys and unique rules are among them, whose checks do not count as scans: join pg_index and keep NOT indisunique.',
  },
  examples: [
    {
      title: 'never scanned',
      bad: "SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan = 0 AND indexrelname NOT LIKE '%pkey'",
      flags: 'idx_scan = 0',
    },
    {
      title: 'rarely',
      bad: 'SELECT s.indexrelname FROM pg_stat_user_indexes s WHERE s.idx_scan < 50',
      flags: 's.idx_scan < 50',
    },
    {
      title: 'unique ones left out',
      good: 'SELECT s.indexrelname FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid) WHERE s.idx_scan = 0 AND NOT i.indisunique',
    },
    {
      title: 'constraints left out',
      good: 'SELECT s.indexrelname FROM pg_stat_user_indexes s WHERE s.idx_scan = 0 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = s.indexrelid)',
    },
    { title: 'much used', good: 'SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan > 1000' },
    { title: 'tables without index scans', good: 'SELECT relname FROM pg_stat_user_tables WHERE idx_scan = 0' },
    { title: 'shown only', good: 'SELECT indexrelname, idx_scan = 0 AS unused FROM pg_stat_user_indexes' },
  ],
  check({ body, find, rangeOf, report }) {
    const names = new Set(find('ColumnRef').flatMap(node => asColumn({ ColumnRef: node.fields })?.name ?? []));
    if (KNOWS_CONSTRAINTS.some(name => names.has(name))) return;
    for (const { node, name, relations } of systemColumnUses(find, body?.variables)) {
      const comparison = node.parent;
      if (!COUNTERS.has(name.name) || !/^pg_stat_(?:user|all)_indexes$/.test(relations[0]?.name ?? '')) continue;
      if (comparison?.type !== 'A_Expr' || node.key !== 'lexpr' || !isInWhere(comparison)) continue;
      const number = integerConstant(comparison.fields.rexpr);
      const operator = operatorOf(comparison.fields);
      if (number === undefined || !(operator === '<' || operator === '<=' || (operator === '=' && number === 0)))
        continue;
      report({ at: rangeOf(comparison), message: 'unique' });
      return;
    }
  },
});

const COUNTERS: ReadonlySet<string> = new Set(['idx_scan', 'idx_tup_read']);
const KNOWS_CONSTRAINTS = ['indisunique', 'indisprimary', 'conindid', 'contype', 'conname'];

function isInWhere(node: { readonly key: string; readonly parent?: { readonly type: string; readonly key: string } }) {
  return node.key === 'whereClause' || (node.parent?.type === 'BoolExpr' && node.parent.key === 'whereClause');
}

import { defineRule } from '../defineRule';
import { asColumn, functionName, operatorOf } from '../support/expressions';
import { unwrap } from '../../sql/walk';
import { SYSTEM_NAMES, systemColumnUses } from '../support/systemColumns';

export const signedStatistics = defineRule({
  id: 'monitoring/signed-statistics',
  since: '0.2.0',
  severity: 'info',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'Statistics of pg_stats read without their sign',
  docs: {
    problem:
      '`n_distinct` is negative for columns whose number of values grows with the table, and `correlation` is -1 for a column stored in descending order.',
    why: '`n_distinct > 100` leaves out the most selective columns, a unique one is -1; `correlation < 0.1` takes well ordered ones for unordered.',
    whenToIgnore: 'Negative values are treated elsewhere.',
  },
  messages: {
    distinct:
      'Unique and nearly unique columns have a negative n_distinct (a share of the rows) and are left out here.',
    correlation:
      'A column stored in descending order has a correlation near -1 and is as well ordered: abs(correlation) treats both alike.',
  },
  examples: [
    {
      title: 'many values',
      bad: 'SELECT tablename, attname FROM pg_stats WHERE n_distinct > 100',
      flags: 'n_distinct > 100',
    },
    {
      title: 'hardly ordered',
      bad: 'SELECT s.attname FROM pg_stats s WHERE s.correlation < 0.1',
      flags: 's.correlation < 0.1',
    },
    { title: 'both signs', good: 'SELECT attname FROM pg_stats WHERE n_distinct > 100 OR n_distinct < 0' },
    { title: 'either order', good: 'SELECT attname FROM pg_stats WHERE abs(correlation) < 0.1' },
    { title: 'strongly ordered', good: 'SELECT attname FROM pg_stats WHERE correlation > 0.9' },
    {
      title: 'a range around zero',
      good: 'SELECT attname FROM pg_stats WHERE correlation < 0.1 AND correlation > -0.1',
    },
    { title: 'a table of one’s own', good: 'SELECT id FROM samples WHERE correlation < 0.1 AND n_distinct > 100' },
  ],
  check({ body, find, rangeOf, report }) {
    const uses = systemColumnUses(find, body?.variables).filter(({ relations }) => relations[0]?.name === 'pg_stats');
    for (const { node, name } of uses) {
      const comparison = node.parent;
      if (comparison?.type !== 'A_Expr' || node.key !== 'lexpr') continue;
      const value = numberOf(comparison.fields.rexpr);
      const operator = operatorOf(comparison.fields) ?? '';
      if (value === undefined || treatsSign(name.name)) continue;
      const at = rangeOf(comparison);
      if (name.name === 'n_distinct' && /^>=?$/.test(operator) && value >= 0) report({ at, message: 'distinct' });
      if (name.name === 'correlation' && /^<=?$/.test(operator) && value > 0) report({ at, message: 'correlation' });
    }

    /** Used a second time, in abs() or in another comparison, it is not read by one sign only. */
    function treatsSign(column: string): boolean {
      const compared = uses.filter(({ node, name }) => name.name === column && node.parent?.type !== 'ResTarget');
      const inSelect = find('FuncCall').some(
        ({ fields }) =>
          functionName(fields) === 'abs' &&
          uses.some(
            ({ node }) => node.parent?.fields === fields && asColumn({ ColumnRef: node.fields })?.name === column,
          ),
      );
      return inSelect || compared.length > 1;
    }
  },
});

function numberOf(node: unknown): number | undefined {
  const constant = unwrap(node);
  if (constant?.type !== 'A_Const') return undefined;
  const { ival, fval } = constant.fields as Record<string, { ival?: number; fval?: string } | undefined>;
  return ival ? (ival.ival ?? 0) : fval ? Number(fval.fval) : undefined;
}

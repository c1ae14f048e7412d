import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { closestName } from '../support/closestName';
import { list, operatorOf, stringConstant } from '../support/expressions';
import { SYSTEM_NAMES, systemColumnUses } from '../support/systemColumns';
import { SYSTEM_VALUES } from '../support/systemValues';

export const unknownSystemValue = defineRule({
  id: 'monitoring/unknown-system-value',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'A state no session is ever in',
  docs: {
    problem: 'The column is compared with a word PostgreSQL never puts there, so the condition never holds.',
    why: 'An alert on it stays silent for ever.',
    whenToIgnore: 'An extension or a fork adds the value.',
  },
  messages: {
    near: '{column} of {relation} is never {value}; it may be {near}.',
    never: '{column} of {relation} is never {value}; it is one of {values}.',
  },
  examples: [
    {
      title: 'underscores',
      bad: "SELECT pid FROM pg_stat_activity WHERE state = 'idle_in_transaction'",
      flags: "'idle_in_transaction'",
    },
    {
      title: 'no such state',
      bad: "SELECT count(*) FROM pg_stat_activity a WHERE a.state IN ('active', 'running')",
      flags: "'running'",
    },
    {
      title: 'case counts',
      bad: "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'lock'",
      flags: "'lock'",
    },
    { title: 'a state', good: "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'" },
    {
      title: 'another one',
      good: "SELECT pid FROM pg_stat_activity WHERE state <> 'idle' AND backend_type = 'walsender'",
    },
    { title: 'kinds of relations', good: "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm', '')" },
    { title: 'a table of one’s own', good: "SELECT id FROM orders WHERE state = 'running'" },
    { title: 'a pattern', good: "SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle_in_transaction%'" },
    { title: 'filled in later', good: 'SELECT pid FROM pg_stat_activity WHERE state = $1' },
  ],
  check({ statement, body, find, report }) {
    for (const { node, name, relations } of systemColumnUses(find, body?.variables)) {
      const relation = relations[0]?.name ?? '';
      const known = SYSTEM_VALUES[`${relation}.${name.name}`];
      const comparison = node.parent;
      if (!known || comparison?.type !== 'A_Expr' || !COMPARISONS.has(String(comparison.fields.kind))) continue;
      const operator = operatorOf(comparison.fields);
      if (operator !== '=' && operator !== '<>') continue;
      const other = node.key === 'lexpr' ? comparison.fields.rexpr : comparison.fields.lexpr;
      const constants = unwrap(other)?.type === 'List' ? list(other) : [other];
      for (const constant of constants) {
        const value = stringConstant(constant);
        const place = unwrap(constant);
        const at = place && statement.rangeOf(place.type, place.fields);
        // psql and others write '' beside the kinds they mean.
        if (value === undefined || value === '' || !at || known.includes(value)) continue;
        if (statement.placeholders.some(({ range }) => range.start < at.end && at.start < range.end)) continue;
        const near = closestName(value.toLowerCase().replace(/_/g, ' '), known) ?? sameWord(value, known);
        const shown = { column: name.name, relation, value: `'${value}'` };
        if (near === undefined) report({ at, message: 'never', values: { ...shown, values: known.join(', ') } });
        else report({ at, message: 'near', values: { ...shown, near: `'${near}'` } });
      }
    }
  },
});

const COMPARISONS: ReadonlySet<string> = new Set(['AEXPR_OP', 'AEXPR_IN']);

function sameWord(value: string, known: readonly string[]): string | undefined {
  return known.find(word => word.toLowerCase() === value.toLowerCase());
}

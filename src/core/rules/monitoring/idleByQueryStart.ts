import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, contains, enclosingQueries, functionName, stringConstant } from '../support/expressions';
import { SYSTEM_NAMES, systemColumnUses } from '../support/systemColumns';

export const idleByQueryStart = defineRule({
  id: 'monitoring/idle-by-query-start',
  since: '0.2.0',
  severity: 'info',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'Idle time measured from the start of the last query',
  docs: {
    problem:
      'For a session that is idle in a transaction `query_start` says when its last query began, not since when it is idle.',
    why: '`state_change` is when it became idle, `xact_start` when the transaction began. A session whose last query ran long is ended although it has been idle for a moment only.',
    whenToIgnore: 'The time since the last query began is what is meant.',
  },
  messages: {
    idle: 'query_start is when the last query began; idle since state_change, in a transaction since xact_start.',
    killed:
      'This ends sessions by when their last query began; state_change says since when they are idle, pg_blocking_pids() whom they block.',
  },
  examples: [
    {
      title: 'ending idle sessions',
      bad: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query_start < now() - interval '30 min'",
      flags: 'query_start',
      fixed:
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND state_change < now() - interval '30 min'",
    },
    {
      title: 'listing them',
      bad: "SELECT a.pid FROM pg_stat_activity a WHERE a.state LIKE 'idle in transaction%' AND now() - a.query_start > $1",
      flags: 'a.query_start',
      fixed:
        "SELECT a.pid FROM pg_stat_activity a WHERE a.state LIKE 'idle in transaction%' AND now() - a.state_change > $1",
    },
    {
      title: 'by state_change',
      good: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND state_change < now() - interval '30 min'",
    },
    {
      title: 'active queries',
      good: "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND query_start < now() - interval '30 min'",
    },
    {
      title: 'shown, not compared',
      good: "SELECT pid, query_start FROM pg_stat_activity WHERE state = 'idle in transaction'",
    },
    {
      title: 'the age of the transaction beside it',
      good: "SELECT pid FROM pg_stat_activity WHERE now() - xact_start > $1 OR (now() - query_start > $1 AND state = 'idle in transaction')",
    },
    {
      title: 'a table of the application',
      good: "SELECT id FROM jobs WHERE state = 'idle in transaction' AND query_start < now() - interval '1 h'",
    },
  ],
  check({ statement, body, find, rangeOf, report }) {
    const uses = systemColumnUses(find, body?.variables).filter(
      ({ name, relations }) => name.name === 'query_start' && relations[0]?.name === 'pg_stat_activity',
    );
    const reported = new Set<unknown>();
    for (const { node, name } of uses) {
      const query = enclosingQueries(node)[0];
      const where = query?.fields.whereClause;
      if (reported.has(query) || contains(where, isRightColumn)) continue;
      // The column itself is searched for, not one like it.
      if (!contains(where, (_, fields) => fields === node.fields) || !isIdleInTransaction(where)) continue;
      reported.add(query);
      const ends = contains(query?.fields.targetList, (type, fields) =>
        type === 'FuncCall' ? ENDING.has(functionName(fields) ?? '') : false,
      );
      const at = rangeOf(node);
      const start = at.end - name.name.length;
      const isWritten = statement.text.slice(start, at.end).toLowerCase() === name.name;
      const edits = [{ range: { start, end: at.end }, newText: 'state_change' }];
      const fixes = isWritten ? [{ title: 'Use state_change', safe: false, edits }] : [];
      if (ends) report({ at, severity: 'warning', message: 'killed', fixes });
      else report({ at, message: 'idle', fixes });
    }
  },
});

const ENDING: ReadonlySet<string> = new Set(['pg_terminate_backend', 'pg_cancel_backend']);

function isRightColumn(type: string, fields: NodeFields): boolean {
  const name = type === 'ColumnRef' ? asColumn({ ColumnRef: fields })?.name : undefined;
  return name === 'state_change' || name === 'xact_start';
}

function isIdleInTransaction(where: unknown): boolean {
  return contains(
    where,
    (type, fields) =>
      type === 'A_Const' && (stringConstant({ A_Const: fields })?.startsWith('idle in transaction') ?? false),
  );
}

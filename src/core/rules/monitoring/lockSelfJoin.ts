import { asColumn, enclosingQueries, functionName } from '../support/expressions';
import { defineRule } from '../defineRule';
import { SYSTEM_NAMES, systemRelationOf } from '../support/systemColumns';

export const lockSelfJoin = defineRule({
  id: 'monitoring/lock-self-join',
  since: '0.2.0',
  severity: 'info',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'Who blocks whom, by a self-join of pg_locks',
  docs: {
    problem: 'Joining `pg_locks` with itself finds sessions that have a lock on the same thing, not those that block.',
    why: 'Locks that do not conflict match as well, and a session that waits for a row waits for a transaction id, not for the relation. `pg_blocking_pids(pid)` gives the blockers, in the server’s own order.',
    whenToIgnore: 'The query lists lock holders and claims no more.',
  },
  messages: {
    rows: 'Joined by relation, waits for a row are not found, and lock modes that do not conflict are; pg_blocking_pids(pid) tells who blocks.',
    innocent:
      'Holders whose lock does not conflict are listed as blocking too; pg_blocking_pids(pid) tells who blocks.',
  },
  examples: [
    {
      title: 'by relation',
      bad: 'SELECT w.pid, h.pid FROM pg_locks w JOIN pg_locks h ON h.relation = w.relation AND h.pid <> w.pid WHERE NOT w.granted',
      flags: 'pg_locks h',
    },
    {
      title: 'by transaction too',
      bad: 'SELECT w.pid, h.pid FROM pg_locks w JOIN pg_locks h ON h.transactionid IS NOT DISTINCT FROM w.transactionid AND h.pid <> w.pid WHERE NOT w.granted AND h.granted',
      flags: 'pg_locks h',
    },
    {
      title: 'asking the server',
      good: 'SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0',
    },
    { title: 'one pg_locks', good: 'SELECT l.pid, a.query FROM pg_locks l JOIN pg_stat_activity a USING (pid)' },
    { title: 'waiting requests', good: 'SELECT count(*) FROM pg_locks WHERE NOT granted' },
    {
      title: 'the blockers, with what they hold',
      good: 'SELECT h.* FROM pg_locks w JOIN pg_locks h ON h.pid = ANY (pg_blocking_pids(w.pid)) WHERE NOT w.granted',
    },
  ],
  check({ find, rangeOf, report }) {
    const locks = find('RangeVar').filter(range => systemRelationOf(range.fields)?.name === 'pg_locks');
    const [first, second] = locks;
    if (!first || !second || enclosingQueries(first)[0] !== enclosingQueries(second)[0]) return;
    if (find('FuncCall').some(call => functionName(call.fields) === 'pg_blocking_pids')) return;
    const seesRows = find('ColumnRef').some(node => asColumn({ ColumnRef: node.fields })?.name === 'transactionid');
    report({ at: rangeOf(second), ...(seesRows ? { message: 'innocent' } : { message: 'rows', severity: 'warning' }) });
  },
});

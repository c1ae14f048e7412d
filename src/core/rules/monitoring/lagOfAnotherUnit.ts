import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { contains, functionName, operatorOf } from '../support/expressions';

export const lagOfAnotherUnit = defineRule({
  id: 'monitoring/lag-of-another-unit',
  since: '0.2.0',
  severity: 'info',
  nodes: ['FuncCall'],
  title: 'Replication lag that is something else',
  docs: {
    problem: 'Bytes of WAL are called seconds, or the time since the last replayed transaction is called lag.',
    why: 'A difference of WAL positions is bytes. The time since the last replay grows on a standby that is up to date but has nothing to do. `pg_stat_replication.replay_lag` on the primary is the lag.',
    whenToIgnore: 'The primary writes all the time, so that the time since the last replay is the lag.',
  },
  messages: {
    bytes: 'A difference of WAL positions is bytes, not time; pg_stat_replication has replay_lag.',
    idle: 'This grows while the primary is idle: compare pg_last_wal_receive_lsn() with pg_last_wal_replay_lsn() first, or read replay_lag on the primary.',
  },
  examples: [
    {
      title: 'bytes called seconds',
      bad: 'SELECT pg_wal_lsn_diff(sent_lsn, replay_lsn) / 1000000 AS lag_seconds FROM pg_stat_replication',
      flags: 'pg_wal_lsn_diff(sent_lsn, replay_lsn) / 1000000',
    },
    {
      title: 'since the last replay',
      bad: 'SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())',
      flags: 'now() - pg_last_xact_replay_timestamp()',
    },
    { title: 'the lag', good: 'SELECT application_name, replay_lag FROM pg_stat_replication' },
    {
      title: 'bytes called bytes',
      good: 'SELECT pg_wal_lsn_diff(sent_lsn, replay_lsn) AS lag_bytes FROM pg_stat_replication',
    },
    {
      title: 'zero when everything is replayed',
      good: 'SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END',
    },
    { title: 'the time itself', good: 'SELECT pg_last_xact_replay_timestamp()' },
  ],
  check({ find, rangeOf, report }) {
    for (const target of find('ResTarget')) {
      const { name, val } = target.fields;
      if (typeof name !== 'string' || !/(?:^|_)(?:s|secs?|seconds|ms|millis|milliseconds)$/i.test(name)) continue;
      if (calls(val, 'pg_wal_lsn_diff')) report({ at: rangeOf(target), severity: 'warning', message: 'bytes' });
    }
    if (find('FuncCall').some(({ fields }) => functionName(fields) === 'pg_last_wal_receive_lsn')) return;
    for (const difference of find('A_Expr')) {
      const { lexpr, rexpr } = difference.fields;
      if (operatorOf(difference.fields) !== '-' || !calls(rexpr, 'pg_last_xact_replay_timestamp')) continue;
      // A CASE around it mostly handles the standby that has replayed everything.
      if (isNow(lexpr) && !isBelowCase(difference)) report({ at: rangeOf(difference), message: 'idle' });
    }
  },
});

function calls(node: unknown, name: string): boolean {
  return contains(node, (type, fields) => type === 'FuncCall' && functionName(fields) === name);
}

function isBelowCase(node: NodeMatch): boolean {
  for (let at = node.parent; at; at = at.parent) if (at.type === 'CaseExpr') return true;
  return false;
}

function isNow(node: unknown): boolean {
  return contains(
    node,
    (type, fields) =>
      type === 'SQLValueFunction' ||
      (type === 'FuncCall' && /^(?:now|\w+_timestamp)$/.test(functionName(fields) ?? '')),
  );
}

import { defineRule } from '../defineRule';
import { functionName } from '../support/expressions';
import type { NodeMatch } from '../nodeIndex';

/** Built-in functions that are stable or volatile whatever their arguments (`pg_proc.provolatile`, PostgreSQL 18). */
const NOT_IMMUTABLE = new Set([
  'now',
  'clock_timestamp',
  'statement_timestamp',
  'transaction_timestamp',
  'timeofday',
  'random',
  'gen_random_uuid',
  'current_setting',
  'nextval',
  'currval',
  'txid_current',
  'pg_current_xact_id',
  'version',
  'uuidv7',
]);

export const volatileIndexPredicate = defineRule({
  id: 'ddl/volatile-index-predicate',
  since: '0.1.0',
  severity: 'error',
  kinds: ['IndexStmt'],
  title: 'Index on a value that changes with time',
  docs: {
    problem: 'PostgreSQL refuses the index: functions in an index predicate or expression must be IMMUTABLE.',
    why: 'Rows enter an index when they are written, not when time passes, so "the last 30 days" cannot be a predicate. A constant date is accepted but does not help: queries with `now()` do not match it. Put the time column into the key instead, use BRIN, or partition by time.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    predicate:
      'PostgreSQL refuses {function} in an index predicate: it is not immutable. Index the time column itself.',
    expression: 'PostgreSQL refuses {function} in an index expression: it is not immutable.',
  },
  examples: [
    {
      title: 'recent rows only',
      bad: "CREATE INDEX CONCURRENTLY idx_recent ON counting_results (camera_id) WHERE created_at >= NOW() - INTERVAL '30 days'",
      flags: 'NOW()',
    },
    {
      title: 'from today on',
      bad: 'CREATE INDEX CONCURRENTLY ON bookings (room) WHERE day >= CURRENT_DATE',
      flags: 'CURRENT_DATE',
    },
    { title: 'age as key', bad: 'CREATE INDEX CONCURRENTLY ON people ((now() - born_at))', flags: 'now()' },
    {
      title: 'the time column in the key',
      good: 'CREATE INDEX CONCURRENTLY ON counting_results (camera_id, created_at)',
    },
    { title: 'a constant', good: "CREATE INDEX CONCURRENTLY ON jobs (id) WHERE state = 'open'" },
    {
      title: 'parts of a timestamp without time zone',
      good: 'CREATE INDEX CONCURRENTLY ON orders (date(created_at), extract(year FROM created_at))',
    },
    {
      title: 'an immutable function',
      good: 'CREATE INDEX CONCURRENTLY ON users (lower(email)) WHERE deleted_at IS NULL',
    },
    {
      title: 'now() in a query',
      good: "SELECT id FROM counting_results WHERE created_at >= now() - interval '30 days'",
    },
  ],
  check({ statement, find, rangeOf, report }) {
    const flag = (node: NodeMatch): void => {
      const at = rangeOf(node);
      const values = { function: statement.text.slice(at.start, at.end) };
      if (isInPredicate(node)) report({ at, message: 'predicate', values });
      else report({ at, message: 'expression', values });
    };
    find('FuncCall')
      .filter(call => NOT_IMMUTABLE.has(functionName(call.fields) ?? ''))
      .forEach(flag);
    // CURRENT_DATE, CURRENT_TIMESTAMP, CURRENT_USER and the like: all of them stable.
    find('SQLValueFunction').forEach(flag);
  },
});

function isInPredicate(node: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) {
    if (at.parent?.type === 'IndexStmt') return at.key === 'whereClause';
  }
  return false;
}

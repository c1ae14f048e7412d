import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';

export const unloggedTable = defineRule({
  id: 'schema/unlogged-table',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['CreateStmt'],
  title: 'Unlogged table',
  docs: {
    problem: 'Changes of the table are not written to the WAL.',
    why: 'After a crash the table is empty, and replicas never have its rows. In return writes are faster.',
    whenToIgnore: 'Its rows can be made again: a cache, a queue of the day, a table that is loaded anew.',
  },
  messages: {
    unlogged: '{table} is emptied after a crash and has no rows on standbys; keep in it only what may be lost.',
  },
  examples: [
    { title: 'a table of orders', bad: 'CREATE UNLOGGED TABLE orders (id bigint PRIMARY KEY)', flags: 'UNLOGGED' },
    { title: 'a cache says what it is', good: 'CREATE UNLOGGED TABLE query_cache (key text PRIMARY KEY, value jsonb)' },
    {
      title: 'a staging table',
      good: 'CREATE UNLOGGED TABLE staging_orders (id bigint); CREATE UNLOGGED TABLE tmp_import (line text);',
    },
    { title: 'logged', good: 'CREATE TABLE orders (id bigint PRIMARY KEY)' },
    { title: 'temporary', good: 'CREATE TEMP TABLE orders (id bigint)' },
  ],
  check({ statement, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const name = String(relation?.relname ?? '');
    if (
      relation?.relpersistence !== 'u' ||
      /cache|stag|tmp|temp|import|load|queue|session|scratch|buffer|raw/i.test(name)
    )
      return;
    const word = /\bunlogged\b/i.exec(statement.text);
    if (word)
      report({
        at: { start: word.index, end: word.index + word[0].length },
        message: 'unlogged',
        values: { table: name },
      });
  },
});

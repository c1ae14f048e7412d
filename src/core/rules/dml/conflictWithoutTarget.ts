import { defineRule } from '../defineRule';
import { findWords } from '../support/words';

export const conflictWithoutTarget = defineRule({
  id: 'dml/conflict-without-target',
  since: '0.2.0',
  severity: 'error',
  title: 'ON CONFLICT DO UPDATE without a target',
  nodes: ['OnConflictClause'],
  docs: {
    problem: 'ON CONFLICT DO UPDATE does not say which unique index decides about the conflict.',
    why: 'PostgreSQL refuses the statement (42601): only DO NOTHING may leave the target out.',
    whenToIgnore: 'Never.',
  },
  messages: {
    target: 'ON CONFLICT DO UPDATE needs its columns, ON CONFLICT (column), or ON CONSTRAINT; the statement fails.',
  },
  examples: [
    {
      title: 'an upsert without target',
      bad: "INSERT INTO cameras (id, name) VALUES (1, 'gate') ON CONFLICT DO UPDATE SET name = EXCLUDED.name",
      flags: 'ON CONFLICT DO UPDATE',
    },
    {
      title: 'a column',
      good: "INSERT INTO cameras (id, name) VALUES (1, 'gate') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
    },
    {
      title: 'a constraint',
      good: 'INSERT INTO cameras (id) VALUES (1) ON CONFLICT ON CONSTRAINT cameras_pkey DO UPDATE SET name = EXCLUDED.name',
    },
    { title: 'nothing to be done', good: 'INSERT INTO cameras (id) VALUES (1) ON CONFLICT DO NOTHING' },
    { title: 'no conflict clause', good: 'INSERT INTO cameras (id) VALUES (1)' },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const clause of find('OnConflictClause')) {
      if (clause.fields.action !== 'ONCONFLICT_UPDATE' || clause.fields.infer || !clause.parent) continue;
      const at = findWords(statement.text, rangeOf(clause.parent), 'on', 'conflict', 'do', 'update');
      if (at) report({ at, message: 'target' });
    }
  },
});

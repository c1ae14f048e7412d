import { defineRule } from '../defineRule';
import { SETS_SOMETHING, settingChanges } from '../support/settingChanges';

export const checkpointCompletionTarget = defineRule({
  id: 'settings/checkpoint-completion-target',
  since: '0.2.0',
  severity: 'info',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'Checkpoints written in shorter bursts',
  guideline: { guide: '001', section: '1. Database Configuration Tuning' },
  docs: {
    problem: 'A target below 0.9 writes the pages of a checkpoint in less time than there is.',
    why: 'The same pages are written faster, so that queries wait longer for the disk meanwhile. 0.9 is the default since PostgreSQL 14.',
    whenToIgnore: 'Checkpoints have to end early for another reason.',
  },
  messages: {
    early: 'Checkpoints are written in {value} of the time between them; the default 0.9 spreads them more.',
  },
  examples: [
    {
      title: 'below the default',
      bad: 'ALTER SYSTEM SET checkpoint_completion_target = 0.7',
      flags: '0.7',
      fixed: 'ALTER SYSTEM SET checkpoint_completion_target = 0.9',
    },
    {
      title: 'the default of old versions',
      bad: "ALTER SYSTEM SET checkpoint_completion_target = '0.5'",
      flags: "'0.5'",
      fixed: 'ALTER SYSTEM SET checkpoint_completion_target = 0.9',
    },
    { title: 'the default', good: 'ALTER SYSTEM SET checkpoint_completion_target = 0.9' },
    { title: 'above', good: 'ALTER SYSTEM SET checkpoint_completion_target = 0.95' },
    { title: 'back to the default', good: 'ALTER SYSTEM RESET checkpoint_completion_target' },
    { title: 'another setting of checkpoints', good: "ALTER SYSTEM SET checkpoint_timeout = '15min'" },
  ],
  check({ statement, find, report }) {
    for (const { name, values, valueRange: at } of settingChanges(statement, find)) {
      const [value = ''] = values;
      const amount = value.trim() === '' ? NaN : Number(value);
      if (name !== 'checkpoint_completion_target' || !at || !(amount >= 0 && amount < 0.9)) continue;
      const edits = [{ range: at, newText: '0.9' }];
      report({ at, message: 'early', values: { value }, fixes: [{ title: 'Set 0.9', safe: false, edits }] });
    }
  },
});

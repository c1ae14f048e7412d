import { defineRule } from '../defineRule';
import { readAlterTable } from '../support/alterTable';
import { tableInUse } from '../support/existingTable';

export const triggersLeftDisabled = defineRule({
  id: 'ddl/triggers-left-disabled',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'Triggers disabled and not enabled again',
  docs: {
    problem:
      'DISABLE TRIGGER lasts until it is undone, for all sessions. ALL includes the triggers that check foreign keys.',
    why: 'Rows written meanwhile are never checked, and nothing reminds of it: pg_constraint still calls the foreign key valid. Enable them in the same transaction.',
    whenToIgnore: 'The trigger is retired, or another file enables it.',
  },
  messages: {
    trigger: 'Nothing in this file enables {what} of {table} again.',
    foreignKeys: 'Nothing in this file enables the triggers of {table} again: foreign keys are no longer checked.',
  },
  examples: [
    {
      title: 'for a bulk load',
      bad: 'ALTER TABLE orders DISABLE TRIGGER ALL; COPY orders FROM STDIN;',
      flags: 'DISABLE TRIGGER ALL',
    },
    {
      title: 'one trigger',
      bad: 'ALTER TABLE orders DISABLE TRIGGER touch;\nUPDATE orders SET region = 1 WHERE id = 5;',
      flags: 'DISABLE TRIGGER touch',
    },
    {
      title: 'enabled again',
      good: 'BEGIN; ALTER TABLE orders DISABLE TRIGGER USER; UPDATE orders SET a = 1 WHERE id = 5; ALTER TABLE orders ENABLE TRIGGER USER; COMMIT;',
    },
    {
      title: 'enabled again with all others',
      good: 'ALTER TABLE orders DISABLE TRIGGER touch; ALTER TABLE public.orders ENABLE TRIGGER ALL;',
    },
    {
      title: 'dropped afterwards',
      good: 'ALTER TABLE orders DISABLE TRIGGER touch; DROP TRIGGER touch ON orders;',
    },
    { title: 'enabling', good: 'ALTER TABLE orders ENABLE TRIGGER ALL' },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE load (id int); ALTER TABLE load DISABLE TRIGGER ALL;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    const alter = readAlterTable(statement);
    const disabled = alter?.commands.filter(({ subtype }) => subtype.startsWith('AT_DisableTrig')) ?? [];
    if (!alter || disabled.length === 0 || !tableInUse(alter.table, context)) return;
    for (const { subtype, name, range } of disabled) {
      const undone =
        file
          .later(alter.table.name)
          .some(other =>
            readAlterTable(other)?.commands.some(
              command =>
                /^AT_Enable\w*Trig/.test(command.subtype) && (command.name === undefined || command.name === name),
            ),
          ) ||
        (name !== undefined && file.later(name).length > 0);
      if (undone) continue;
      const table = alter.table.name;
      if (subtype === 'AT_DisableTrigAll') report({ at: range, message: 'foreignKeys', values: { table } });
      else report({ at: range, message: 'trigger', values: { table, what: name ?? 'the triggers' } });
    }
  },
});

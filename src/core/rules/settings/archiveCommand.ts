import { defineRule } from '../defineRule';
import { SETS_SOMETHING, settingChanges } from '../support/settingChanges';

export const archiveCommand = defineRule({
  id: 'settings/archive-command',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'An archive command that archives nothing',
  docs: {
    problem: 'The command cannot know which WAL file to copy, is not found, or overwrites what it has archived.',
    why: 'As long as the command fails PostgreSQL keeps every WAL file, until the disk is full. `pg_stat_archiver` shows failures.',
    whenToIgnore: 'The command finds the file by itself.',
  },
  messages: {
    noFile: 'Without %p (path) or %f (name) the command does not learn which WAL file it should archive.',
    relative: '{command} is looked for on the PATH of the server process only; write its whole path.',
    overwrites: 'cp replaces a file of the same name: test ! -f before it keeps an archived one.',
  },
  examples: [
    {
      title: 'no file',
      bad: "ALTER SYSTEM SET archive_command = '/opt/backup/push-wal'",
      flags: "'/opt/backup/push-wal'",
    },
    {
      title: 'a script somewhere',
      bad: "ALTER SYSTEM SET archive_command = 'push-wal.sh %p %f'",
      flags: "'push-wal.sh %p %f'",
    },
    {
      title: 'overwriting',
      bad: "ALTER SYSTEM SET archive_command = 'cp %p /mnt/archive/%f'",
      flags: "'cp %p /mnt/archive/%f'",
    },
    {
      title: 'the manual’s way',
      good: "ALTER SYSTEM SET archive_command = 'test ! -f /mnt/archive/%f && cp %p /mnt/archive/%f'",
    },
    { title: 'a backup tool', good: "ALTER SYSTEM SET archive_command = 'pgbackrest --stanza=main archive-push %p'" },
    { title: 'a whole path', good: "ALTER SYSTEM SET archive_command = '/opt/backup/push-wal.sh %p'" },
    { title: 'archiving held', good: "ALTER SYSTEM SET archive_command = ''" },
    { title: 'files thrown away on purpose', good: "ALTER SYSTEM SET archive_command = '/bin/true'" },
  ],
  check({ statement, find, report }) {
    for (const { name, values, valueRange: at } of settingChanges(statement, find)) {
      const command = values.join(' ').trim();
      if (name !== 'archive_command' || !at || command === '' || DISCARDS.test(command)) continue;
      const [program = ''] = command.split(/\s+/);
      if (!/%[pf]/.test(command)) report({ at, message: 'noFile' });
      else if (/^[\w.-]+\.(?:sh|py|pl|rb)$/.test(program)) {
        report({ at, message: 'relative', values: { command: program } });
      } else if (/^(?:\/usr)?(?:\/bin\/)?cp %p \S*%f$/.test(command)) {
        report({ at, severity: 'info', message: 'overwrites' });
      }
    }
  },
});

/** Commands that succeed without doing anything. */
const DISCARDS = /^(?:(?:\/usr)?(?:\/bin\/)?true|:|exit 0|rem|cd \.|\(disabled\))$/i;

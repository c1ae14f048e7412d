import { QUOTED_LIST_SETTINGS } from '../../catalog/listSettings';
import { defineRule } from '../defineRule';
import { SETS_SOMETHING, settingChanges } from '../support/settingChanges';

export const listAsOneString = defineRule({
  id: 'settings/list-as-one-string',
  since: '0.2.0',
  severity: 'error',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'A list of names in one pair of quotes',
  docs: {
    problem:
      'In SQL the whole string is one entry: a library, schema or folder with a comma in its name. In postgresql.conf the same text is a list.',
    why: 'With `shared_preload_libraries` the server looks for that one file at its next start and does not come up; with `search_path` no table is found.',
    whenToIgnore: 'The name really contains a comma.',
  },
  messages: {
    library: '{name} gets one entry named {value}: the server will not start again. Quote each library by itself.',
    entry: '{name} gets one entry named {value}. Quote each entry by itself.',
  },
  examples: [
    {
      title: 'two libraries',
      bad: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements,auto_explain'",
      flags: "'pg_stat_statements,auto_explain'",
      fixed: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements', 'auto_explain'",
    },
    {
      title: 'a search path',
      bad: "ALTER ROLE app SET search_path = 'app, public'",
      flags: "'app, public'",
      fixed: "ALTER ROLE app SET search_path = 'app', 'public'",
    },
    {
      title: 'of a function',
      bad: "CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql SET search_path = 'app,pg_temp' AS 'SELECT 1'",
      flags: "'app,pg_temp'",
      fixed: "CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql SET search_path = 'app', 'pg_temp' AS 'SELECT 1'",
    },
    {
      title: 'entry by entry',
      good: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements', 'auto_explain'",
    },
    { title: 'one library', good: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'" },
    { title: 'names without quotes', good: 'SET search_path = app, public' },
    { title: 'set_config takes the text of the list', good: "SELECT set_config('search_path', 'app, public', false)" },
    {
      title: 'a list of other words is read from the string',
      good: "ALTER SYSTEM SET log_destination = 'stderr,csvlog'",
    },
    { title: 'the placeholder for the role', good: `SET search_path = "$user", public` },
    { title: 'no schema at all', good: "SET search_path = ''" },
  ],
  check({ statement, find, report }) {
    for (const { name, scope, values, valueRange: at } of settingChanges(statement, find)) {
      const [value] = values;
      if (
        scope === 'call' ||
        scope === 'configuration' ||
        values.length !== 1 ||
        !value?.includes(',') ||
        !at ||
        !QUOTED_LIST_SETTINGS.has(name)
      )
        continue;
      const entries = value.split(',').map(entry => entry.trim());
      const isPlain = entries.every(entry => /^[\w$/.-]+$/.test(entry));
      const newText = entries.map(entry => `'${entry}'`).join(', ');
      // It is what was meant, but not what the statement did so far.
      const fixes = isPlain ? [{ title: 'Quote each entry', safe: false, edits: [{ range: at, newText }] }] : [];
      const isLibrary = name === 'shared_preload_libraries';
      report({ at, message: isLibrary ? 'library' : 'entry', values: { name, value: `"${value}"` }, fixes });
    }
  },
});

import assert from 'node:assert/strict';
import type { Rule } from '../../src/core/rules/defineRule';
import { EMPTY_FILE } from '../../src/core/rules/fileContext';
import { RULES } from '../../src/core/rules/registry';
import { DEFAULT_THRESHOLDS } from '../../src/core/rules/thresholds';
import { loadGrammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';

/** Rules on the text of postgresql.conf, which has no tree. */
async function check(text: string): Promise<string[]> {
  const statement = parseStatement(await loadGrammar(), text);
  assert.ok(statement.syntaxError, 'it is not SQL');
  const found: string[] = [];
  const run = (rule: Rule): void =>
    rule.check({
      statement,
      catalog: undefined,
      serverVersion: undefined,
      thresholds: DEFAULT_THRESHOLDS,
      body: undefined,
      file: EMPTY_FILE as never,
      find: () => [],
      rangeOf: () => ({ start: 0, end: text.length }),
      resolve: () => undefined,
      report: ({ at }) => found.push(`${rule.id}: ${text.slice(at.start, at.end)}`),
    } as Parameters<Rule['check']>[0]);
  RULES.filter(rule => rule.id.startsWith('settings/') && rule.kinds === undefined).forEach(run);
  return found.sort();
}

describe('core/rules/settings on the text of postgresql.conf', () => {
  it('finds what it finds in ALTER SYSTEM', async () => {
    const text = [
      '# memory',
      'work_mem = 4MB          # for sorts',
      "maintenance_work_mem = '1gb'",
      'checkpoint_segments = 32',
      'checkpoint_completion_target = 0.5',
      "synchronous_standby_names = 'east'",
      "archive_command = 'push.sh %p'",
      "log_statement = 'all'",
      'fsync = off',
    ].join('\n');
    assert.deepEqual(await check(text.slice(text.indexOf('work_mem'))), [
      "settings/archive-command: 'push.sh %p'",
      'settings/checkpoint-completion-target: 0.5',
      'settings/durability-off: off',
      'settings/equals-default: 4MB',
      "settings/invalid-setting-value: '1gb'",
      "settings/log-statement-all: 'all'",
      "settings/synchronous-standby-names: 'east'",
      'settings/unknown-setting: checkpoint_segments',
    ]);
  });

  it('leaves lists in one string alone: there they are right', async () => {
    assert.deepEqual(await check("shared_preload_libraries = 'pg_stat_statements,auto_explain'\nport = 5433"), []);
  });

  it('says nothing about SQL that is broken', async () => {
    assert.deepEqual(await check('SELECT a FROM b WHERE'), []);
    assert.deepEqual(await check('total = 4MB'), []);
  });
});

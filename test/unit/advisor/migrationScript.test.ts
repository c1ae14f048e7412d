import assert from 'node:assert/strict';
import type { MigrationPlan, MigrationStep } from '../../../src/core/advisor/migration/migrationPlan';
import {
  dollarQuoted,
  migrationScript,
  stepStatements,
  wayBackScript,
} from '../../../src/core/advisor/migration/migrationScript';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';

const STEP: MigrationStep = {
  id: 'one',
  title: 'Make t',
  explanation: 'So that it is there.',
  sql: ['create table t ()', "comment on table t is 'a;b'"],
  inverse: ['drop table t'],
  runsInTransaction: true,
  locks: 'None.',
};

const PLAN: MigrationPlan = {
  id: 'plan',
  title: 'A plan',
  notes: [
    'A note that is longer than a line may be, so that it goes on in a second one, and says nothing else at all.',
  ],
  settings: { row_security: 'off' },
  steps: [
    STEP,
    { ...STEP, id: 'two', title: 'Fill t', sql: ['select fill()'], inverse: [], repeatUntilZero: true },
    {
      ...STEP,
      id: 'three',
      title: 'Swap',
      lockTimeoutMs: 500,
      beforeEachTry: ['select near()'],
      sql: ['select far()'],
    },
    {
      ...STEP,
      id: 'four',
      title: 'Drop',
      onRequest: true,
      irreversible: 'it is gone.',
      sql: ['drop table old'],
      inverse: [],
    },
  ],
};

describe('core/advisor/migration/migrationScript', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const statements = (text: string): string[] =>
    new Script(grammar, text).statements.map(({ statement }) => statement.text);

  it('writes a step in a transaction, a batch as a loop, a swap with tries', () => {
    const found = statements(migrationScript(PLAN));
    assert.deepEqual(
      found.map(each => each.split('\n')[0]),
      [
        "set row_security = 'off'",
        'begin',
        'create table t ()',
        "comment on table t is 'a;b'",
        'commit',
        'do $run$',
        'do $run$',
      ],
    );
    assert.match(found[5] ?? '', /execute \$sql\$select fill\(\)\$sql\$ into moved;\n {4}commit;\n {4}exit when/);
    assert.match(
      found[6] ?? '',
      /select near\(\)[^]*commit;[^]*lock_timeout', '500ms'[^]*select far\(\)[^]*lock_not_available/,
    );
  });

  it('leaves what waits for the user, and the way back, as comments', () => {
    const text = migrationScript(PLAN);
    assert.match(text, /^-- drop table old;$/m);
    assert.match(text, /^-- No way back: it is gone\.$/m);
    assert.match(text, /^-- drop table t;$/m);
    assert.deepEqual(statements(wayBackScript(PLAN)).at(-1), 'drop table t');
    assert.equal(wayBackScript({ ...PLAN, steps: [] }), '');
  });

  it('breaks long comments into lines', () => {
    const lines = (migrationScript(PLAN).split('set row_security')[0] ?? '').split('\n');
    assert.ok(lines.filter(line => line.startsWith('--')).every(line => line.length <= 100));
    assert.ok(lines.some(line => line.startsWith('-- - A note')) && lines.some(line => line.startsWith('--   ')));
  });

  it('needs no transaction for one statement', () => {
    assert.deepEqual(stepStatements({ ...STEP, sql: ['select 1'] }), ['select 1']);
    assert.deepEqual(stepStatements({ ...STEP, runsInTransaction: false }), STEP.sql);
  });

  it('finds quotes that the text does not have', () => {
    assert.equal(dollarQuoted('x'), '$sql$x$sql$');
    assert.equal(dollarQuoted('a $sql$ b'), '$sql2$a $sql$ b$sql2$');
    assert.equal(dollarQuoted('ends in $sql'), '$sql2$ends in $sql$sql2$');
  });
});

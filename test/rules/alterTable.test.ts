import assert from 'node:assert/strict';
import { readAlterTable } from '../../src/core/rules/support/alterTable';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';

/** The actions of an ALTER TABLE as they are written. */
async function actionsOf(text: string): Promise<readonly string[] | undefined> {
  const [located] = new Script(await loadGrammar(), text).statements;
  assert.ok(located);
  const { statement } = located;
  assert.equal(statement.syntaxError, undefined);
  return readAlterTable(statement)?.commands.map(({ range }) => statement.text.slice(range.start, range.end));
}

describe('core/rules/support/alterTable', () => {
  const cases: readonly (readonly [sql: string, ...actions: string[]])[] = [
    ['ALTER TABLE orders ADD COLUMN region text', 'ADD COLUMN region text'],
    ['alter table if exists only app."Orders" drop region;', 'drop region'],
    ['ALTER TABLE ONLY (orders) SET LOGGED', 'SET LOGGED'],
    ['ALTER TABLE orders * SET (fillfactor = 80)', 'SET (fillfactor = 80)'],
    [
      "ALTER TABLE orders\n  ADD total numeric(10,2) DEFAULT 0, -- one, two\n  ADD note text DEFAULT 'a,b',\n  ADD tags text[] DEFAULT ARRAY['a', 'b']",
      'ADD total numeric(10,2) DEFAULT 0',
      "ADD note text DEFAULT 'a,b'",
      "ADD tags text[] DEFAULT ARRAY['a', 'b']",
    ],
    [
      'ALTER TABLE größe ADD CONSTRAINT c CHECK (a > 0 AND b IN (1, 2)) NOT VALID, VALIDATE CONSTRAINT d',
      'ADD CONSTRAINT c CHECK (a > 0 AND b IN (1, 2)) NOT VALID',
      'VALIDATE CONSTRAINT d',
    ],
    [
      "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
      "ATTACH PARTITION q FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    ],
  ];
  for (const [sql, ...actions] of cases) {
    it(sql, async () => assert.deepEqual(await actionsOf(sql), actions));
  }

  for (const sql of ['ALTER INDEX i SET (fillfactor = 80)', 'ALTER VIEW v ALTER a SET DEFAULT 1', 'SELECT 1']) {
    it(`is not ${sql}`, async () => assert.equal(await actionsOf(sql), undefined));
  }
});

import assert from 'node:assert/strict';
import { explainSyntaxError } from '../../src/core/rules/support/syntaxHints';
import { loadGrammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';

async function explain(text: string): Promise<{ message: string; fixed: string | undefined } | undefined> {
  const { syntaxError, text: own } = parseStatement(await loadGrammar(), text);
  assert.ok(syntaxError, `${text} parses`);
  const hint = explainSyntaxError(own, syntaxError);
  const edits = [...(hint?.fixes[0]?.edits ?? [])].sort((a, b) => b.range.start - a.range.start);
  const fixed = edits.reduce(
    (current, { range, newText }) => current.slice(0, range.start) + newText + current.slice(range.end),
    own,
  );
  return hint && { message: hint.message, fixed: edits.length > 0 ? fixed : undefined };
}

/** A text, a part of what is said about it, and what the fix makes of it. */
const CASES: readonly (readonly [text: string, message: RegExp, fixed?: string])[] = [
  [
    "shared_buffers = 2GB   -- a quarter\nlog_statement = 'ddl'",
    /postgresql\.conf.*ALTER SYSTEM SET shared_buffers = '2GB';/,
    "ALTER SYSTEM SET shared_buffers = '2GB';   -- a quarter\nALTER SYSTEM SET log_statement = 'ddl'",
  ],
  [
    "shared_preload_libraries = 'pg_stat_statements,auto_explain'",
    /ALTER SYSTEM/,
    "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements', 'auto_explain'",
  ],
  ['[databases]\nshop = host=localhost', /ini file/],
  ['SELECT id FROM orders LIMIT 40, 20', /OFFSET 40/, 'SELECT id FROM orders LIMIT 20 OFFSET 40'],
  ['SELECT `id` FROM `order`', /backticks/, 'SELECT id FROM "order"'],
  ['SELECT id, total, FROM orders', /comma too many before FROM/, 'SELECT id, total FROM orders'],
  ['CREATE TABLE zones (id int, name text,)', /comma too many/, 'CREATE TABLE zones (id int, name text)'],
  ['INSERT INTO zones VALUES (1, 2),', /comma too many at the end/, 'INSERT INTO zones VALUES (1, 2)'],
  ['WITH a AS (SELECT 1), SELECT * FROM a', /comma too many/, 'WITH a AS (SELECT 1) SELECT * FROM a'],
  ['SELECT * FROM order', /reserved word/, 'SELECT * FROM "order"'],
  ["SELECT 'it's' FROM notes", /written twice/, "SELECT 'it''s' FROM notes"],
  ['CREATE DATABASE IF NOT EXISTS shop', /CREATE DATABASE has no IF NOT EXISTS/],
  ['ALTER TABLE a ADD CONSTRAINT IF NOT EXISTS c CHECK (x > 1)', /pg_constraint/],
  ['CREATE INDEX IF NOT EXISTS ON orders (customer_id)', /name of the index/],
  ['SELECT id FROM orders GROUP BY id WHERE id > 1', /WHERE stands before GROUP/],
  ['SELECT id FROM orders LIMIT 5 ORDER BY id', /ORDER stands before LIMIT/],
  ['SELECT (1 + (2', /2 parentheses are never closed/],
  ['SELECT 1) FROM orders', /closes none/],
  ['SELECT id FROM orders WHERE id IN ()', /at least one value/],
  ['SELECT TOP 10 id FROM orders', /LIMIT/],
  ['SELECT [id] FROM orders', /brackets/],
  ['SELECT id FROM orders WITH (NOLOCK)', /table hints/],
  ['CREATE TABLE zones (id int AUTO_INCREMENT)', /IDENTITY/],
  ['CREATE TABLE zones (id int) ENGINE=InnoDB', /MySQL/],
  ['INSERT IGNORE INTO zones VALUES (1)', /DO NOTHING/],
  ['REPLACE INTO zones VALUES (1)', /ON CONFLICT/],
  ['INSERT INTO zones VALUES (1) ON DUPLICATE KEY UPDATE id = 2', /ON CONFLICT/],
  ['DELETE FROM orders WHERE id > 1 LIMIT 10', /DELETE has no LIMIT/],
  ['UPDATE orders JOIN users ON true SET total = 1', /FROM other/],
  ['SELECT now() - INTERVAL 7 DAY', /INTERVAL '7 day'/],
  ['SELECT 1 FROM a, b WHERE a.x = b.x (+)', /LEFT JOIN/],
  ['SELECT 1 MINUS SELECT 2', /EXCEPT/],
  ['DELETE orders WHERE id = 1', /DELETE FROM/],
];

describe('core/rules/support/syntaxHints', () => {
  for (const [text, message, fixed] of CASES) {
    it(`explains ${text.split('\n')[0] ?? ''}`, async () => {
      const hint = await explain(text);
      assert.match(hint?.message ?? '', message);
      if (fixed === undefined) return;
      assert.equal(hint?.fixed, fixed);
      const grammar = await loadGrammar();
      assert.equal(grammar.parse(fixed).error, undefined, 'the fixed text parses');
    });
  }

  it('has nothing to say about what it does not know', async () => {
    for (const text of [
      'SELEC id FROM orders',
      'SELECT count(* FROM orders',
      'SELECT a b c FROM orders',
      'status = 1',
      'SELECT * FROM orders WHERE',
    ])
      assert.equal(await explain(text), undefined, text);
  });
});

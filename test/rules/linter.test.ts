import assert from 'node:assert/strict';
import type { Catalog } from '../../src/core/catalog/catalog';
import { defineRule } from '../../src/core/rules/defineRule';
import { lintScript, lintStatement } from '../../src/core/rules/linter';
import { RULES } from '../../src/core/rules/registry';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { catalogOf, lintText, summarise } from './lintText';

/** A rule that flags every statement and counts how often it was asked. */
function countingRule() {
  const state = { checks: 0 };
  const rule = defineRule({
    id: 'query/counting',
    since: '0.1.0',
    severity: 'info',
    title: 'Counts',
    docs: { problem: '', why: '', whenToIgnore: '' },
    messages: { seen: '{length} characters' },
    examples: [],
    check({ statement, report }) {
      state.checks++;
      report({ at: { start: 0, end: 6 }, message: 'seen', values: { length: statement.text.length } });
    },
  });
  return { rules: [rule], state };
}

describe('core/rules/linter', () => {
  it('gives offsets of the document, in the order of the text', async () => {
    const text = "/* Größe 😀 */ SELECT * FROM a ORDER BY id;\n\nUPDATE b SET c = 1; SELECT 1 WHERE 'é' = NULL;";
    assert.deepEqual(summarise(text, await lintText(text)), [
      'query/select-star: *',
      'query/update-without-where: UPDATE b',
      "query/null-comparison: 'é' = NULL",
    ]);
  });

  it('reports a syntax error and goes on with the next statement', async () => {
    const text = 'SELECT id FRM orders WHERE;\nDELETE FROM sessions;';
    const findings = await lintText(text);
    assert.deepEqual(
      findings.map(({ rule, severity }) => `${severity} ${rule}`),
      ['error syntax', 'warning query/delete-without-where'],
    );
  });

  it('takes severities and off', async () => {
    const severities = { 'query/select-star': 'error', 'query/limit-without-order-by': 'off' } as const;
    const findings = await lintText('SELECT * FROM orders LIMIT 10', { severities });
    assert.deepEqual(
      findings.map(({ rule, severity }) => `${severity} ${rule}`),
      ['error query/select-star'],
    );
  });

  it('lints one statement after one edit', async () => {
    const { rules, state } = countingRule();
    const script = new Script(await loadGrammar(), Array.from({ length: 500 }, (_, n) => `SELECT ${n};`).join('\n'));
    assert.equal(lintScript(script, { rules }).length, 500);
    assert.equal(state.checks, 500);
    script.edit({ start: 7, end: 8 }, '12345');
    const findings = lintScript(script, { rules });
    assert.equal(state.checks, 501);
    assert.equal(findings[1]!.range.start, script.text.indexOf('SELECT', 5));
  });

  it('lints anew under another catalog', async () => {
    const { rules, state } = countingRule();
    const script = new Script(await loadGrammar(), 'SELECT 1');
    const catalog: Catalog = await catalogOf('CREATE TABLE t (a int)');
    lintScript(script, { rules });
    lintScript(script, { rules, catalog });
    lintScript(script, { rules, catalog });
    assert.equal(state.checks, 2);
  });

  it('looks again at a statement when what it asked about the file has changed', async () => {
    const script = new Script(await loadGrammar(), 'CREATE TABLE t (a int);\nCREATE INDEX ON t (a);');
    assert.deepEqual(lintScript(script), []);
    script.edit({ start: 13, end: 14 }, 'u');
    assert.deepEqual(
      lintScript(script).map(finding => finding.rule),
      ['ddl/index-not-concurrently'],
    );
    script.edit({ start: 13, end: 14 }, 't');
    assert.deepEqual(lintScript(script), []);
  });

  it('knows where a transaction begins and ends', async () => {
    const index = 'CREATE INDEX ON t (a);';
    const findings = await lintText(`${index} BEGIN; ${index} COMMIT; ${index} ROLLBACK; ${index}`);
    assert.deepEqual(
      findings.filter(({ rule }) => rule === 'ddl/index-not-concurrently').map(({ fixes }) => fixes.length),
      [1, 0, 1, 1],
    );
  });

  it('lints a single statement', async () => {
    const script = new Script(await loadGrammar(), 'SELECT 1; DELETE FROM t');
    const findings = lintStatement(script.statements[1]!);
    assert.deepEqual(summarise(script.text, findings), ['query/delete-without-where: DELETE FROM t']);
  });

  it('raises a hint to a warning when the catalog knows the table is large, and drops it when small', async () => {
    const text = "SELECT id FROM users WHERE lower(email) = 'a'";
    const large = await lintText(text, { schema: '-- users: 5000000 rows\nCREATE TABLE users (id int, email text);' });
    assert.deepEqual(
      large.map(({ severity, evidence }) => [severity, evidence]),
      [['warning', 'users: about 5,000,000 rows']],
    );
    assert.deepEqual(
      await lintText(text, { schema: '-- users: 90 rows\nCREATE TABLE users (id int, email text);' }),
      [],
    );
  });

  it('keeps quiet about placeholders of the host language', async () => {
    assert.deepEqual(await lintText('SELECT id FROM t WHERE a = :a AND b = %(b)s AND c = ? AND d = ${d}'), []);
  });
});

describe('core/rules/query/notInSubquery', () => {
  it('speaks of NULLs only where there can be some', async () => {
    const severity = async (sql: string) => (await lintText(sql)).map(finding => finding.severity);
    assert.deepEqual(await severity('SELECT id FROM t WHERE x NOT IN (SELECT y FROM u)'), ['warning']);
    assert.deepEqual(
      await severity('SELECT id FROM t WHERE x NOT IN (SELECT y FROM u WHERE y IS NOT NULL AND z = 1)'),
      ['info'],
    );
  });

  it('calls the rewrite safe only when both columns are known to be NOT NULL', async () => {
    const sql = 'SELECT id FROM t WHERE x NOT IN (SELECT y FROM u)';
    const safe = async (schema: string) => (await lintText(sql, { schema })).map(finding => finding.fixes[0]?.safe);
    assert.deepEqual(await safe('CREATE TABLE t (id int, x int); CREATE TABLE u (y int NOT NULL)'), [false]);
    assert.deepEqual(await safe('CREATE TABLE t (id int, x int NOT NULL); CREATE TABLE u (y int PRIMARY KEY)'), [true]);
  });
});

describe('core/rules/linter: bodies and fragments', () => {
  const FUNCTION = (body: string, quote = '$$') =>
    `CREATE FUNCTION count_them(p_id int) RETURNS bool LANGUAGE plpgsql AS ${quote}\nBEGIN\n${body}\nEND ${quote}`;

  it('finds in a body what it finds outside, at its place', async () => {
    const text = FUNCTION('  PERFORM id FROM cameras WHERE closed_at = NULL;\n  RETURN true;');
    const found = await lintText(text, { rules: RULES.filter(({ id }) => id === 'query/null-comparison') });
    assert.deepEqual(summarise(text, found), ['query/null-comparison: closed_at = NULL']);
  });

  it('offers in a body only fixes that keep it whole', async () => {
    const rules = RULES.filter(({ id }) => id === 'query/like-without-wildcard');
    const sound = FUNCTION("  RETURN (SELECT id FROM cameras WHERE serial LIKE 'A1') IS NOT NULL;");
    const inQuotes = FUNCTION("  RETURN (SELECT id FROM cameras WHERE serial LIKE ''A1'') IS NOT NULL;", "'");
    for (const text of [sound, inQuotes]) {
      for (const { fixes } of await lintText(text, { rules })) {
        for (const { edits } of fixes) {
          const fixed = edits.reduceRight(
            (current, { range, newText }) => current.slice(0, range.start) + newText + current.slice(range.end),
            text,
          );
          assert.deepEqual(await lintText(fixed, { rules: [] }), [], fixed);
        }
      }
    }
    assert.equal((await lintText(sound, { rules }))[0]?.fixes.length, 1);
  });

  it('asks nothing of the file where statements do not run one after the other', async () => {
    const text = [1, 2, 3, 4, 5, 6].map(id => `INSERT INTO cameras (id) VALUES (${id});`).join('\n');
    const rules = RULES.filter(({ id }) => id === 'dml/single-row-inserts');
    assert.equal((await lintText(text, { rules })).length, 1);
    assert.deepEqual(await lintText(text, { rules, isolated: true }), []);
  });
});

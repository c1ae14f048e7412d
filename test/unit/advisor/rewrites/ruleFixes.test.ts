import assert from 'node:assert/strict';
import { isRuleFix } from '../../../../src/core/advisor/rewrites/rewrite';
import { RULE_FACTS } from '../../../../src/core/advisor/rewrites/ruleFacts';
import { RULES } from '../../../../src/core/rules/registry';
import { lintText } from '../../../rules/lintText';
import { offered } from './offered';

/** Their fixes correct what is wrong, or say the same in other words: nothing runs faster by them. */
const NO_REWRITES = new Set([
  'query/null-comparison',
  'query/integer-division',
  'query/division-by-zero',
  'query/round-of-double',
  'query/select-into',
  'query/typed-literal-with-parameter',
  'join/natural-join',
]);

describe('core/advisor/rewrites: fixes of rules', () => {
  it('takes all of query and join but those that make nothing faster', async () => {
    for (const { id, examples } of RULES.filter(rule => /^(?:query|join)\//.test(rule.id))) {
      for (const example of examples) {
        if (!('bad' in example)) continue;
        const rule = RULES.filter(each => each.id === id);
        const findings = await lintText(example.bad, { rules: rule, schema: example.schema ?? '' });
        if (!findings.some(({ fixes }) => fixes.length > 0)) continue;
        assert.notEqual(id in RULE_FACTS, NO_REWRITES.has(id), id);
      }
    }
    for (const id of Object.keys(RULE_FACTS))
      assert.ok(
        RULES.some(rule => rule.id === id),
        id,
      );
  });

  it('makes of each fix what the rule makes of it, equal where it is safe', async () => {
    let compared = 0;
    for (const rule of RULES.filter(({ id, needs }) => id in RULE_FACTS && !needs.includes('file'))) {
      for (const example of rule.examples) {
        if (!('bad' in example)) continue;
        const { bad, schema } = example;
        const findings = await lintText(bad, {
          rules: [rule],
          ...(schema !== undefined && { schema }),
          isolated: true,
        });
        const rewrites = (await offered(bad, schema)).filter(({ id }) => id === rule.id);
        for (const { fixes, range } of findings) {
          for (const fix of fixes) {
            const rewrite = rewrites.find(({ edits }) => JSON.stringify(edits) === JSON.stringify(fix.edits));
            assert.ok(rewrite, `${rule.id}: ${bad}`);
            assert.ok(isRuleFix(rewrite));
            assert.deepEqual(rewrite.range, range);
            const { equality } = rewrite;
            assert.equal(equality.kind, fix.safe ? 'provably equal' : 'needs checking', `${rule.id}: ${bad}`);
            const said = equality.kind === 'provably equal' ? equality.facts : equality.differences;
            assert.ok(said.length > 0, `${rule.id} says nothing of ${bad}`);
            compared++;
          }
        }
      }
    }
    assert.ok(compared >= 50, `${compared} compared`);
  });

  it('says what the catalog knows', async () => {
    const schema =
      'CREATE TABLE orders (id int PRIMARY KEY, owner int NOT NULL); CREATE TABLE banned (id int NOT NULL);';
    const factsOf = async (sql: string): Promise<unknown> => (await offered(sql, schema)).find(isRuleFix)?.equality;
    assert.deepEqual(await factsOf('SELECT id FROM orders WHERE owner NOT IN (SELECT id FROM banned)'), {
      kind: 'provably equal',
      facts: ['orders.owner is NOT NULL', 'banned.id is NOT NULL'],
    });
    assert.deepEqual(await factsOf('SELECT DISTINCT id, owner FROM orders'), {
      kind: 'provably equal',
      facts: ['id is a unique key of orders without NULLs'],
    });
    assert.deepEqual(await factsOf('SELECT b.id FROM banned b LEFT JOIN orders o ON o.id = b.id'), {
      kind: 'provably equal',
      facts: ['id is a unique key of orders'],
    });
  });

  it('finds them in the bodies of routines too, with places in the document', async () => {
    const body = 'BEGIN RETURN QUERY SELECT id FROM a WHERE a.x NOT IN (SELECT y FROM b); END';
    const sql = `SELECT 1;\nCREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$ ${body} $$;`;
    const [found] = (await offered(sql)).filter(({ id }) => id === 'query/not-in-subquery');
    assert.equal(sql.slice(found?.range.start, found?.range.end), 'a.x NOT IN (SELECT y FROM b)');
    assert.match(found?.becomes ?? '', /WHERE NOT EXISTS \(SELECT 1 FROM b WHERE b\.y = a\.x\); END/);
  });
});

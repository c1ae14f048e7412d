import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { REWRITES } from '../../../../src/core/advisor/rewrites/registry';
import { RULES } from '../../../../src/core/rules/registry';
import { REWRITE_CASES } from './cases';
import { offered, syntaxErrorIn } from './offered';

describe('core/advisor/rewrites', () => {
  for (const { id, schema, offers, refuses } of REWRITE_CASES) {
    describe(id, () => {
      for (const offer of offers) {
        it(`rewrites ${offer.title}`, async () => {
          assert.equal(await syntaxErrorIn(offer.sql), undefined, 'the case itself parses');
          const own = (await offered(offer.sql, offer.schema ?? schema)).filter(rewrite => rewrite.id === id);
          const first = own.find(({ title }) => offer.called?.test(title) !== false);
          assert.ok(first, 'nothing is offered');
          assert.equal(first.becomes, offer.becomes);
          assert.equal(first.equality.kind, offer.equality, JSON.stringify(first.equality));
          assert.equal(await syntaxErrorIn(first.becomes), undefined, 'it parses');
          const again = (await offered(first.becomes, offer.schema ?? schema)).filter(rewrite => rewrite.id === id);
          if (!offer.again)
            assert.deepEqual(
              again.map(({ becomes }) => becomes),
              [],
            );
        });
      }
      for (const refusal of refuses) {
        it(`leaves alone ${refusal.title}`, async () => {
          assert.equal(await syntaxErrorIn(refusal.sql), undefined, 'the case itself parses');
          const own = (await offered(refusal.sql, refusal.schema ?? schema)).filter(rewrite => rewrite.id === id);
          assert.deepEqual(
            own.map(({ becomes }) => becomes),
            [],
          );
        });
      }
    });
  }

  it('has cases or tests for every rewrite', () => {
    const own = readdirSync(__dirname).filter(name => name.endsWith('.test.ts') && name !== path.basename(__filename));
    const texts = own.map(name => readFileSync(path.join(__dirname, name), 'utf8')).join('');
    const untested = REWRITES.filter(
      ({ id }) => !texts.includes(`'${id}'`) && !REWRITE_CASES.some(cases => cases.id === id),
    );
    assert.deepEqual(
      untested.map(({ id }) => id),
      [],
    );
    const ids = REWRITE_CASES.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { id, offers, refuses } of REWRITE_CASES) {
      assert.ok(offers.length >= 2, `${id} has few cases that it is offered for`);
      assert.ok(refuses.length >= 4, `${id} has few cases that it leaves alone`);
    }
  });

  it('tells its rewrites from the fixes of rules by their ids', () => {
    const rules = new Set(RULES.map(({ id }) => id));
    for (const { id } of REWRITES) assert.ok(/^[a-z]+(?:-[a-z]+)*$/.test(id) && !rules.has(id), id);
  });
});

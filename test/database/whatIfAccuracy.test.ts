import * as assert from 'node:assert/strict';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { ShadowEstimator } from '../../src/database/whatIf/shadow';
import { onEachServer } from './servers';
import { compareCase, planOnServer, report, type Comparison } from './whatIfComparison';
import { openTestShadow } from './whatIfWorker';
import { HYPOTHETICAL, PRESENT } from './whatIfQueries';
import { FINISH, SCHEMA } from './whatIfSchema';

describe('database/whatIf agrees with the server', function () {
  this.timeout(180_000);

  onEachServer(SCHEMA, server => {
    let catalog: Catalog;
    let shadow: ShadowEstimator;

    before(async function () {
      this.timeout(120_000);
      for (const sql of FINISH.split(';').filter(text => text.trim() !== '')) await server().run(sql);
      catalog = await server().db.readCatalog();
      shadow = await openTestShadow(server().db, catalog);
    });

    after(() => shadow?.dispose());

    it('on the design as it is', async () => {
      const comparisons: Comparison[] = [];
      for (const sql of PRESENT)
        comparisons.push({
          sql,
          shadow: (await shadow.cost(sql, [])).plan,
          server: await planOnServer(server(), sql),
        });
      const { median, sameShapes } = report('existing design', comparisons);
      for (const note of shadow.notes) console.log(`      note: ${note}`);
      assert.ok(comparisons.length >= 50);
      assert.ok(sameShapes >= 0.95, `${sameShapes} of the plans have the same shape`);
      assert.ok(median <= 0.01, `median error ${median}`);
    });

    it('on hypothetical indexes, once they are built', async () => {
      const comparisons: Comparison[] = [];
      for (const each of HYPOTHETICAL) comparisons.push(...(await compareCase(server(), shadow, each)).comparisons);
      const { median, sameShapes } = report('hypothetical indexes', comparisons);
      assert.ok(sameShapes >= 0.95, `${sameShapes} of the plans have the same shape`);
      assert.ok(median <= 0.01, `median error ${median}`);
    });
  });
});

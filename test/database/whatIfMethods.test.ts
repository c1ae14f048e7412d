import * as assert from 'node:assert/strict';
import { adviseWorkload } from '../../src/core/advisor/indexes';
import type { Catalog } from '../../src/core/catalog/catalog';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { parseStatement } from '../../src/core/sql/parseStatement';
import type { ShadowEstimator } from '../../src/database/whatIf/shadow';
import { onEachServer } from './servers';
import { compareCase, errorOf, report, sameShape, type BuiltCase } from './whatIfComparison';
import { METHOD_CASES, METHODS_SCHEMA, PROPOSED } from './whatIfMethodsSchema';
import { openTestShadow } from './whatIfWorker';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(8);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** One line for each access method. */
function printTable(built: readonly (BuiltCase & { readonly method: string })[]): void {
  console.log('      method  plans  same shape  cost error: median, worst  size error: median, worst');
  for (const method of new Set(built.map(each => each.method))) {
    const own = built.filter(each => each.method === method);
    const plans = own.flatMap(({ comparisons }) => comparisons);
    const errors = plans.map(errorOf);
    const sizes = own.map(sizeError);
    console.log(
      `      ${method.padEnd(6)}  ${String(plans.length).padStart(5)}  ${String(plans.filter(sameShape).length).padStart(10)}` +
        `            ${percent(median(errors))} ${percent(Math.max(...errors))}    ${percent(median(sizes))} ${percent(Math.max(...sizes))}`,
    );
  }
}

const sizeError = ({ estimatedBytes, bytes }: BuiltCase): number => Math.abs(estimatedBytes / bytes - 1);

describe('database/whatIf with GIN, GiST, SP-GiST, BRIN and hash', function () {
  this.timeout(180_000);

  onEachServer(METHODS_SCHEMA, server => {
    let catalog: Catalog;
    let shadow: ShadowEstimator;
    let grammar: Grammar;

    before(async function () {
      this.timeout(120_000);
      grammar = await loadGrammar();
      await server().run('vacuum analyze');
      catalog = await server().db.readCatalog();
      shadow = await openTestShadow(server().db, catalog);
    });

    after(() => shadow?.dispose());

    const advise = (sql: string, budgetBytes?: number) =>
      adviseWorkload({
        statements: [{ id: 1, sql, statement: parseStatement(grammar, sql), weight: 1 }],
        catalog,
        estimator: shadow,
        ...(budgetBytes !== undefined && { budgetBytes }),
      });

    it('proposes the method that a statement calls for, or says with figures why not', async () => {
      const wrong: string[] = [];
      for (const { sql, index, reason, budgetBytes } of PROPOSED) {
        const { indexes, workload, skipped } = await advise(sql, budgetBytes);
        const found = indexes.map(each => `${each.method} (${each.columns.join(', ')})`).join(' and ');
        const said = workload.queries[0]?.reason ?? skipped[0]?.reason ?? '';
        if (index !== undefined ? found !== index : found !== '' || !reason!.test(said))
          wrong.push(`${sql}: ${found} ${said}`);
      }
      assert.deepEqual(wrong, []);
    });

    it('costs them as the server does once they are built', async () => {
      const built: (BuiltCase & { readonly method: string })[] = [];
      for (const each of METHOD_CASES)
        built.push({ ...(await compareCase(server(), shadow, each)), method: each.method ?? 'btree' });
      printTable(built);
      for (const [i, each] of built.entries()) {
        const [is, estimated] = [each.bytes, each.estimatedBytes].map(bytes => Math.round(bytes / 8192));
        if (sizeError(each) > 0.2)
          console.log(`        ${each.method} (${METHOD_CASES[i]!.keys.join(', ')}): ${estimated} pages for ${is}`);
      }
      const found = report(
        'other methods',
        built.flatMap(({ comparisons }) => comparisons),
      );
      assert.ok(found.sameShapes >= 0.95, `${found.sameShapes} of the plans have the same shape`);
      assert.ok(found.median <= 0.01, `median error ${found.median}`);
      const sizes = built.map(sizeError);
      assert.ok(median(sizes) <= 0.15, `sizes are ${median(sizes)} off in the middle`);
      assert.ok(Math.max(...sizes.filter((_, i) => built[i]!.bytes > 10 * 8192)) <= 0.6, sizes.join(', '));
    });
  });
});

import * as assert from 'node:assert/strict';
import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import { createIndexSql } from '../../src/core/advisor/indexes/createIndexSql';
import { hasExpressionKey } from '../../src/core/advisor/indexes/createIndexSql';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { ShadowEstimator } from '../../src/database/whatIf/shadow';
import { planShape } from '../../src/database/whatIf/planShape';
import { onEachServer } from './servers';
import { openTestShadow } from './whatIfWorker';
import { HYPOTHETICAL, PRESENT, type IndexCase } from './whatIfQueries';
import { FINISH, SCHEMA } from './whatIfSchema';

/** What the shadow said and what the server says, for one statement. */
interface Comparison {
  readonly sql: string;
  readonly shadow: Plan;
  readonly server: Plan;
}
type Plan = Readonly<Record<string, unknown>>;

const costOf = (plan: Plan): number => Number(plan['Total Cost']);
const errorOf = ({ shadow, server }: Comparison): number => Math.abs(costOf(shadow) / costOf(server) - 1);
/** A hypothetical index has another name than the one really built. */
const shapeOf = (plan: Plan): string => planShape(plan).replace(/\b\w*(?:hypothetical_\d+|real_index)\w*/g, 'index');
const sameShape = ({ shadow, server }: Comparison): boolean => shapeOf(shadow) === shapeOf(server);

function report(title: string, comparisons: readonly Comparison[]): { median: number; sameShapes: number } {
  const errors = comparisons.map(errorOf).sort((a, b) => a - b);
  const at = (quantile: number): number => errors[Math.min(errors.length - 1, Math.floor(errors.length * quantile))]!;
  const same = comparisons.filter(sameShape).length;
  const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;
  console.log(
    `      ${title}: ${comparisons.length} plans, ${same} of the same shape (${percent(same / comparisons.length)}), ` +
      `cost error median ${percent(at(0.5))}, p95 ${percent(at(0.95))}, worst ${percent(at(1))}`,
  );
  for (const each of comparisons.filter(each => errorOf(each) > 0.05 || !sameShape(each))) {
    console.log(`        ${percent(errorOf(each))} ${costOf(each.shadow)} for ${costOf(each.server)}: ${each.sql}`);
    if (!sameShape(each)) console.log(`          ${shapeOf(each.shadow)}\n          ${shapeOf(each.server)}`);
  }
  return { median: at(0.5), sameShapes: same / comparisons.length };
}

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

    const onServer = async (sql: string): Promise<Plan> => {
      const { plan } = await server().db.explain({ sql, analyze: false, parameters: [], writes: false });
      return plan[0]!['Plan'] as Plan;
    };

    it('on the design as it is', async () => {
      const comparisons: Comparison[] = [];
      for (const sql of PRESENT)
        comparisons.push({ sql, shadow: (await shadow.cost(sql, [])).plan, server: await onServer(sql) });
      const { median, sameShapes } = report('existing design', comparisons);
      for (const note of shadow.notes) console.log(`      note: ${note}`);
      assert.ok(comparisons.length >= 50);
      assert.ok(sameShapes >= 0.95, `${sameShapes} of the plans have the same shape`);
      assert.ok(median <= 0.01, `median error ${median}`);
    });

    it('on hypothetical indexes, once they are built', async () => {
      const comparisons: Comparison[] = [];
      for (const each of HYPOTHETICAL) {
        const index = definitionOf(each);
        const planned = [];
        for (const sql of each.statements) planned.push((await shadow.cost(sql, [index])).plan);
        await server().run(createIndexSql(index, { concurrently: false, name: 'real_index' }).sql);
        try {
          if (hasExpressionKey(index)) await server().run(`analyze ${each.table}`);
          for (const [i, sql] of each.statements.entries())
            comparisons.push({ sql, shadow: planned[i]!, server: await onServer(sql) });
        } finally {
          await server().run(`drop index ${index.schema}.real_index`);
        }
      }
      const { median, sameShapes } = report('hypothetical indexes', comparisons);
      assert.ok(sameShapes >= 0.95, `${sameShapes} of the plans have the same shape`);
      assert.ok(median <= 0.01, `median error ${median}`);
    });
  });
});

function definitionOf({ table, method = 'btree', keys, include = [], where }: IndexCase): IndexDefinition {
  const [schema, relation] = table.split('.') as [string, string];
  return { schema, relation, method, keys, include, ...(where ? { where } : {}) };
}

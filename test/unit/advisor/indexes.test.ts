import * as assert from 'node:assert/strict';
import { adviseWorkload, suggestIndexes } from '../../../src/core/advisor/indexes';
import { normal } from '../../../src/core/advisor/indexes/candidates';
import { createIndexSql } from '../../../src/core/advisor/indexes/createIndexSql';
import { indexInWords } from '../../../src/core/advisor/indexes/describeIndex';
import { redundantIndexes } from '../../../src/core/advisor/indexes/redundantIndexes';
import type { IndexDefinition } from '../../../src/core/advisor/suggestion';
import type { Catalog, Column, Index, Relation } from '../../../src/core/catalog/catalog';
import type { CostEstimator } from '../../../src/core/ports';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { candidatesInWords } from './advisorFixtures';

function column(name: string, type: string, distinct: number, more: Partial<Column> = {}, width = 8): Column {
  return { name, type, notNull: true, statistics: { nullFraction: 0, averageWidthBytes: width, distinct }, ...more };
}

function index(name: string, keys: string[], more: Partial<Index> = {}): Index {
  return {
    name,
    method: 'btree',
    unique: false,
    primary: false,
    valid: true,
    keys,
    include: [],
    definition: '',
    ...more,
  };
}

const ORDERS: Relation = {
  schema: 'public',
  name: 'orders',
  kind: 'table',
  columns: [
    column('id', 'bigint', -1),
    column('customer_id', 'integer', 5000),
    column('created_at', 'timestamp with time zone', -0.9),
    column('status', 'text', 3, {
      statistics: {
        nullFraction: 0,
        averageWidthBytes: 6,
        distinct: 3,
        mostCommonValues: ['done', 'open', 'lost'],
        mostCommonFrequencies: [0.95, 0.04, 0.01],
      },
    }),
    column('email', 'text', -0.5, {}, 30),
    column('data', 'jsonb', -1, {}, 200),
    column('Total', 'numeric', 900),
  ],
  indexes: [index('orders_pkey', ['id'], { unique: true, primary: true })],
  constraints: [],
  rowEstimate: 1_000_000,
  pages: 40_000,
  isPartition: false,
};
const CUSTOMERS: Relation = {
  ...ORDERS,
  name: 'customers',
  columns: [column('id', 'integer', -1), column('name', 'text', -1, {}, 20), column('region', 'text', 20)],
  indexes: [index('customers_pkey', ['id'], { unique: true, primary: true })],
  rowEstimate: 50_000,
  pages: 700,
};
const CATALOG: Catalog = {
  source: 'server',
  searchPath: ['public'],
  relations: [ORDERS, CUSTOMERS, { ...CUSTOMERS, name: 'small', rowEstimate: 412, pages: 5 }],
  extensions: [{ name: 'pg_trgm', version: '1.6' }],
  settings: {},
};

describe('core/advisor/indexes', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const candidates = (sql: string, catalog = CATALOG): string[] => candidatesInWords(grammar, sql, catalog);

  const PROPOSED: readonly (readonly [sql: string, wanted: string])[] = [
    ['select * from orders where customer_id = 5', 'orders (customer_id)'],
    ['select * from orders where 5 = customer_id', 'orders (customer_id)'],
    ['select * from orders where customer_id = $1 and created_at > $2', 'orders (customer_id, created_at)'],
    ['select * from orders where customer_id = :c and created_at > :since', 'orders (customer_id, created_at)'],
    ['select * from orders where customer_id in (1, 2) and created_at > now()', 'orders (customer_id, created_at)'],
    [
      'select * from orders where customer_id = 5 order by created_at desc limit 10',
      'orders (customer_id, created_at)',
    ],
    ['select * from orders order by customer_id, created_at desc limit 9', 'orders (customer_id, created_at DESC)'],
    ['select * from orders order by created_at desc nulls last limit 9', 'orders (created_at DESC NULLS LAST)'],
    ['select max(created_at) from orders', 'orders (created_at)'],
    ['select customer_id from orders where created_at > $1', 'orders (created_at) INCLUDE (customer_id)'],
    ["select * from orders where status = 'lost' and customer_id = 3", "orders (customer_id) WHERE status = 'lost'"],
    ["select * from orders where lower(email) = 'a'", 'orders (lower(email))'],
    ["select * from orders where data->>'k' = 'a'", "orders ((data ->> 'k'))"],
    ["select * from orders where (data->>'k')::int > 5", "orders ((((data ->> 'k'))::int4))"],
    ["select * from orders where data @> '{}'", 'orders using gin (data jsonb_path_ops)'],
    ["select * from orders where email like 'abc%'", 'orders (email text_pattern_ops)'],
    ["select * from orders where email ilike '%abc%'", 'orders using gin (email gin_trgm_ops)'],
    ['select * from orders where "Total" = 5', 'orders ("Total")'],
    ['select * from orders o join customers c on c.id = o.customer_id', 'orders (customer_id)'],
    ['select * from customers c where exists (select from orders where customer_id = c.id)', 'orders (customer_id)'],
    [
      'select * from customers where id in (select customer_id from orders where created_at > $1)',
      'orders (created_at)',
    ],
    ['with x as (select * from orders where customer_id = 1) select * from x', 'orders (customer_id)'],
    ['select 1 union all select 1 from orders where customer_id = 1', 'orders (customer_id)'],
    ['update orders set status = $1 where customer_id = 7', 'orders (customer_id)'],
    ['delete from orders where created_at < now()', 'orders (created_at)'],
    ['explain select * from orders where customer_id = 7', 'orders (customer_id)'],
    ['select customer_id, count(*) from orders group by customer_id', 'orders (customer_id)'],
  ];
  for (const [sql, wanted] of PROPOSED) {
    it(`considers ${wanted} for ${sql}`, () => {
      const found = candidates(sql);
      assert.ok(found.includes(wanted), found.join('\n'));
    });
  }

  const NOT_PROPOSED: readonly (readonly [sql: string, unwanted: RegExp, why: string])[] = [
    ['select * from orders where id = 5', /./, 'the primary key serves it'],
    ["select * from orders where status = 'done' and customer_id = 1", /WHERE/, 'the value is too common'],
    ['select * from orders where status = :s and customer_id = 1', /WHERE/, 'a parameter is no constant'],
    ['select * from orders where created_at > now() and customer_id = 1', /WHERE/, 'now() changes'],
    ['select * from orders where customer_id::text = $1', /customer_id/, 'the cast hides the column'],
    ["select * from orders where data = '{}'", /\(data\)/, 'jsonb is too wide for a key'],
  ];
  for (const [sql, unwanted, why] of NOT_PROPOSED) {
    it(`proposes no ${unwanted.source} for ${sql}: ${why}`, () => {
      assert.deepEqual(
        candidates(sql).filter(found => unwanted.test(found)),
        [],
      );
    });
  }

  it('proposes trigram indexes only where pg_trgm is installed', () => {
    assert.deepEqual(candidates("select * from orders where email ilike '%abc%'", { ...CATALOG, extensions: [] }), []);
  });

  it('keeps names within 63 bytes, and tells long ones apart', () => {
    const long = (key: string): IndexDefinition => ({
      schema: 'Öffentlich',
      relation: 'größenordnungen_der_bestellungen_je_kunde',
      method: 'btree',
      keys: [key, 'noch_eine_spalte'],
      include: [],
    });
    const [a, b] = [
      createIndexSql(long('spalte_mit_langem_namen_eins'), { concurrently: true }),
      createIndexSql(long('spalte_mit_langem_namen_zwei'), { concurrently: true }),
    ];
    assert.ok(Buffer.byteLength(a.name) <= 63);
    assert.notEqual(a.name, b.name);
    assert.match(a.sql, /^CREATE INDEX CONCURRENTLY ".*" ON "Öffentlich"\."größen/);
    assert.equal(parseStatement(grammar, a.sql).syntaxError, undefined);
  });

  /** A planner by table: the cost of the first listed index that is offered, else that of a scan. */
  const planner = (scan: number, costs: readonly (readonly [string, number])[]): CostEstimator & { calls: number } => ({
    how: 'what-if (shadow)',
    calls: 0,
    async cost(sql, configuration) {
      this.calls++;
      if (/^insert/.test(sql)) return { totalCost: 0.01, usedIndexes: [], plan: {} };
      const offered = configuration.map(indexInWords);
      const [best] = costs.filter(([name]) => offered.includes(name)).sort((a, b) => a[1] - b[1]);
      if (!best || best[1] >= scan) return { totalCost: scan, usedIndexes: [], plan: {} };
      return { totalCost: best[1], usedIndexes: [offered.indexOf(best[0])], plan: {} };
    },
    estimateBytes: async definition => 1e6 * (definition.keys.length + definition.include.length),
    dispose: async () => undefined,
  });
  const suggest = (sql: string, estimator: CostEstimator, catalog = CATALOG) =>
    suggestIndexes({ statement: parseStatement(grammar, sql), sql, catalog, estimator });

  const BOTH = 'select * from orders where customer_id = 5 and created_at > $1';

  it('takes the simpler index when the wider one is hardly better', async () => {
    const { suggestions } = await suggest(
      BOTH,
      planner(9000, [
        ['orders (customer_id)', 101],
        ['orders (customer_id, created_at)', 100],
      ]),
    );
    assert.deepEqual(
      suggestions.map(({ index }) => index?.keys),
      [['customer_id']],
    );
  });

  it('takes the wider index when it pays, and brings its inverse', async () => {
    const { suggestions } = await suggest(
      BOTH,
      planner(9000, [
        ['orders (customer_id)', 300],
        ['orders (customer_id, created_at)', 100],
      ]),
    );
    const [change] = suggestions.map(({ change }) => change);
    assert.deepEqual(change?.sql, [
      'CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx ON public.orders (customer_id, created_at)',
    ]);
    assert.deepEqual(change?.inverse, ['DROP INDEX CONCURRENTLY IF EXISTS public.orders_customer_id_created_at_idx']);
    assert.equal(change?.runsInTransaction, false);
    assert.match(suggestions[0]?.evidence.text ?? '', /^planner cost 9,000 -> 100, 90 times less/);
  });

  it('refuses with figures when nothing helps enough', async () => {
    const { suggestions, refusals } = await suggest(BOTH, planner(9000, [['orders (customer_id)', 8500]]));
    assert.deepEqual(suggestions, []);
    assert.match(
      refusals[0]?.reason ?? '',
      /^no index helps: the best of \d+ tried, orders \(customer_id\), changes the cost from 9,000 to 8,500$/,
    );
  });

  it('refuses what is cheaper but may take longer with the table in memory', async () => {
    const table = { 'Relation Name': 'orders', 'Plan Rows': 1e6 };
    const estimator: CostEstimator = {
      ...planner(0, []),
      cost: async (_sql, [index]) =>
        index && index.keys[0] === 'customer_id' && index.include.length === 0
          ? { totalCost: 6000, usedIndexes: [0], plan: { ...table, 'Node Type': 'Index Scan', 'Total Cost': 6000 } }
          : { totalCost: 9000, usedIndexes: [], plan: { ...table, 'Node Type': 'Seq Scan', 'Total Cost': 9000 } },
    };
    const { suggestions, refusals } = await suggest(BOTH, estimator);
    assert.deepEqual(suggestions, []);
    assert.match(refusals[0]?.reason ?? '', /from 9,000 to 6,000, but may take longer/);
  });

  it('refuses small tables without asking the planner', async () => {
    const estimator = planner(10, []);
    const { refusals } = await suggest("select * from small where region = 'x'", estimator);
    assert.deepEqual(refusals, [{ reason: 'no index on small: 412 rows, a scan reads 5 pages' }]);
    assert.equal(estimator.calls, 0);
  });

  it('says that CONCURRENTLY is not possible on a partitioned table', async () => {
    const catalog: Catalog = { ...CATALOG, relations: [{ ...ORDERS, kind: 'partitioned table' }] };
    const { suggestions } = await suggest(
      'select * from orders where customer_id = 5',
      planner(9000, [['orders (customer_id)', 3]]),
      catalog,
    );
    assert.doesNotMatch(suggestions[0]?.change.sql[0] ?? '', /CONCURRENTLY/);
    assert.match(suggestions[0]?.change.locks ?? '', /CONCURRENTLY is not possible on a partitioned table/);
  });

  it('stops when cancelled', async () => {
    const signal = AbortSignal.abort();
    const request = {
      statement: parseStatement(grammar, BOTH),
      sql: BOTH,
      catalog: CATALOG,
      estimator: planner(1, []),
      signal,
    };
    await assert.rejects(suggestIndexes(request), { name: 'CancelledError' });
  });

  const advise = (texts: readonly string[], estimator: CostEstimator, budgetBytes?: number) =>
    adviseWorkload({
      statements: texts.map((sql, i) => ({ id: i + 1, sql, statement: parseStatement(grammar, sql), weight: 1 })),
      catalog: CATALOG,
      estimator,
      ...(budgetBytes === undefined ? {} : { budgetBytes }),
    });

  const COSTS = [
    ['orders (customer_id)', 300],
    ['orders (customer_id, created_at)', 100],
  ] as const;

  it('advises an index for the statements it serves, and nothing it cannot plan', async () => {
    const advice = await advise(['select * from orders where customer_id = 1', BOTH, 'selec 1'], planner(9000, COSTS));
    assert.deepEqual(
      advice.indexes.map(({ columns, queries }) => ({ columns, queries })),
      [{ columns: ['customer_id', 'created_at'], queries: [1, 2] }],
    );
    assert.deepEqual(
      advice.skipped.map(({ id }) => id),
      [3],
    );
    assert.equal(advice.workload.costBefore, 18_000);
  });

  it('stays within the budget, and proposes nothing when nothing fits', async () => {
    assert.deepEqual(
      (await advise([BOTH], planner(9000, COSTS), 1.5e6)).indexes.map(({ columns }) => columns),
      [['customer_id']],
    );
    assert.deepEqual((await advise([BOTH], planner(9000, COSTS), 10)).indexes, []);
  });

  it('does without an index that makes another statement slower, or adds one that keeps it from that', async () => {
    const scan = { 'Node Type': 'Seq Scan', 'Relation Name': 'orders', 'Plan Rows': 140_000, 'Total Cost': 50_000 };
    // a fifth less for the planner, and a little more in memory
    const slowed = { ...scan, 'Node Type': 'Index Scan', 'Total Cost': 40_000 };
    const estimator: CostEstimator = {
      ...planner(0, []),
      cost: async (sql, configuration) => {
        const offered = configuration.map(indexInWords);
        const [narrow, wide] = ['orders (customer_id)', 'orders (customer_id, created_at)'].map(one =>
          offered.indexOf(one),
        ) as [number, number];
        if (sql !== BOTH && narrow >= 0) return { totalCost: 40_000, usedIndexes: [narrow], plan: {} };
        if (sql === BOTH && wide >= 0) return { totalCost: 100, usedIndexes: [wide], plan: {} };
        if (sql === BOTH && narrow >= 0) return { totalCost: 40_000, usedIndexes: [narrow], plan: slowed };
        return { totalCost: 50_000, usedIndexes: [], plan: scan };
      },
    };
    const advised = async (budgetBytes: number): Promise<string[]> =>
      (await advise(['select * from orders where customer_id = 1', BOTH], estimator, budgetBytes)).indexes.map(
        ({ columns }) => columns.join(),
      );
    assert.deepEqual(await advised(1.5e6), []);
    assert.deepEqual((await advised(4e6)).sort(), ['customer_id', 'customer_id,created_at']);
  });

  it('weighs the writes an index would cost', async () => {
    const write = 'insert into orders (id, customer_id) values (1, 1)';
    const statements = [BOTH, write].map((sql, i) => ({
      id: i,
      sql,
      statement: parseStatement(grammar, sql),
      weight: i === 0 ? 1 : 1e6,
    }));
    const advice = await adviseWorkload({ statements, catalog: CATALOG, estimator: planner(9000, COSTS) });
    assert.deepEqual(advice.indexes, []);
  });

  it('finds existing indexes that others make redundant, but never one that enforces something', () => {
    const relation = {
      ...ORDERS,
      indexes: [
        ...ORDERS.indexes,
        index('a', ['customer_id'], { definition: 'CREATE INDEX a ON public.orders USING btree (customer_id)' }),
        index('ab', ['customer_id', 'created_at']),
        index('u', ['customer_id'], { unique: true }),
      ],
    };
    assert.deepEqual(
      redundantIndexes(relation, []).map(({ index: name, because, change }) => [
        name,
        because,
        change.sql,
        change.inverse,
      ]),
      [
        [
          'public.a',
          'its keys begin those of ab',
          ['DROP INDEX CONCURRENTLY IF EXISTS public.a'],
          ['CREATE INDEX CONCURRENTLY a ON public.orders USING btree (customer_id)'],
        ],
      ],
    );
  });

  it('takes no two names or strings for the same that differ in case alone', () => {
    assert.equal(normal('"Id"'), 'Id');
    assert.equal(normal('("id")::text'), 'id');
    assert.equal(normal("((Status)::text = 'A b'::text)"), "status='A b'");
    const relation = {
      ...ORDERS,
      indexes: [
        index('upper', ['"Customer_id"']),
        index('lower', ['customer_id']),
        index('open', ['created_at'], { predicate: "status = 'open'" }),
        index('Open', ['created_at'], { predicate: "status = 'OPEN'" }),
      ],
    };
    assert.deepEqual(redundantIndexes(relation, []), []);
  });
});

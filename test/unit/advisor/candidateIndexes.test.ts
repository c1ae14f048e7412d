import * as assert from 'node:assert/strict';
import type { Catalog, Column, Relation } from '../../../src/core/catalog/catalog';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { candidatesInWords } from './advisorFixtures';

function column(name: string, type: string, distinct: number, averageWidthBytes = 8): Column {
  return { name, type, notNull: true, statistics: { nullFraction: 0, averageWidthBytes, distinct } };
}

const TICKET: Relation = {
  schema: 'public',
  name: 'ticket',
  kind: 'table',
  columns: [
    column('id', 'bigint', -1),
    column('tenant', 'integer', 5000),
    column('assignee', 'integer', 900),
    column('reporter', 'integer', 800),
    column('priority', 'smallint', 5),
    column('due', 'date', 700),
    column('due_until', 'date', 700),
    column('email', 'text', -1, 30),
    column('title', 'text', -1, 90),
    column('fields', 'jsonb', -1, 20),
    column('body', 'text', -1, 300),
    {
      ...column('state', 'text', 3),
      statistics: {
        nullFraction: 0,
        averageWidthBytes: 6,
        distinct: 3,
        mostCommonValues: ['done', 'open', 'lost'],
        mostCommonFrequencies: [0.95, 0.04, 0.01],
      },
    },
  ],
  indexes: [],
  constraints: [],
  rowEstimate: 1_000_000,
  pages: 40_000,
  isPartition: false,
};

function view(name: string, query: string, columns: readonly string[]): Relation {
  return {
    schema: 'public',
    name,
    kind: 'view',
    columns: columns.map(each => ({ name: each, type: 'integer', notNull: false })),
    indexes: [],
    constraints: [],
    isPartition: false,
    query,
  };
}

const CATALOG: Catalog = {
  source: 'server',
  searchPath: ['public'],
  relations: [
    TICKET,
    view('open_ticket', "SELECT id, tenant AS customer, due FROM ticket WHERE state = 'open';", [
      'id',
      'customer',
      'due',
    ]),
    view('urgent', 'SELECT * FROM open_ticket WHERE due < now()', ['id', 'customer', 'due']),
    view('renamed', 'SELECT tenant, due FROM ticket', ['who', 'until']),
    view('mirror', 'SELECT * FROM mirror', ['id']),
  ],
  extensions: [{ name: 'pg_trgm', version: '1.6' }],
  settings: {},
};

describe('core/advisor/indexes/candidates', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const candidates = (sql: string): string[] =>
    candidatesInWords(grammar, sql, CATALOG).map(text => text.replace(/^ticket /, ''));

  const PROPOSED: Readonly<Record<string, readonly (readonly [sql: string, wanted: string])[]>> = {
    'an index for each arm of an OR': [
      ["select * from ticket where id = 1 or lower(email) = 'a'", '(lower(email))'],
      ["select * from ticket where title ilike '%abc%' or email ilike '%abc%'", 'using gin (title gin_trgm_ops)'],
      ["select * from ticket where tenant = 1 or fields @> '{}'", 'using gin (fields jsonb_path_ops)'],
      ["select * from ticket where tenant = 1 or email like 'abc%'", '(email text_pattern_ops)'],
      ['select * from ticket where tenant = 1 or assignee is null', '(assignee)'],
      ['select * from ticket where (assignee = 1 or reporter = 1) and due > $1', '(reporter, due)'],
      ['select * from ticket where (assignee = 1 or reporter = 1) and priority = 3', '(reporter, priority)'],
    ],
    'expressions together': [
      ["select * from ticket where lower(email) = 'a' and fields->>'k' = 'b'", "(lower(email), (fields ->> 'k'))"],
      [
        "select * from ticket where fields->>'k' = 'b' and (fields->>'n')::int > 5",
        "((fields ->> 'k'), (((fields ->> 'n'))::int4))",
      ],
      ["select * from ticket where lower(email) = 'a' and due > $1", '(lower(email), due)'],
      [
        "select * from ticket where fields->>'k' = 'b' and (fields->>'on')::boolean",
        "((fields ->> 'k'), (((fields ->> 'on'))::bool))",
      ],
    ],
    'the order of a window inside an expression': [
      ['select id, due - lag(due) over (partition by tenant order by due, id) from ticket', '(tenant, due, id)'],
    ],
    'values of several columns': [
      ['select * from ticket where (tenant, assignee) in ((1, 2), (3, 4))', '(tenant, assignee)'],
      ['select * from ticket where (tenant, assignee) in (select 1, 2)', '(tenant, assignee)'],
      ['select * from ticket t join urgent u using (id)', '(id)'],
    ],
    'columns that bound a value': [
      ['select * from ticket where now() between due and due_until and tenant = 1', '(tenant, due)'],
      ['select * from ticket a join ticket b on a.due between b.due and b.due_until', '(due_until)'],
    ],
    'an expression that comes first in an order': [
      ['select * from ticket order by lower(email), id limit 9', '(lower(email))'],
      ['select * from ticket order by lower(email) desc nulls last, id limit 9', '(lower(email) DESC NULLS LAST)'],
    ],
    'the beginning of a long order': [
      ['select * from ticket where tenant = 1 order by state, priority, due, id limit 9', '(tenant, state, priority)'],
      ['select * from ticket order by state, priority, due, id limit 9', '(state, priority, due)'],
    ],
    'what few rows take, in wide columns too': [
      [
        "select tenant, email, title from ticket where state = 'lost'",
        "(state) INCLUDE (email, tenant, title) WHERE state = 'lost'",
      ],
    ],
    'conditions on what a query in FROM puts out': [
      ['select * from (select id, tenant as t from ticket) x where t = 5', '(tenant)'],
      ['select * from (select * from ticket where due > $1) x where x.tenant = 5', '(tenant, due)'],
      ['with x as (select * from ticket where priority = 1) select id from x where tenant = 5', '(tenant, priority)'],
      ['select * from (select tenant, max(due) from ticket group by tenant) x where tenant = 5', '(tenant)'],
      ['select * from (select id, due from ticket where tenant = 1) x order by due limit 5', '(tenant, due)'],
      ['select t from (select tenant as t, title, email from ticket) x where t > 5', '(tenant)'],
    ],
    'conditions on a view': [
      ['select * from open_ticket where customer = 5', "(tenant) WHERE state = 'open'"],
      ['select due from open_ticket where customer = 5', "(tenant) INCLUDE (due) WHERE state = 'open'"],
      ['select * from open_ticket o where o.customer = 5 order by o.due limit 3', "(tenant, due) WHERE state = 'open'"],
      ['select * from urgent where customer = 5', "(tenant, due) WHERE state = 'open'"],
      ['select * from renamed where who = 5 and until > $1', '(tenant, due)'],
    ],
  };
  for (const [what, cases] of Object.entries(PROPOSED)) {
    for (const [sql, wanted] of cases) {
      it(`considers ${what}: ${wanted} for ${sql}`, () => {
        const found = candidates(sql);
        assert.ok(found.includes(wanted), found.join('\n'));
      });
    }
  }

  it('takes nothing for a partial index from an arm of an OR', () => {
    const found = candidates("select * from ticket where tenant = 1 or (state = 'lost' and assignee is null)");
    assert.deepEqual(
      found.filter(each => each.includes('WHERE')),
      [],
    );
  });

  it('stores no columns that may be longer than an entry can be', () => {
    const found = candidates("select body from ticket where state = 'lost'");
    assert.deepEqual(found, ['(state)', "(state) WHERE state = 'lost'"]);
  });

  it('passes no condition below a LIMIT, nor to an aggregate', () => {
    const limited = candidates('select * from (select id, tenant from ticket order by due limit 9) x where tenant = 5');
    const counted = candidates(
      'select * from (select due, sum(tenant) as tenant from ticket group by due) x where tenant = 5',
    );
    assert.deepEqual(
      [...limited, ...counted].filter(each => each.startsWith('(tenant')),
      [],
    );
  });

  it('takes a CTE that is read twice as the planner does: apart from what reads it', () => {
    const sql = 'with x as (select id, tenant from ticket) select * from x a join x b using (id) where a.tenant = 5';
    assert.ok(!candidates(sql).includes('(tenant)'));
  });

  it('reads no view inside itself', () => {
    assert.deepEqual(candidates('select * from mirror where id = 5'), []);
  });
});

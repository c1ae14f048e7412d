import type { IndexCase } from './whatIfQueries';

/** A word of a rank: letters as frequent as in English, three to eight of them. */
const WORD = (rank: string): string =>
  `left(translate(md5((${rank})::text), '0123456789abcdef', 'etaoinshrdlucmfw'), 3 + (${rank}) % 6)`;
/** From the row's number and a salt: at least 0, below 1. */
const CHANCE = (salt: number): string => `((hashint8(g * 64 + ${salt}) & 2147483647) / float8 '2147483648')`;
/** Ranks from 1 on, each about as frequent as it is small (Zipf's law). */
const ZIPF = (salt: number, most: number): string => `floor(exp(${Math.log(most)}::float8 * ${CHANCE(salt)}))::int`;

/**
 * What other methods than B-trees are for: documents with words, labels and fields whose frequencies follow Zipf's law,
 * periods, places, and readings that came in order of time. The same rows each time.
 */
export const METHODS_SCHEMA = `
create extension pg_trgm;
create extension btree_gist;
create table documents (
  id bigint primary key, title text not null, body text not null, search tsvector not null, labels text[] not null,
  numbers int[] not null, fields jsonb not null, code text not null, during tstzrange not null, rooms int4range not null,
  place point not null, address inet not null, changed_at timestamptz not null, price numeric(10, 2));
insert into documents
select g, ${WORD(ZIPF(1, 3000))} || ' ' || ${WORD(ZIPF(2, 3000))} || ' ' || ${WORD(ZIPF(3, 3000))}, body,
  to_tsvector('simple', body),
  array[${WORD(ZIPF(4, 400))}, ${WORD(ZIPF(5, 400))}, ${WORD(ZIPF(6, 400))}],
  array[${ZIPF(7, 2000)}, ${ZIPF(8, 2000)}],
  jsonb_build_object('kind', ${WORD(ZIPF(9, 30))}, 'size', ${ZIPF(10, 5000)}, 'owner',
    jsonb_build_object('name', ${WORD(ZIPF(11, 1000))}, 'active', g % 3 = 0), 'tags', jsonb_build_array(${WORD(ZIPF(12, 200))}, ${WORD(ZIPF(13, 200))})),
  md5(g::text), tstzrange(moment, moment + ${CHANCE(14)} * interval '4 hours'), int4range(lo, lo + 1 + ${ZIPF(15, 50)}),
  point(${CHANCE(16)} * 100, ${CHANCE(17)} * 50), ('10.' || g % 7 || '.' || ${ZIPF(18, 250)} || '.' || g % 250)::inet,
  moment, case when g % 4 > 0 then ${ZIPF(19, 900)} end
from generate_series(1, 40000) g
cross join lateral (select timestamptz '2024-01-01 00:00+00' + g * interval '7 minutes' as moment,
  ${ZIPF(20, 2000)} as lo,
  ${Array.from({ length: 14 }, (_, i) => WORD(ZIPF(30 + i, 8000))).join(` || ' ' || `)} as body) v;
create table readings (id bigint not null, taken_at timestamptz not null, sensor int not null, value real not null);
insert into readings
select g, timestamptz '2024-01-01 00:00+00' + g * interval '10 seconds' + ${CHANCE(1)} * interval '5 minutes', g % 100, ${CHANCE(2)}
from generate_series(1, 200000) g;
`;

const documents = (
  method: IndexCase['method'],
  keys: readonly string[],
  statements: readonly string[],
  where?: string,
): IndexCase => ({
  table: 'public.documents',
  ...(method && { method }),
  keys,
  ...(where && { where }),
  statements,
});

export const METHOD_CASES: readonly IndexCase[] = [
  documents(
    'gin',
    ['fields jsonb_path_ops'],
    [
      `select id from documents where fields @> '{"size": 7}'`,
      `select id from documents where fields @> '{"owner": {"active": true}, "size": 70}'`,
      `select count(*) from documents where fields @> '{"tags": ["eta"]}'`,
      `select id from documents where fields @? '$.size ? (@ == 3)'`,
    ],
  ),
  documents(
    'gin',
    ['fields'],
    [
      `select id from documents where fields @> '{"size": 7}'`,
      `select count(*) from documents where fields ? 'missing'`,
      `select id from documents where fields ?| array['missing', 'absent']`,
    ],
  ),
  documents(
    'gin',
    ['labels'],
    [
      `select id from documents where labels @> array['eta']`,
      `select id from documents where labels && array['sh', 'none', 'lost']`,
      `select id from documents where labels @> (select labels from documents where id = 5)`,
    ],
  ),
  documents(
    'gin',
    ['numbers'],
    [
      `select id from documents where numbers @> array[1, 1500]`,
      `select id from documents where numbers && array[900, 901, 902]`,
      `select d.id from documents o join documents d on d.numbers @> o.numbers where o.id between 10 and 20`,
    ],
  ),
  documents(
    'gin',
    ['search'],
    [
      `select id from documents where search @@ to_tsquery('simple', 'none & lost')`,
      `select id from documents where search @@ to_tsquery('simple', 'soh | lru')`,
      `select id from documents where search @@ to_tsquery('simple', 'mo:*') limit 20`,
      `select count(*) from documents where search @@ to_tsquery('simple', 'a:*')`,
    ],
  ),
  documents(
    'gin',
    ['title gin_trgm_ops'],
    [
      `select id from documents where title ilike '%soh%'`,
      `select id from documents where title like '%frame%rate%'`,
      `select id from documents where title ~ 'sh[aeo]n'`,
      `select id from documents where title % 'sohna temda'`,
    ],
  ),
  documents('gin', ['code gin_trgm_ops'], [`select id from documents where code like '%0123abc%'`]),
  documents(
    'gist',
    ['title gist_trgm_ops'],
    [
      `select id from documents where title ilike '%sohna%'`,
      `select id from documents order by title <-> 'sohna temda' limit 5`,
    ],
  ),
  documents(
    'gist',
    ['during'],
    [
      `select id from documents where during && tstzrange('2024-03-01', '2024-03-02')`,
      `select count(*) from documents where during @> timestamptz '2024-04-01'`,
    ],
  ),
  documents('spgist', ['during'], [`select id from documents where during && tstzrange('2024-03-01', '2024-03-02')`]),
  documents(
    'gist',
    ['rooms'],
    [
      `select id from documents where rooms && int4range(40, 45)`,
      `select id from documents where rooms @> 1500`,
      `select id from documents where rooms <@ int4range(1000, 1010)`,
    ],
  ),
  documents(
    'gist',
    ['place'],
    [
      `select id from documents order by place <-> point(10, 10) limit 10`,
      `select id from documents where place <@ box '((10, 10), (11, 11))'`,
      `select id from documents where place <@ circle '((10, 10), 1)'`,
    ],
  ),
  documents(
    'spgist',
    ['place'],
    [
      `select id from documents order by place <-> point(10, 10) limit 10`,
      `select id from documents where place <@ box '((10, 10), (11, 11))'`,
    ],
  ),
  documents('gist', ['address inet_ops'], [`select id from documents where address <<= inet '10.3.200.0/24'`]),
  documents('spgist', ['title'], [`select id from documents where title = 'sohna temda'`]),
  documents(
    'hash',
    ['code'],
    [
      `select id from documents where code = 'c4ca4238a0b923820dcc509a6f75849b'`,
      `select d.id from readings r join documents d on d.code = md5(r.sensor::text) where r.id between 5 and 9`,
    ],
  ),
  documents('hash', ['title'], [`select id from documents where title = 'sohna temda'`]),
  documents('btree', ['title text_pattern_ops'], [`select id from documents where title like 'sohn%'`]),
  documents(
    'btree',
    ['price'],
    [`select id from documents where price > 800 and labels @> array['eta']`],
    `labels @> array['eta']`,
  ),
  documents(
    'gin',
    ['search'],
    [`select id from documents where search @@ to_tsquery('simple', 'soh') and price is null`],
    'price is null',
  ),
  {
    table: 'public.readings',
    method: 'brin',
    keys: ['taken_at'],
    statements: [
      `select avg(value) from readings where taken_at >= '2024-01-10' and taken_at < '2024-01-11'`,
      `select count(*) from readings where taken_at > '2024-01-29'`,
    ],
  },
  {
    table: 'public.readings',
    method: 'brin',
    keys: ['id', 'sensor'],
    statements: [`select * from readings where id between 1000 and 1100 and sensor = 5`],
  },
  // last, since the server analyses the table anew for them
  documents('gin', ["((fields -> 'tags'))"], [`select count(*) from documents where fields -> 'tags' ? 'eta'`]),
  documents(
    'gin',
    ["to_tsvector('simple', body)"],
    [`select id from documents where to_tsvector('simple', body) @@ to_tsquery('simple', 'none & lost')`],
  ),
  documents('btree', ['lower(code)'], [`select id from documents where lower(code) = 'c4ca'`]),
];

/** A statement with the index that is proposed for it, or why there is none. */
export interface ProposedCase {
  readonly sql: string;
  readonly index?: string;
  readonly reason?: RegExp;
  readonly budgetBytes?: number;
}

export const PROPOSED: readonly ProposedCase[] = [
  { sql: `select id from documents where fields @> '{"size": 700}'`, index: 'gin (fields jsonb_path_ops)' },
  { sql: `select id from documents where fields @? '$.size ? (@ == 3)'`, index: 'gin (fields jsonb_path_ops)' },
  { sql: `select id from documents where fields ? 'missing'`, index: 'gin (fields)' },
  { sql: `select id from documents where labels && array['none', 'lost']`, index: 'gin (labels)' },
  { sql: `select id from documents where labels @> array['none']`, index: 'gin (labels)' },
  { sql: `select id from documents where search @@ to_tsquery('simple', 'none & lost')`, index: 'gin (search)' },
  { sql: `select id from documents where title ilike '%sohna%'`, index: 'gin (title gin_trgm_ops)' },
  { sql: `select id from documents where title like 'sohna%'`, index: 'btree (title text_pattern_ops)' },
  { sql: `select id from documents where during && tstzrange('2024-03-01', '2024-03-02')`, index: 'gist (during)' },
  { sql: `select id from documents where rooms @> 1500`, index: 'gist (rooms)' },
  { sql: `select id from documents order by place <-> point(10, 10) limit 10`, index: 'gist (place)' },
  { sql: `select id from documents where place <@ box '((10, 10), (11, 11))'`, index: 'spgist (place)' },
  { sql: `select id from documents where address <<= inet '10.3.200.0/24'`, index: 'gist (address inet_ops)' },
  { sql: `select id from documents where code = 'c4ca4238a0b923820dcc509a6f75849b'`, index: 'hash (code)' },
  {
    sql: `select count(*) from readings where taken_at > '2024-01-20' and taken_at < '2024-01-21'`,
    index: 'brin (taken_at)',
    budgetBytes: 100_000,
  },
  { sql: `select count(*) from documents where labels && array['eta', 'none'] or id > 5`, reason: /\d/ },
  // no method serves it as it is written: `numbers @> array[1900]` is another statement
  { sql: `select id from documents where 1900 = any(numbers)`, reason: /^no index: no condition/ },
  { sql: `select count(*) from documents where fields ? 'size'`, reason: /no index helps.*\d/ },
];

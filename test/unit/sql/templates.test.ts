import assert from 'node:assert/strict';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { bindParameters } from '../../../src/core/sql/parameters';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { Script } from '../../../src/core/sql/script';

/** Each is one statement that is right once its template or driver has filled it in, and that we can read. */
const READABLE: readonly string[] = [
  'select * from orders where id = :id and status = :status::text',
  `select * from orders where name = :'name' and "x" = :"col"`,
  'select * from orders where id = %(id)s and name like %s',
  'select * from orders where id=%s and a>=%s limit %s',
  'insert into orders values (%s, %s, %(c)s)',
  "select * from orders where id = ? and tags ? 'a' and b @> ?",
  'select * from ${schema}.orders where id = ${order.id}',
  'select * from orders where id = ${ids.map(i => `${i}`).join(", ")}',
  'select * from orders where id = ${format({ a: "}" })} and b = 1',
  'select * from orders_#{year} where id = #{id} and b=#{b,jdbcType=INTEGER}',
  'select * from orders where id = @id and total>=@total and name=@name limit @n',
  'insert into orders (id, name) values (@id, @name) returning id',
  'select @ x, a @> b, a <@b, a @@ b, @x from orders where a <@ array[1] and b@>c',
  'select a from orders where id = $id and b in ($first, $second)',
  "select * from {{ ref('orders') }} o join {{ source('raw', 'customers') }} c on c.id = o.customer_id",
  "{{ config(materialized='table', indexes=[{'columns': ['id']}]) }}\nselect 1 as a",
  "select {{ columns }} from {{ this }} where day >= '{{ var('start_date') }}'",
  "select * from orders where day = '{{ ds }}' and x = '{{ params.x }}'",
  `select * from orders where day > '{{ macros.ds_add(ds, -7) }}' and z = '{{ x | replace("a", "b") }}'`,
  'select a {% if extra %}, b {% endif %} from orders',
  "select\n{% for m in ['a', 'b'] %}\nsum({{ m }}) as {{ m }}_total{% if not loop.last %},{% endif %}\n{% endfor %}\nfrom orders",
  'select {%- for c in cols %} {{ c }}, {%- endfor %} 1 from orders',
  'select * from orders {% if is_incremental() %} where day > (select max(day) from {{ this }}) {% endif %}',
  '{% if a %} select 1 {% else %} select 2 {% endif %}',
  'select * from {% if a %} orders {% elif b %} queue {% else %} customers {% endif %}',
  "{# a comment; with 'quote #}\nselect 1 {# more #} as a",
  "{% set names = ['a', 'b;'] %}\nselect 1",
  'create index a on "{{ index .Options "schema" }}"."orders" (id)',
  'select * from {{ .Table }} where id = {{ .ID }} {{ if .Limit }} limit {{ .Limit }} {{ end }}',
  'select * from {{ .Table }} {{- if .A }} where a = 1 {{- else }} where b = 2 {{- end }}',
  '{{#each rows}} select 1 {{/each}}',
  'select * from {table} where id = {0} and {column} = {value!r}',
  'create table {schema}.t (id int, {{ extra }} text)',
  'select * from __TABLE__ where id = __ID__',
  'select * from orders <where> <if test="id != null"> id = #{id} </if> </where>',
  'update orders <set> <if test="a != null">a = #{a}</if> </set> where id = #{id}',
  'select * from orders <choose><when test="a"> where a = 1 </when><otherwise> where b = 2 </otherwise></choose>',
  'select * from orders where a<b and c <d and e</* f */g and (a <if) is true',
  'select * from @extschema@.part_config where owner = @extowner@',
  'select @extschema:hstore@.akeys(a) from orders',
  'select 1\n\\if :a\nfrom orders\n\\else\nfrom queue\n\\endif\nwhere id = 1',
  "select '{\"a\": {\"b\": 1}}'::jsonb, '{{1,2},{3,4}}'::int[], '{{a' || x || '}}', '{% if %}', '#{x}' from orders",
  "select a #> '{x}', a #>> '{y,z}', a # b, a ?| array['b'], a ?& b, a @? '$.x', a @@ '$.y' from orders",
  'select a[1:2], a[:2], a[lo:hi], b::int[], x %% y from orders where a % 2 = 0 and b %s',
  'select * from orders tablesample system (:percent) where j -> :key ->> 0 = %s',
];

/** Right too, but what they say depends on the filling so much that nothing can be told. */
const UNREADABLE: readonly string[] = [
  `select ${Array.from({ length: 90 }, (_, i) => `interval :x${i}`).join(', ')}`,
  '{{ macro_that_writes_the_query() }}',
  '{% macro cents(column) %} ({{ column }} / 100)::numeric {% endmacro %}',
  'select * from orders ${where(a)} ${orderBy} union ${rest} order',
  "{{ dbt_utils.union_relations(relations=[ref('a'), ref('b')]) }} where x",
  '{% snapshot s %} {{ config() }} select * from {% if a %} b {% endif %} where {% endsnapshot %}',
  'select {% for a in b %} , {% endfor %} from',
  'select * from orders <foreach item="i" collection="l" open="(" separator="," close=")"> #{i} </foreach>',
];

/** Wrong whatever is filled in. */
const WRONG: Readonly<Record<string, string>> = {
  'select a fro orders o p where id = :id': 'o',
  'select * form orders where id = %(id)s': 'form',
  'selec ${a} from orders': 'selec',
  'select a from orders were id = {{ id }}': 'id',
  'select 1 wher id = ?': 'id',
};

describe('core/sql/templates', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  for (const sql of READABLE) {
    it(`reads ${sql.replace(/\s+/g, ' ')}`, () => {
      const statement = parseStatement(grammar, sql);
      assert.deepEqual(statement.syntaxError, undefined);
      assert.ok(statement.tree);
      for (const { range } of statement.placeholders) assert.ok(range.end <= statement.text.length);
      const spans = new Script(grammar, `${sql};\nselect 1;`).statements;
      assert.equal(spans.length, 2);
    });
  }

  for (const sql of UNREADABLE) {
    it(`says nothing about ${sql}`, () => {
      assert.equal(parseStatement(grammar, sql).syntaxError, undefined);
    });
  }

  for (const [sql, at] of Object.entries(WRONG)) {
    it(`finds the mistake in ${sql}`, () => {
      const { syntaxError } = parseStatement(grammar, sql);
      assert.ok(syntaxError);
      assert.ok(sql.startsWith(at, syntaxError.range.start), sql.slice(syntaxError.range.start));
    });
  }

  it('names placeholders after what they mean', () => {
    const sql = "select * from {{ ref('orders') }} where a = #{a} and b = {{ b }} and c = @c and d = $d and e = {e}";
    assert.deepEqual(
      parseStatement(grammar, sql).placeholders.map(({ style, name, fills }) => `${style} ${name} ${fills}`),
      [
        'template orders name',
        'template a value',
        'template b value',
        'named c value',
        'named d value',
        'template e value',
      ],
    );
    assert.equal(
      bindParameters(parseStatement(grammar, 'select * from t where a = @a and b = @b and c = @a')).sql,
      'select * from t where a = $1 and b = $2 and c = $1',
    );
  });

  it('splits a psql script at its commands', () => {
    const sql = [
      '\\set ON_ERROR_STOP on',
      '\\i other.sql',
      '\\ir sub/other.sql',
      '\\if :{?schema}',
      "\\echo using :schema; it's",
      '\\else',
      "\\set schema 'public'",
      '\\endif',
      'set search_path = :schema;',
      '\\copy orders from stdin',
      "1\tit's; (",
      '\\.',
      "\\copy (select * from orders) to 'x.csv' csv",
      'copy orders (id) from stdin;',
      "2\t'",
      '\\.',
      'select id as order_id from orders limit 1 \\gset',
      "select format('analyze %I', relname) from pg_class \\gexec",
      'select * from orders where id = $1 \\bind 5 \\g',
      'select :order_id, :\'schema\', :"schema";',
      '\\watch 2',
      '',
    ].join('\n');
    const script = new Script(grammar, sql);
    assert.deepEqual(
      script.statements.map(({ statement }) => [statement.kind, statement.syntaxError]),
      [
        ['VariableSetStmt', undefined],
        ['CopyStmt', undefined],
        ['SelectStmt', undefined],
        ['SelectStmt', undefined],
        ['SelectStmt', undefined],
        ['SelectStmt', undefined],
      ],
    );
  });
});

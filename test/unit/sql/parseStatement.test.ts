import assert from 'node:assert/strict';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { bindParameters } from '../../../src/core/sql/parameters';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { walk } from '../../../src/core/sql/walk';

describe('core/sql/parseStatement', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const parse = (sql: string) => parseStatement(grammar, sql);

  describe('text', () => {
    it('is without leading comments and semicolon', () => {
      const statement = parse('-- c\n select 1 ; ');
      assert.equal(statement.text, 'select 1');
      assert.equal(statement.kind, 'SelectStmt');
    });

    it('may be empty', () => {
      const statement = parse(' -- nothing\n');
      assert.equal(statement.text, '');
      assert.equal(statement.tree, undefined);
      assert.equal(statement.syntaxError, undefined);
    });
  });

  describe('syntaxError', () => {
    const cases: Record<string, [sql: string, at: string]> = {
      'is at the token the grammar stops at': ['select a from t wher b', 'b'],
      'counts UTF-16 units': ["select 'ü😀', from t", 'from'],
      'is at a string that is not closed': ["select 'abc", "'abc"],
      'is at the placeholder that does not fit': ['select a from t where where :x', 'where'],
      'looks past placeholders': ['select :a, %s from t wher x = ?', 'x'],
      'is at a second statement': ['select 1; select 2', 'select 2'],
    };
    for (const [behaviour, [sql, at]] of Object.entries(cases)) {
      it(behaviour, () => {
        const { syntaxError } = parse(sql);
        assert.ok(syntaxError);
        assert.equal(syntaxError.range.start, sql.lastIndexOf(at));
        assert.ok(at.startsWith(sql.slice(syntaxError.range.start, syntaxError.range.end)));
        assert.ok(parse(sql).writes);
      });
    }

    it('is empty at the end where something is missing', () => {
      assert.deepEqual(parse('select a from').syntaxError?.range, { start: 13, end: 13 });
    });

    it('tells of statements nested too deeply, and the grammar works on', () => {
      const deep = parse(`select 1${' + 1'.repeat(30_000)}`);
      assert.match(deep.syntaxError?.message ?? '', /nested too deeply/);
      assert.equal(parse('select 1').syntaxError, undefined);
    });

    it('tells of a NUL character', () => {
      assert.deepEqual(parse('select \0 1').syntaxError?.range.start, 7);
    });
  });

  describe('tables', () => {
    const cases: Record<string, string[]> = {
      'select * from a join s.b as x on true, lateral (select from c) d': ['read a', 'read s.b x', 'read c'],
      'with a as (select * from b) select * from a, public.a': ['read b', 'read public.a'],
      'with a as (select * from b), b as (select * from a) select * from b': ['read b'],
      'with recursive a as (select * from b), b as (select * from a) select * from b': [],
      'with a as (select 1) insert into a select * from a': ['insert a'],
      'select (with a as (select 1) select * from a) from a': ['read a'],
      'with d as (delete from a using b returning *) select * from d': ['delete a', 'read b'],
      'update only a x set v = (select max(v) from b) from c': ['update a x', 'read b', 'read c'],
      'merge into a using b on a.i = b.i when matched then delete': ['merge a', 'read b'],
      'create index on only s.a (b)': ['ddl s.a'],
      'create table a as select * from b': ['ddl a', 'read b'],
      'select * into a from b': ['ddl a', 'read b'],
      'create table a (b int references c)': ['ddl a', 'ddl c'],
      'create view a as select * from b': ['ddl a', 'read b'],
      'alter table a add b int': ['ddl a'],
      'alter index a set (fillfactor = 70)': [],
      'drop table if exists a, s.b cascade': ['ddl a', 'ddl s.b'],
      'truncate a, b': ['delete a', 'delete b'],
      'copy a (x) from stdin': ['insert a'],
      'copy (select * from a) to stdout': ['read a'],
      'select * from a for update of a': ['read a'],
      'explain analyze update a set b = 1': ['update a'],
      'create sequence s': [],
      'declare c cursor for select * from "A b"': ['read A b'],
      'create materialized view m as select * from a': ['ddl m', 'read a'],
      'vacuum analyze a': ['ddl a'],
      'select * from f(1), json_to_record($1) as x(a int)': [],
    };
    for (const [sql, expected] of Object.entries(cases)) {
      it(sql, () => {
        const { tables, text, syntaxError } = parse(sql);
        assert.equal(syntaxError, undefined);
        const shown = tables.map(
          ({ use, schema, name, alias }) => `${use} ${schema ? `${schema}.` : ''}${name}${alias ? ` ${alias}` : ''}`,
        );
        assert.deepEqual(shown, expected);
        for (const { range, schema, name } of tables) {
          assert.equal(text.slice(range.start, range.end).replaceAll('"', ''), schema ? `${schema}.${name}` : name);
        }
      });
    }

    it('survives a change of encoding before the name', () => {
      const { tables, text } = parse("select 'ü😀' from größe");
      assert.equal(text.slice(tables[0]!.range.start, tables[0]!.range.end), 'größe');
    });
  });

  describe('writes', () => {
    const reads = [
      'select 1',
      'values (1)',
      'table t',
      'explain delete from t',
      'explain (analyze, verbose) select 1',
      'explain (analyze false) delete from t',
      'explain (analyze 0) delete from t',
      'show all',
      'copy t to stdout',
      'with a as (select 1) select * from a',
    ];
    const writes = [
      'insert into t values (1)',
      'with a as (delete from t returning *) select * from a',
      'select * from t for update',
      'select * into a from t',
      "select nextval('s')",
      'select pg_catalog.pg_reload_conf()',
      'explain analyze delete from t',
      'explain (analyze) delete from t',
      'explain (analyze 1) delete from t',
      'copy t from stdin',
      "copy t to '/tmp/x'",
      'set work_mem = 1',
      'call p()',
      'do $$begin end$$',
      'vacuum',
    ];
    for (const sql of reads) it(`is false for ${sql}`, () => assert.equal(parse(sql).writes, false));
    for (const sql of writes) it(`is true for ${sql}`, () => assert.equal(parse(sql).writes, true));
  });

  describe('placeholders', () => {
    const cases: Record<string, [styles: string[], bound: string]> = {
      'select * from t where a = $2 and b = $1': [['dollar 2', 'dollar 1'], 'select * from t where a = $2 and b = $1'],
      'select :a, :b, :a': [['colon a', 'colon b', 'colon a'], 'select $1, $2, $1'],
      "select :'a', :a": [['psql-literal a', 'colon a'], 'select $1, $1'],
      'select ? from t where x=? limit ?': [
        ['question 1', 'question 2', 'question 3'],
        'select $1 from t where x=$2 limit $3',
      ],
      'select * from t where a in (%s, %(b)s)': [['format 1', 'pyformat b'], 'select * from t where a in ($1, $2)'],
      "select * from t where j ? 'k' and a = ?": [['question 1'], "select * from t where j ? 'k' and a = $1"],
      'select * from :"tbl" where a = ${x}': [['psql-identifier tbl', 'template x'], 'select * from tbl where a = $1'],
      'select * from ${tbl} where a = :x': [['template tbl', 'colon x'], 'select * from tbl where a = $1'],
      'select * from log_${year} where a = :x': [['template year', 'colon x'], 'select * from log_year where a = $1'],
      "select now() - interval :'span'": [['psql-literal span'], 'select now() - $1::interval'],
      'select a from t order by a :direction': [['colon direction'], 'select a from t order by a '],
      'select a[1:2], b::int from t where c = :c': [['colon c'], 'select a[1:2], b::int from t where c = $1'],
      'update t set a = :a where b = any(:b)': [['colon a', 'colon b'], 'update t set a = $1 where b = any($2)'],
    };
    for (const [sql, [styles, bound]] of Object.entries(cases)) {
      it(sql, () => {
        const statement = parse(sql);
        assert.equal(statement.syntaxError, undefined);
        assert.deepEqual(
          statement.placeholders.map(({ style, name }) => `${style} ${name}`),
          styles,
        );
        assert.equal(bindParameters(statement).sql, bound);
        assert.equal(parse(bound).syntaxError, undefined);
      });
    }

    it('names the parameters in the order of their numbers', () => {
      assert.deepEqual(bindParameters(parse('select :b, $1, :a')).parameters, [
        { name: '1', style: 'dollar' },
        { name: 'b', style: 'colon' },
        { name: 'a', style: 'colon' },
      ]);
    });

    it('are different parameters in the tree if their names differ', () => {
      const numbers: unknown[] = [];
      walk(
        parse('select :a, :bb, :a, $1').tree,
        (type, { number }) => void (type === 'ParamRef' && numbers.push(number)),
      );
      assert.equal(numbers[0], numbers[2]);
      assert.notEqual(numbers[0], numbers[1]);
    });

    it('belong wholly to the range of an expression they end', () => {
      const statement = parse('select a from t where a = :some_name and true');
      const ranges: string[] = [];
      walk(statement.tree, (type, fields) => {
        const range = type === 'A_Expr' && statement.rangeOf(type, fields);
        if (range) ranges.push(statement.text.slice(range.start, range.end));
      });
      assert.deepEqual(ranges, ['a = :some_name']);
    });
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { editsKeepBody } from '../../../src/core/sql/bodies/bodyEdits';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { Script } from '../../../src/core/sql/script';
import type { ParsedStatement } from '../../../src/core/sql/statement';
import { walk } from '../../../src/core/sql/walk';

describe('core/sql/bodies', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const parse = (sql: string) => parseStatement(grammar, sql);
  const plpgsql = (body: string) => parse(`do $$ ${body} $$`);
  const textsOf = (statement: ParsedStatement) => statement.inner.map(inner => inner.statement.text);
  const usesOf = (statement: ParsedStatement) =>
    statement.inner.map(({ body, statement: { text } }) => `${body.use} ${body.loopDepth}: ${text}`);

  it('gives each statement and expression of PL/pgSQL with its use and the loops around it', () => {
    const statement = plpgsql(`
      declare n int := 1;
      begin
        for r in select id from orders loop
          if r.id > n then perform f(r.id); end if;
          while n < 3 loop n := n + 1; end loop;
        end loop;
        return query execute 'select 1';
      end`);
    assert.deepEqual(usesOf(statement), [
      'expression 0: 1',
      'statement 0: select id from orders',
      'expression 1: r.id > n',
      'statement 1: SELECT  f(r.id)',
      'expression 2: n < 3',
      'expression 2: n + 1',
      "expression 0: 'select 1'",
      'dynamic 0: select 1',
    ]);
  });

  it('blanks out the targets of INTO and leaves that of INSERT INTO', () => {
    assert.deepEqual(
      textsOf(plpgsql('begin select a into strict b, c.d from t; insert into t values (1) returning a into x[1]; end')),
      ['select a                    from t', 'insert into t values (1) returning a          '],
    );
  });

  it('reads an expression as a query, with places of the expression', () => {
    const [inner] = plpgsql('begin x := a.total + (select max(b) from größe); end').inner;
    assert.ok(inner);
    const { statement } = inner;
    assert.equal(statement.kind, 'SelectStmt');
    const found: string[] = [];
    walk(statement.tree, (type, fields) => {
      const range = statement.rangeOf(type, fields);
      if (range && ['ColumnRef', 'SelectStmt', 'FuncCall'].includes(type))
        found.push(`${type} ${statement.text.slice(range.start, range.end)}`);
    });
    assert.deepEqual(found, [
      'SelectStmt a.total + (select max(b) from größe)',
      'ColumnRef a.total',
      'SelectStmt select max(b) from größe',
      'FuncCall max(b)',
      'ColumnRef b',
    ]);
    const [table] = statement.tables;
    assert.equal(table && statement.text.slice(table.range.start, table.range.end), 'größe');
  });

  it('keeps the places of the outer statement everywhere', () => {
    const folder = path.join(__dirname, 'fixtures');
    const script = new Script(grammar, readFileSync(path.join(folder, 'bodies.sql'), 'utf8'));
    let count = 0;
    for (const { statement: outer } of script.statements) {
      let last = 0;
      for (const { range, statement } of outer.inner) {
        count++;
        assert.ok(last <= range.start && range.start < range.end && range.end <= outer.text.length, outer.text);
        last = range.start;
        assert.equal(statement.text.length, range.end - range.start);
        assert.equal(statement.syntaxError, undefined, statement.text);
        // Quotes, escapes, PERFORM, INTO and the two percent signs of format apart, the text is that of the source.
        const source = outer.text.slice(range.start, range.end);
        const changed = [...source].filter((character, i) => statement.text[i] !== character).join('');
        assert.match(changed, /^(?:[\s\w'"\\%.,[\]]|[^\x00-\x7f])*$/);
      }
    }
    assert.ok(count > 300);
  });

  it('knows what is in scope', () => {
    const statement = parse(`create function f(p_id bigint, out "Total" int) returns trigger language plpgsql as $$
      <<top>> declare a int; c cursor (low int) for select low;
      begin
        for i in 1..2 loop a := i; end loop;
        declare b int; begin a := b; end;
        a := 3;
      exception when others then a := 4;
      end $$`);
    const known = (text: string) => {
      const found = statement.inner.find(inner => inner.statement.text === text);
      return ['p_id', 'Total', 'new', 'tg_op', 'found', 'a', 'b', 'c', 'i', 'low', 'sqlerrm']
        .filter(name => found?.body.variables.has(name))
        .join(' ');
    };
    assert.equal(known('select low'), 'p_id Total new tg_op found a low');
    assert.equal(known('i'), 'p_id Total new tg_op found a c i');
    assert.equal(known('b'), 'p_id Total new tg_op found a b c');
    assert.equal(known('3'), 'p_id Total new tg_op found a c');
    assert.equal(known('4'), 'p_id Total new tg_op found a c sqlerrm');
  });

  it('gives the statements of a body in SQL, and none of a body in the tree or in another language', () => {
    assert.deepEqual(
      textsOf(parse("create procedure p(a int) language sql as 'select ''x''; -- y''\n delete from t'")),
      ["select  'x'", 'delete from t'],
    );
    assert.deepEqual(textsOf(parse('create function f() returns int language sql begin atomic select 1; end')), []);
    assert.deepEqual(textsOf(parse("create function f() returns int language c as 'a', 'b'")), []);
    assert.deepEqual(textsOf(parse('create function f() returns int language plpython3u as $$ return 1 $$')), []);
    assert.deepEqual(textsOf(parse('do language plperl $$ select; $$')), []);
    assert.deepEqual(textsOf(parse('select $$ begin x := 1; end $$')), []);
  });

  it('reads bodies within bodies', () => {
    const sql = 'do $a$ begin execute $b$ do $c$ begin delete from t; end $c$ $b$; end $a$';
    const deepest = parse(sql).inner.at(-1);
    assert.equal(deepest?.statement.text, 'delete from t');
    assert.equal(deepest?.range.start, sql.indexOf('delete'));
  });

  describe('dynamic statements', () => {
    const dynamic = (expression: string) =>
      plpgsql(`begin execute ${expression}; end`).inner.filter(({ body }) => body.use === 'dynamic');
    const tree = (expression: string) => dynamic(expression)[0]?.statement;

    it('are read with the fields of format as placeholders', () => {
      const statement = tree("format('select %I from orders_%s where s = %L and t = ''%s''', a, b, c, d)");
      assert.equal(statement?.kind, 'SelectStmt');
      assert.deepEqual(
        statement?.placeholders.map(({ style, name, fills }) => `${style} ${name} ${fills}`),
        ['format 1 name', 'format 2 name', 'format 3 value'],
      );
    });

    it('are read across ||', () => {
      const statement = tree("'select * from ' || quote_ident(t) || ' where id = ' || n");
      assert.deepEqual(
        statement?.placeholders.map(({ name, fills }) => `${name} ${fills}`),
        ['quote_ident(t) name', 'n value'],
      );
    });

    it('are none where the string begins with something unknown', () => {
      assert.deepEqual(dynamic('q'), []);
      assert.deepEqual(dynamic("q || ' limit 1'"), []);
      assert.deepEqual(dynamic("f('select')"), []);
    });

    it('are no error when what is filled in decides', () => {
      assert.equal(tree("'select ' || a || ' from ' || b || ' wher ' || c || ' grop'")?.syntaxError, undefined);
      assert.ok(tree("'selec 1'")?.syntaxError);
    });
  });

  it('understands CRLF, comments, options and placeholders', () => {
    const sql = '#option dump\r\n/* a */ begin\r\n -- b; if\r\n perform ${name};\r\n x := :y;\r\nend';
    const statement = plpgsql(sql);
    assert.deepEqual(textsOf(statement), ['SELECT  ${name}', ':y']);
    assert.equal(statement.inner[0]?.statement.placeholders[0]?.range.start, 8);
  });

  it('reads on behind a mistake and reports it once', () => {
    const statement = plpgsql('begin if a then b := 1; loop exit; end if; delete from t; end');
    assert.deepEqual(
      statement.inner.filter(inner => inner.statement.syntaxError).map(inner => inner.statement.text),
      ['if'],
    );
    assert.ok(textsOf(statement).includes('delete from t'));
  });

  it('says nothing about the blocks of a template', () => {
    const body = 'begin {% if x %} if a then {% else %} loop {% endif %} b := 1; {% if x %} end if; {% endif %} end';
    assert.ok(plpgsql(body).inner.every(({ statement }) => !statement.syntaxError));
    assert.ok(textsOf(plpgsql('begin {{ before }} delete from t; ${after}; end')).some(text => /delete/.test(text)));
  });

  it('gives up on blocks nested beyond reason', () => {
    assert.doesNotThrow(() => plpgsql('begin '.repeat(20_000)).inner);
    assert.doesNotThrow(() => plpgsql('begin if a then '.repeat(5_000)).inner);
  });

  it('knows which edits can be made in the text around', () => {
    const keeps = (sql: string, part: string, newText: string) => {
      const outer = parse(sql);
      const at = sql.indexOf(part);
      const inner = outer.inner.findLast(({ range }) => range.start <= at && at < range.end);
      assert.ok(inner, sql);
      const start = at - inner.range.start;
      return editsKeepBody(outer, inner, [{ range: { start, end: start + part.length }, newText }]);
    };
    assert.ok(keeps('do $$ begin delete from t where a = b; end $$', 'a = b', "a = 'b'"));
    assert.ok(!keeps('do $$ begin delete from t where a = b; end $$', 'a = b', 'a = $$b$$'));
    assert.ok(!keeps("do 'begin delete from t where a = b; end'", 'a = b', "a = 'b'"));
    assert.ok(!keeps("do $$ begin execute 'delete from t where a = b'; end $$", 'a = b', "a = 'b'"));
    assert.ok(keeps("do $$ begin execute 'delete from t where a = b'; end $$", 'a = b', 'a is b'));
    assert.ok(!keeps('do $$ begin perform a from t; end $$', 'perform a', 'select b'));
    assert.ok(keeps('do $$ begin perform a from t; end $$', 'a from', 'b from'));
    assert.ok(!keeps('do $$ begin select a into b from t; end $$', 'a into b', 'c'));
    assert.ok(!keeps('do $$ begin x := a from t; end $$', 'a from t', 'select b from t'));
    assert.ok(keeps('do $$ begin x := a from t; end $$', 'a', 'b'));
  });
});

import assert from 'node:assert/strict';
import { fingerprint, normaliseStatement } from '../../../src/core/sql/fingerprint';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { identifierOf, quoteIdentifier, quoteLiteral, quoteQualified } from '../../../src/core/sql/identifiers';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { walk } from '../../../src/core/sql/walk';

describe('core/sql/fingerprint', () => {
  const same: [string, string][] = [
    ['select * from t where id = 1', 'SELECT *\n FROM "t" -- all\nWHERE id = 2;'],
    ['select * from t where id in (1, 2, 3)', 'select * from t where id in ($1)'],
    ["select * from t where a = 'x' and b = -1", 'select * from t where a = :a and b = 5'],
    ['select a.b from a', 'select  a . b  from a'],
  ];
  for (const [a, b] of same) {
    it(`takes ${JSON.stringify(b)} for ${JSON.stringify(a)}`, () => {
      assert.equal(normaliseStatement(a), normaliseStatement(b));
      assert.equal(fingerprint(a), fingerprint(b));
    });
  }

  it('tells statements of different form apart', () => {
    assert.notEqual(fingerprint('select a from t'), fingerprint('select b from t'));
    assert.notEqual(fingerprint('select a from "T"'), fingerprint('select a from t'));
    assert.match(fingerprint('select'), /^[0-9a-f]{16}$/);
  });

  it('gives a readable text', () => {
    assert.equal(
      normaliseStatement('SELECT f(a), b::int FROM s.t WHERE c IN (1,2) AND d > -1'),
      'select f (a), b::int from s.t where c in (?) and d > ?',
    );
  });
});

describe('core/sql/identifiers', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  it('quotes a name only where it must', () => {
    assert.equal(quoteIdentifier('orders_2'), 'orders_2');
    assert.equal(quoteIdentifier('Order'), '"Order"');
    assert.equal(quoteIdentifier('order'), '"order"');
    assert.equal(quoteIdentifier('a"b'), '"a""b"');
    assert.equal(quoteQualified('My', 't'), '"My".t');
    assert.equal(quoteQualified(undefined, 't'), 't');
  });

  it('quotes names so that the grammar reads them back', () => {
    for (const name of ['a', 'user', 'A b', 'select', '1x', 'größe', 'a"b', 'values', 'interval', '']) {
      if (name === '') continue;
      const { tables, syntaxError } = parseStatement(grammar, `select * from ${quoteIdentifier(name)}`);
      assert.equal(syntaxError, undefined, name);
      assert.equal(tables[0]?.name, name);
      assert.equal(identifierOf(quoteIdentifier(name)), name);
    }
  });

  it('quotes text so that the grammar reads it back', () => {
    for (const text of ['', "it's", 'a\\b', "\\'", 'line\nbreak']) {
      const read: unknown[] = [];
      walk(parseStatement(grammar, `select ${quoteLiteral(text)}`).tree, (type, fields) => {
        if (type === 'A_Const') read.push((fields['sval'] as { sval?: string }).sval ?? '');
      });
      assert.deepEqual(read, [text]);
    }
  });
});

describe('core/sql/walk', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const tree = (sql: string) => parseStatement(grammar, sql).tree;

  it('names nodes that the tree does not wrap', () => {
    const types: string[] = [];
    walk(
      tree('with c as (select 1) insert into t select a::int from b x union select 2'),
      type => void types.push(type),
    );
    for (const type of ['WithClause', 'RangeVar', 'TypeName', 'Alias']) assert.ok(types.includes(type), type);
    assert.equal(types.filter(type => type === 'SelectStmt').length, 4);
  });

  it('gives the ancestors, the outermost first', () => {
    let path = '';
    walk(tree('select a from t where b in (select c from u)'), (type, fields, ancestors) => {
      if (type === 'RangeVar' && fields['relname'] === 'u') path = ancestors.map(ancestor => ancestor.type).join(' ');
    });
    assert.equal(path, 'SelectStmt SubLink SelectStmt');
  });

  it('leaves out what is below a node on request', () => {
    const tables: unknown[] = [];
    walk(tree('select (select 1 from u) from t'), (type, fields) => {
      if (type === 'SubLink') return false;
      if (type === 'RangeVar') tables.push(fields['relname']);
      return undefined;
    });
    assert.deepEqual(tables, ['t']);
  });

  it('visits parents before children, and accepts nothing at all', () => {
    const types: string[] = [];
    walk(tree('select a + b'), type => void types.push(type));
    assert.ok(types.indexOf('A_Expr') < types.indexOf('ColumnRef'));
    walk(undefined, () => assert.fail());
  });
});

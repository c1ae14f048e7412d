import assert from 'node:assert/strict';
import { emptyCatalog, findRelation, type Relation } from '../../../src/core/catalog/catalog';
import { catalogFromDdl } from '../../../src/core/catalog/catalogFromDdl';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';

describe('core/catalog/catalogFromDdl', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });
  const read = (ddl: string) => catalogFromDdl(new Script(grammar, ddl), emptyCatalog('ddl'));
  const relation = (ddl: string, name: string): Relation => {
    const found = findRelation(read(ddl), name);
    assert.ok(found, name);
    return found;
  };

  it('reads columns with their types and NOT NULL', () => {
    const { columns } = relation(
      'create table t (id bigint primary key, price numeric(12,2) not null, at timestamptz[])',
      't',
    );
    assert.deepEqual(
      columns.map(c => [c.name, c.type, c.notNull]),
      [
        ['id', 'bigint', true],
        ['price', 'numeric(12,2)', true],
        ['at', 'timestamptz[]', false],
      ],
    );
  });
  it('knows the indexes behind keys and the targets of foreign keys', () => {
    const t = relation(
      'create table p (id int primary key); create table t (a int, b int, p_id int references p, unique (a, b), foreign key (a) references s.q (x))',
      't',
    );
    assert.deepEqual(
      t.indexes.map(i => [i.name, i.unique, i.keys]),
      [['t_a_b_key', true, ['a', 'b']]],
    );
    assert.deepEqual(
      t.constraints
        .filter(c => c.kind === 'foreign key')
        .map(c => [c.columns, c.references?.schema, c.references?.relation]),
      [
        [['p_id'], 'public', 'p'],
        [['a'], 's', 'q'],
      ],
    );
  });
  it('follows CREATE INDEX, ALTER TABLE and DROP', () => {
    const t = relation(
      `create table t (a int); alter table t add column b text, alter column a set not null;
       create index t_b on t using gin ((lower(b)) ) where a > 0; create index gone on t (a); drop index gone`,
      't',
    );
    assert.deepEqual(
      t.columns.map(c => [c.name, c.notNull]),
      [
        ['a', true],
        ['b', false],
      ],
    );
    assert.deepEqual(
      t.indexes.map(i => [i.name, i.method, i.keys, i.predicate]),
      [['t_b', 'gin', ['lower(b)'], 'a > 0']],
    );
    assert.equal(findRelation(read('create table t (a int); drop table t'), 't'), undefined);
  });
  it('passes over what it cannot read', () => {
    assert.equal(read('create tabel x (; create table y (a int); vacuum; select 1').relations.length, 1);
  });
});

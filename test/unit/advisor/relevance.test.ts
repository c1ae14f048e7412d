import * as assert from 'node:assert/strict';
import { readAccessPaths } from '../../../src/core/advisor/indexes/accessPaths';
import { useOf } from '../../../src/core/advisor/indexes/relevance';
import { loadGrammar, type Grammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { catalogOf, column, table } from './advisorFixtures';

const EVENT = table('event', [
  column('id', 'integer', -1),
  column('camera', 'integer', 500),
  column('seen', 'timestamptz', -1),
  column('note', 'text', -1, {}, 60),
]);

describe('core/advisor/indexes/relevance', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const use = (sql: string, keys: string, include = '', where?: string): string => {
    const list = (text: string): string[] => (text === '' ? [] : text.split(' '));
    const index = {
      schema: 'public',
      relation: 'event',
      method: 'btree' as const,
      keys: list(keys),
      include: list(include),
      ...(where && { where }),
    };
    return useOf(readAccessPaths(parseStatement(grammar, sql), catalogOf(EVENT)), { relation: EVENT, index });
  };

  const ALL = 'select * from event where camera = 1';
  const ONE = 'select camera, seen from event where camera = 1';

  it('takes keys and columns that a statement does not mention for nothing', () => {
    const count = 'select seen from event where camera = 1 and id > 3';
    assert.equal(use(count, 'camera note'), use(count, 'camera'));
    assert.equal(use(count, 'camera', 'note'), use(count, 'camera'));
    assert.equal(use(count, 'camera id note'), use(count, 'camera id'));
  });

  it('tells apart what a plan could use further', () => {
    assert.notEqual(use(ALL, 'camera seen'), use(ALL, 'camera'));
    assert.notEqual(use(ALL, 'camera'), use(ALL, 'seen'));
    assert.notEqual(use(ALL, 'camera', '', 'note IS NULL'), use(ALL, 'camera'));
    // a key that is mentioned keeps those before it
    assert.notEqual(use(ONE, 'camera note seen'), use(ONE, 'camera seen'));
    assert.notEqual(use(ONE, 'camera (note)'), use(ONE, 'camera'));
  });

  it('keeps an index apart that answers the statement alone', () => {
    assert.notEqual(use(ONE, 'camera', 'seen'), use(ONE, 'camera'));
    assert.notEqual(use(ONE, 'camera', 'note seen'), use(ONE, 'camera', 'seen'));
    assert.equal(use(ALL, 'camera', 'seen'), use(ALL, 'camera'));
  });
});

import assert from 'node:assert/strict';
import { findRelation } from '../../src/core/catalog/catalog';
import { Sessions } from '../../src/server/sessions';
import { onEachServer } from './servers';

describe('database/catalogSessions', () => {
  onEachServer('create table orders (id int primary key)', server => {
    it('notices DDL that was run elsewhere, and only that', async () => {
      let reads = 0;
      const sessions = new Sessions(() => reads++);
      try {
        await sessions.connect({ connectionId: 'test', target: { url: server().url } });
        const first = await sessions.catalog('test');
        assert.equal(await sessions.noticeChanges('test'), false);
        await server().run('insert into orders values (1); analyze orders');
        assert.equal(await sessions.noticeChanges('test'), false);
        assert.equal(sessions.knownCatalog('test'), first);
        assert.equal(reads, 1);

        await server().run('alter table orders add column note text');
        assert.equal(await sessions.noticeChanges('test'), true);
        const names = findRelation(sessions.knownCatalog('test')!, 'orders')?.columns.map(({ name }) => name);
        assert.deepEqual(names, ['id', 'note']);
        assert.equal(reads, 2);
        assert.equal(await sessions.noticeChanges('test'), false);
      } finally {
        await sessions.dispose();
      }
    });
  });
});

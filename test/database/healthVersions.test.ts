import assert from 'node:assert/strict';
import { ALL_HEALTH_CHECKS } from '../../src/core/health/index';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { readHealth } from '../../src/database/health/readHealth';
import { reviewIndexHealth } from '../../src/database/health/reviewIndexHealth';
import { ALL_MAJORS, onEachServer } from './servers';

/** What a check may say instead of a value on a server that is new, and to whom not everything is shown. */
const NOTHING_YET = /counted (?:yet|for less than a minute)|were asked for yet/;
const HIDDEN: Readonly<Record<string, RegExp>> = {
  postgres: /^$/,
  // Statistics of everybody, but not the values of other roles' sequences.
  monitor: /^this role may not read the 1 sequences there are$/,
  ordinary: /^this role may not (?:see|read) /,
};

describe('database/health on every version', function () {
  this.timeout(60_000);

  onEachServer(
    `create extension pg_stat_statements;
     create role monitor login; grant pg_monitor to monitor;
     create role ordinary login;
     create table parent (id serial primary key);
     create table child (id int primary key, parent_id int references parent);
     insert into parent select from generate_series(1, 100);
     insert into child select i, i from generate_series(1, 100) i;
     analyze;`,
    server => {
      for (const role of ['postgres', 'monitor', 'ordinary']) {
        it(`asks every check as ${role} without an error`, async () => {
          const url = new URL(server().url);
          url.username = role;
          const db = await openDatabase(await resolveConnection({ url: url.href, env: {}, cwd: '/' }));
          try {
            const report = await readHealth(db);
            const indexes = await reviewIndexHealth(db, await db.readCatalog(), report.server);
            const results = [...report.results, ...indexes];
            assert.deepEqual(
              results.map(({ id }) => id),
              ALL_HEALTH_CHECKS.map(({ id }) => id),
            );
            const failed = results.filter(
              ({ status, detail }) => status === 'unknown' && !NOTHING_YET.test(detail) && !HIDDEN[role]!.test(detail),
            );
            assert.deepEqual(failed, []);
          } finally {
            await db.dispose();
          }
        });
      }
    },
    () => ({}),
    ALL_MAJORS,
  );
});

import assert from 'node:assert/strict';
import { isAlive } from '../../src/core/catalog/systemCatalog/lifespan';
import { findSetting, settingNames } from '../../src/core/catalog/systemCatalog/serverSettings';
import { columnsIn, systemRelations } from '../../src/core/catalog/systemCatalog/systemCatalog';
import { AGGREGATES } from '../../src/core/sql/aggregates';
import { readServer } from '../../src/tools/generateSystemCatalog';
import { SETTINGS_OF_MINOR_RELEASES } from '../../src/tools/systemCatalogVersions';
import { ALL_MAJORS, onEachServer } from './servers';

describe('core/catalog/systemCatalog', () => {
  onEachServer('CREATE EXTENSION pg_stat_statements', server => {
    it('has the columns of every system relation', async () => {
      const { db, major } = server();
      const { relations } = await readServer(db);
      const known = [...systemRelations().values()].filter(relation => isAlive(relation, major));
      assert.deepEqual(
        known.map(relation => [relation.name, columnsIn(relation, major).sort()]).sort(byName),
        relations.map(({ name, columns }) => [name, [...columns].sort()]).sort(byName),
      );
    });

    it('has every setting with its context, type, unit, limits and default', async () => {
      const { db, major } = server();
      const { settings } = await readServer(db);
      const known = settingNames()
        .flatMap(name => findSetting(name, major) ?? [])
        .filter(setting => isAlive(setting, major) && !SETTINGS_OF_MINOR_RELEASES.has(setting.name));
      const rows = known.map(setting => [
        setting.name,
        setting.context,
        setting.type,
        setting.unit,
        setting.minimum ?? null,
        setting.maximum ?? null,
        setting.name === 'shared_buffers' ? '' : setting.defaultValue,
        setting.values.join(','),
      ]);
      const live = settings
        .filter(({ name }) => !SETTINGS_OF_MINOR_RELEASES.has(name))
        .map(({ name, facts: [context, type, unit, minimum, maximum, defaultValue, values] }) => [
          name,
          context,
          type,
          unit,
          minimum === '' ? null : Number(minimum),
          maximum === '' ? null : Number(maximum),
          name === 'shared_buffers' ? '' : defaultValue,
          values,
        ]);
      assert.deepEqual(rows.sort(byName), live.sort(byName));
    });

    it('knows every aggregate', async () => {
      const { db, major } = server();
      const rows = await db.query<{ name: string }>(
        "select distinct proname::text as name from pg_proc where prokind = 'a' and pronamespace = 'pg_catalog'::regnamespace",
      );
      const names = rows.map(({ name }) => name).sort();
      const known = [...AGGREGATES].sort();
      // older servers lack some
      const expected = major === ALL_MAJORS[0] ? known : known.filter(name => names.includes(name));
      assert.deepEqual(names, expected);
    });
  });
});

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]).localeCompare(String(b[0]));
}

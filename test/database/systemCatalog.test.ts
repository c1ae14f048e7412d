import assert from 'node:assert/strict';
import { isAlive } from '../../src/core/catalog/systemCatalog/lifespan';
import { findSetting, settingNames } from '../../src/core/catalog/systemCatalog/serverSettings';
import { columnsIn, systemRelations } from '../../src/core/catalog/systemCatalog/systemCatalog';
import { readServer } from '../../src/tools/generateSystemCatalog';
import { SETTINGS_OF_MINOR_RELEASES } from '../../src/tools/systemCatalogVersions';
import { onEachServer } from './servers';

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
  });
});

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]).localeCompare(String(b[0]));
}

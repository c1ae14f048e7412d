import assert from 'node:assert/strict';
import { diffProfile } from '../../src/core/profiles/diffProfile';
import { evaluateProfile, PROFILES } from '../../src/core/profiles/evaluateProfile';
import { GIB } from '../../src/core/base/units';
import { assumedFacts } from '../../src/core/profiles/profile';
import { settingsText } from '../../src/core/profiles/exports/settingsText';
import { sameValueOf } from '../../src/core/profiles/comparableValue';
import { openDatabase, type PostgresDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded, type EmbeddedServer } from '../../src/database/embedded';
import { applySettings } from '../../src/database/settings/applySettings';
import { evaluateOnServer, preflight } from '../../src/database/settings/preflight';
import { readSettings } from '../../src/database/settings/readSettings';
import { undoSettings } from '../../src/database/settings/undoSettings';
import { MAJORS } from './servers';

/** A machine that a test may pretend to have. */
const MACHINE = { ramBytes: 4 * GIB, cores: 4 };

for (const major of MAJORS) {
  describe(`profiles on PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let server: EmbeddedServer;
    let db: PostgresDatabase;

    before(async () => {
      server = await startEmbedded({ major });
    });
    beforeEach(async () => {
      db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    });
    afterEach(() => db.dispose());
    after(() => server?.stop());

    const restart = async (): Promise<void> => {
      await db.dispose();
      await server.restart();
      db = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
    };
    const autoConf = async (): Promise<string> => {
      const [row] = await db.query<{ text: string }>(`select pg_read_file('postgresql.auto.conf') as text`);
      return row!.text;
    };
    const values = async (): Promise<[string, string][]> =>
      [...(await readSettings(db))].map(([name, { value }]) => [name, value]);

    for (const profile of PROFILES) {
      it(`applies ${profile.id}, restarts, reads it back, and undoes it without a trace`, async () => {
        const [fileBefore, valuesBefore] = [await autoConf(), await values()];
        const facts = { ...assumedFacts(profile, major), ...MACHINE };
        const settings = await readSettings(db);
        const wanted = diffProfile(await evaluateOnServer(db, profile, facts, settings), settings)
          .filter(({ state }) => state === 'differs')
          .map(({ setting }) => ({ name: setting.name, value: setting.value }));
        assert.ok(wanted.length > 3, 'little to apply');
        assert.deepEqual([...(await preflight(db, wanted, facts, settings))], []);
        const record = await applySettings(db, wanted, () => undefined);
        assert.deepEqual(
          record.changes.filter(({ outcome }) => outcome === 'refused'),
          [],
        );
        await restart();
        const now = await readSettings(db);
        for (const { name, value } of wanted) {
          const setting = now.get(name)!;
          if (setting.source === 'command line') continue;
          assert.ok(sameValueOf(name, value, setting.value, setting.unit), `${name}: ${setting.shown}, not ${value}`);
          assert.equal(setting.pendingRestart, false, name);
        }
        const undone = await undoSettings(db, record);
        assert.deepEqual(
          undone.filter(({ outcome }) => outcome === 'kept' || outcome === 'refused'),
          [],
        );
        assert.equal(await autoConf(), fileBefore);
        await restart();
        assert.deepEqual(await values(), valuesBefore);
      });
    }

    it('reads the exported files without an error', async () => {
      for (const profile of PROFILES) {
        const settings = evaluateProfile(profile, { ...assumedFacts(profile, major), ...MACHINE });
        const conf = settingsText(settings, 'conf', profile.title);
        // A superuser may append to the file as the server's own user; the include is taken back at the end.
        await db.withSession(async session => {
          await session.execute(`set client_encoding = 'UTF8'; create temporary table lines (n int, line text)`);
          await session.query('insert into lines select n, line from unnest($1::text[]) with ordinality t (line, n)', [
            conf.trimEnd().split('\n'),
          ]);
          const [folder] = await session.query<{ path: string }>(`select current_setting('data_directory') as path`);
          const file = `${folder!.path}/postgresql.conf`;
          const program = `cp ${file} ${file}.own && cat >> ${file}`;
          await session.execute(
            `copy (select line from lines order by n) to program '${program}' with (format csv, quote e'\\x01', delimiter e'\\x02')`,
          );
          const problems = await session.query(
            `select name, setting, error from pg_file_settings
             where error is not null and error <> 'setting could not be applied'`,
          );
          assert.deepEqual(problems, [], profile.id);
          const read = await session.query(`select 1 from pg_file_settings where sourcefile = '${file}'`);
          assert.ok(read.length > 5, profile.id);
          await session.execute(`copy (select 1) to program 'cat > /dev/null; mv ${file}.own ${file}'`);
        });
      }
    });
  });
}

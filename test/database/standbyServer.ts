import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { startEmbedded, type EmbeddedServer } from '../../src/database/embedded';
import type { TestServer } from './servers';

/**
 * A standby that streams from a server: a base backup through the functions that are there for it (manual, 26.3.3
 * Making a Base Backup Using the Low Level API), since the embedded packages have no pg_basebackup.
 */
export async function startStandby({ url, major, db }: TestServer, slot: string): Promise<EmbeddedServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'query-tuner-backup-'));
  const data = path.join(folder, 'data');
  // Renamed in 15, where it also no longer has an exclusive mode.
  const [start, stop] =
    major >= 15
      ? [`pg_backup_start('standby', true)`, 'pg_backup_stop(false)']
      : [`pg_start_backup('standby', true, false)`, 'pg_stop_backup(false, false)'];
  try {
    await db.withSession(async session => {
      const [source] = await session.query<{ path: string }>(`select current_setting('data_directory') as path`);
      await session.query('select pg_create_physical_replication_slot($1, true)', [slot]);
      await session.query(`select ${start}`);
      fs.cpSync(source!.path, data, { recursive: true, filter: name => path.basename(name) !== 'postmaster.pid' });
      const [stopped] = await session.query<{ label: string }>(`select labelfile as label from ${stop}`);
      fs.writeFileSync(path.join(data, 'backup_label'), stopped!.label);
    });
    fs.rmSync(path.join(data, 'pg_replslot', slot), { recursive: true, force: true });
    fs.writeFileSync(path.join(data, 'standby.signal'), '');
    const { hostname, port } = new URL(url);
    // In the file, and not on the command line: there ALTER SYSTEM could not change it.
    const primary = `host=${hostname} port=${port} user=postgres application_name=copy`;
    fs.appendFileSync(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${primary}'\n`);
    return await startEmbedded({
      major,
      data,
      settings: { primary_slot_name: slot, autovacuum: 'off', wal_receiver_status_interval: '1' },
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

import type { Context } from 'mocha';
import { openDatabase } from '../../src/database/connect';
import { resolveConnection } from '../../src/database/connectionSettings';
import { startEmbedded } from '../../src/database/embedded';
import { installedMajors } from '../../src/database/embeddedBinaries';
import type { ServerSettings } from '../../src/protocol/server';
import type { Row } from '../../src/core/ports';
import { Editor } from './editor';

export interface ConnectedEditor {
  readonly editor: Editor;
  /** On the same server, beside the editor. */
  query<T extends Row = Row>(sql: string): Promise<T[]>;
  /** Closes the editor and stops the server. */
  dispose(): Promise<void>;
}

/**
 * An editor connected, as `test`, to a PostgreSQL of its own on which `setup` was run. Skips the suite, with the reason
 * printed, where none is installed; CI must have one.
 */
export async function startConnectedEditor(
  suite: Context,
  setup: string,
  settings: ServerSettings = {},
): Promise<ConnectedEditor> {
  if (installedMajors().length === 0) {
    if (process.env['CI']) throw new Error('no embedded PostgreSQL is installed');
    console.warn('      skipped: no embedded PostgreSQL is installed');
    suite.skip();
  }
  const server = await startEmbedded();
  const database = await openDatabase(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
  await database.withSession(session => session.execute(setup));
  const editor = await Editor.start({ trusted: true, ...settings });
  await editor.request('queryTuner/connections/connect', { connectionId: 'test', target: { url: server.url } });
  return {
    editor,
    query: sql => database.withSession(session => session.query(sql)),
    async dispose() {
      await editor.dispose();
      await database.dispose();
      await server.stop();
    },
  };
}

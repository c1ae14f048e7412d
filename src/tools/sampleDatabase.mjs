/** A throwaway PostgreSQL with the sample data of test/workspace, for the demonstration and the walk. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './terminal.mjs';

const require = createRequire(import.meta.url);

/** The folder whose copy the editor opens. */
export const SAMPLE_WORKSPACE = path.join(ROOT, 'test', 'workspace');

/** Starts the server and loads the data. @returns its address, a query function and stop(). */
export async function startSampleDatabase({ major } = {}) {
  // The launcher is TypeScript and part of the product; tsx lets us use it without a bundle of its own.
  const { startEmbedded } = require('tsx/cjs/api').require(
    path.join(ROOT, 'src', 'database', 'embedded.ts'),
    import.meta.url,
  );
  const server = await startEmbedded({ major });
  try {
    await query(server.url, fs.readFileSync(path.join(SAMPLE_WORKSPACE, 'setup.sql'), 'utf8'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url, major: server.major, query: sql => query(server.url, sql), stop: () => server.stop() };
}

/** Runs SQL on a connection of its own and returns the rows. */
async function query(connectionString, sql) {
  const { Client } = require('pg');
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const result = await client.query(sql);
    return result.rows ?? [];
  } finally {
    await client.end();
  }
}

/** Copies the sample workspace, so that nothing done in the editor changes the tree. */
export function copySampleWorkspace(target) {
  fs.rmSync(target, { recursive: true, force: true });
  fs.cpSync(SAMPLE_WORKSPACE, target, { recursive: true });
  return target;
}

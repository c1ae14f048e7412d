/** A throwaway PostgreSQL with the sample data of test/workspace, for the demonstration and the walk. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './terminal.mjs';

const require = createRequire(import.meta.url);

/** The folder whose copy the editor opens. */
export const SAMPLE_WORKSPACE = path.join(ROOT, 'test', 'workspace');

/** The product's own TypeScript, used without a bundle. */
function load(...parts) {
  return require('tsx/cjs/api').require(path.join(ROOT, 'src', ...parts), import.meta.url);
}

/** Starts the server and loads the data. @returns its address, a query function and stop(). */
export async function startSampleDatabase({ major } = {}) {
  return startDatabase({ major, statements: await readStatements('setup.sql') });
}

/** Starts a server and runs the statements on it. @returns its address, a query function and stop(). */
export async function startDatabase({ major, statements }) {
  const server = await load('database', 'embedded.ts').startEmbedded({ major });
  const query = (...sql) => runSql(server.url, sql);
  try {
    await query(...statements);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url, major: server.major, query, stop: () => server.stop() };
}

/** The statements of a file of the sample workspace, one by one: some, like VACUUM, do not run beside others. */
export async function readStatements(file) {
  const grammar = await load('core', 'sql', 'grammar.ts').loadGrammar();
  const { Script } = load('core', 'sql', 'script.ts');
  const script = new Script(grammar, fs.readFileSync(path.join(SAMPLE_WORKSPACE, file), 'utf8'));
  return script.statements.map(({ statement }) => statement.text);
}

/** Runs statements on a connection of their own and returns the rows of the last. */
async function runSql(connectionString, statements) {
  const { Client } = require('pg');
  const client = new Client({ connectionString });
  await client.connect();
  try {
    let rows = [];
    for (const sql of statements) ({ rows } = await client.query(sql));
    return rows;
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

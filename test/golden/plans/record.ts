/**
 * Records test/golden/plans/recorded from the servers of this machine: `npx tsx test/golden/plans/record.ts`.
 * Framings need psql; without it they stay as they are.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../../../src/database/embedded';
import { FORMATS, FRAMED, FRAMINGS, OPTIONS, SETUP, STATEMENTS } from './recordedCases';

const ROOT = join(__dirname, 'recorded');

async function record(major: number): Promise<void> {
  const server = await startEmbedded({ major, settings: { shared_preload_libraries: 'auto_explain', jit: 'off', autovacuum: 'off' } });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(SETUP);
    await client.query('vacuum analyze customers, orders, readings');
    const folder = join(ROOT, `pg${major}`);
    rmSync(folder, { recursive: true, force: true });
    for (const [name, { sql, since = 0 }] of Object.entries(STATEMENTS)) {
      if (major < since) continue;
      mkdirSync(join(folder, name), { recursive: true });
      for (const [option, { list, since: first = 0 }] of Object.entries(OPTIONS)) {
        if (major < first) continue;
        for (const format of FORMATS) {
          const text = await explain(client, `explain (${list}, format ${format}) ${sql}`);
          writeFileSync(join(folder, name, `${option}.${format}`), `${text}\n`);
        }
      }
    }
    // The frames are psql's, whatever the server.
    if (major === 18) recordFramings(server.url, join(folder, 'framings'));
    await recordMessages(client, join(folder, 'messages'));
  } finally {
    await client.end();
    await server.stop();
  }
}

async function explain(client: Client, sql: string): Promise<string> {
  // What the run before left behind would change the estimates.
  await client.query('vacuum readings');
  await client.query('begin');
  try {
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => String } });
    return rows.map(row => row[0]).join('\n');
  } finally {
    await client.query('rollback');
  }
}

function recordFramings(url: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const format of FORMATS) {
    const sql = `explain (verbose, format ${format}) ${FRAMED}`;
    for (const [name, settings] of Object.entries(FRAMINGS)) {
      const options = settings.flatMap(setting => ['-P', setting]);
      const output = execFileSync('psql', ['-X', url, ...options, '-c', sql], { encoding: 'utf8', env: { ...process.env, COLUMNS: '80' } });
      writeFileSync(join(folder, `${name}.${format}`), output);
    }
  }
}

/** What auto_explain writes to the log, without what each kind of log puts around it. */
async function recordMessages(client: Client, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const messages: string[] = [];
  client.on('notice', notice => messages.push(notice.message ?? ''));
  await client.query(`set client_min_messages = log; set auto_explain.log_min_duration = 0;
                      set auto_explain.log_analyze = on; set auto_explain.log_nested_statements = on`);
  for (const format of FORMATS) {
    await client.query(`set auto_explain.log_format = ${format}`);
    messages.length = 0;
    await client.query('select status, count(*)\n\tfrom orders -- Sort Key: none\n\tgroup by status');
    await client.query('begin');
    await client.query("delete from customers where id = 4999 and name <> 'a, \"b\"'");
    await client.query('rollback');
    writeFileSync(join(folder, `${format}.json`), `${JSON.stringify(messages, null, 2)}\n`);
  }
}

async function main(): Promise<void> {
  for (const major of [14, 18]) await record(major);
}

void main();

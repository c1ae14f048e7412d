import { createReadStream, openSync, readSync, closeSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import { formatCount } from '../../core/base/units';
import { DatabaseError } from '../../core/ports';
import type { Grammar } from '../../core/sql/grammar';
import { fingerprint } from '../../core/sql/fingerprint';
import { parseStatement } from '../../core/sql/parseStatement';
import { Script } from '../../core/sql/script';
import { LogStatementReader, looksLikeLog } from '../../core/workload/logStatements';
import { isQuery } from '../../core/workload/planningTexts';
import { collectScript } from '../../core/workload/scriptWorkload';
import { topEntries, WorkloadCollector, type WorkloadEntry, type WorkloadOrder } from '../../core/workload/workload';
import type { ReadWorkload } from './readStatStatements';

export interface FileWorkloadOptions {
  /** Statements that the log places in other databases are left out. */
  readonly database?: string;
  /** Of a log: the most expensive `top` statements; everything in SQL files is taken. */
  readonly by: WorkloadOrder;
  readonly top: number;
  readonly signal?: CancelSignal;
  readonly onProgress?: (text: string) => void;
}

const LOOKED_AT_BYTES = 64 * 1024;
const PROGRESS_BYTES = 64 * 1024 * 1024;
/** Forms of statements whose kind is remembered. */
const MOST_FORMS = 20_000;

/**
 * A workload from SQL files and server logs (also `.gz`); which is which is seen from the contents. Logs are read as
 * a stream. Standard input is `-`.
 * @throws DatabaseError `unsupported` for a file without statements, with what to do; errors of the file system.
 */
export async function readWorkloadFiles(
  grammar: Grammar,
  files: readonly string[],
  options: FileWorkloadOptions,
): Promise<ReadWorkload> {
  const scripts = new WorkloadCollector();
  const logs = new WorkloadCollector();
  const notes: string[] = [];
  let logFiles = 0;
  for (const file of files) {
    throwIfCancelled(options.signal);
    if (await isLog(file)) {
      logFiles++;
      notes.push(...(await readLog(file, logs, grammar, options)));
    } else readScript(file, scripts, grammar);
  }
  if (logs.forgottenForms > 0) {
    notes.push(
      `the log has too many different statements: ${formatCount(logs.forgottenForms)} cheap ones were left out`,
    );
  }
  const entries: WorkloadEntry[] = [...scripts.entries()];
  const offset = scripts.statements;
  const fromLogs = topEntries(logs.entries(), options.by, options.top);
  for (const [position, entry] of fromLogs.entries()) entries.push({ ...entry, id: offset + position + 1 });
  const named = files.length === 1 ? path.basename(files[0]!) : `${files.length} files`;
  return { entries, source: logFiles > 0 ? `log ${named}` : named, notes };
}

function readScript(file: string, collector: WorkloadCollector, grammar: Grammar): void {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\uFEFF/, '');
  collectScript(collector, grammar, text, path.basename(file));
}

async function readLog(
  file: string,
  collector: WorkloadCollector,
  grammar: Grammar,
  { database, signal, onProgress }: FileWorkloadOptions,
): Promise<string[]> {
  const name = path.basename(file);
  // Parsing takes longer than all the rest, and most statements of a log have been seen before.
  const wanted = new Map<string, boolean>();
  const reader = new LogStatementReader(observed => {
    const { sql, calls, channel = '' } = observed;
    if (sql.includes(';')) {
      const texts = queriesOf(grammar, sql);
      // The time of several statements sent together is nobody's own.
      if (texts.length === 1) collector.add({ ...observed, sql: texts[0]! });
      else for (const text of texts) collector.add({ sql: text, calls, channel });
      return;
    }
    const key = fingerprint(sql);
    const isWanted = wanted.get(key) ?? isQuery(parseStatement(grammar, sql));
    if (wanted.size < MOST_FORMS) wanted.set(key, isWanted);
    if (isWanted) collector.add(observed, key);
  }, database);
  let bytes = 0;
  let told = 0;
  for await (const chunk of openText(file)) {
    throwIfCancelled(signal);
    reader.push(chunk as string);
    bytes += (chunk as string).length;
    if (bytes - told >= PROGRESS_BYTES) {
      told = bytes;
      onProgress?.(
        `${name}: ${formatCount(Math.round(bytes / 1024 ** 2))} MB read, ${formatCount(collector.statements)} statements`,
      );
    }
  }
  reader.end();
  const { durations, records, elsewhere } = reader.summary;
  if (collector.statements === 0) throw nothingFound(name, records, elsewhere, database);
  return [
    ...(durations === 0 ? [`${name} has no durations, so statements are ranked by how often they ran`] : []),
    ...(elsewhere > 0
      ? [`${formatCount(elsewhere)} statements of other databases than ${database} were left out`]
      : []),
  ];
}

/** The queries of a message; clients may send several statements at once. */
function queriesOf(grammar: Grammar, text: string): string[] {
  return new Script(grammar, text).statements.flatMap(({ statement }) => (isQuery(statement) ? statement.text : []));
}

function nothingFound(name: string, records: number, elsewhere: number, database: string | undefined): DatabaseError {
  const message =
    elsewhere > 0
      ? `${name} has no statements of the database ${database}`
      : `${name} has ${formatCount(records)} messages, but none with a statement and its duration`;
  return new DatabaseError(
    'unsupported',
    message,
    undefined,
    undefined,
    'set log_min_duration_statement (0 logs everything) or load auto_explain, with lc_messages = C, and try a newer log',
  );
}

function openText(file: string): AsyncIterable<unknown> {
  const raw = createReadStream(file);
  const text: Readable = /\.gz$/i.test(file) ? raw.pipe(createGunzip()) : raw;
  raw.on('error', error => text.destroy(error));
  return text.setEncoding('utf8');
}

/** A log by its first lines; SQL by its name. */
async function isLog(file: string): Promise<boolean> {
  if (file === '-' || /\.(?:sql|psql|pgsql|ddl)$/i.test(file)) return false;
  if (/\.gz$/i.test(file)) {
    for await (const chunk of openText(file)) return looksLikeLog(chunk as string);
    return false;
  }
  if (!statSync(file).isFile()) return false;
  const buffer = Buffer.alloc(LOOKED_AT_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    return looksLikeLog(buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, LOOKED_AT_BYTES, 0)));
  } finally {
    closeSync(descriptor);
  }
}

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { MigrationRecord, MigrationStore } from '../database/migration/migrationRecord';
import { UsageError } from './usage';

/** A record kept in a file: written beside it, made durable, then put in its place, so that no crash leaves half of one. */
export function fileStore(file: string): MigrationStore {
  return {
    load: async () => readRecord(file),
    save: async record => {
      const beside = `${file}.new`;
      const descriptor = openSync(beside, 'w', 0o600);
      try {
        writeSync(descriptor, `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(beside, file);
    },
  };
}

/** The record in the file; undefined if there is no such file. @throws UsageError if it holds something else */
export function readRecord(file: string): MigrationRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}.`);
  }
  const record = parse(text);
  if (record) return record;
  throw new UsageError(`${file} is no state of a migration; name another file with --state.`);
}

function parse(text: string): MigrationRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<MigrationRecord & { readonly version: number }>;
    const isRecord = value.version === 1 && Array.isArray(value.finished) && Array.isArray(value.plan?.steps);
    return isRecord ? (value as MigrationRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets a migration that was taken back as a whole. */
export function removeRecord(file: string): void {
  rmSync(file, { force: true });
}

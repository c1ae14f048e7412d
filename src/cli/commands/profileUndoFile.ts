import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import type { SettingsRecord } from '../../core/profiles/settingsRecord';
import { UsageError } from '../usage';

/** The file that `profile undo` takes, made before anything is changed: without a way back nothing is applied. */
export class UndoFile {
  readonly #records: SettingsRecord[] = [];

  /** @throws UsageError when it is there already, or cannot be made */
  constructor(
    readonly path: string,
    private readonly profileId: string,
  ) {
    try {
      writeFileSync(path, '', { flag: 'wx' });
    } catch (error) {
      throw new UsageError(
        `cannot write ${path} for the undo: ${(error as Error).message}. Name another with --undo-file.`,
      );
    }
  }

  get records(): readonly SettingsRecord[] {
    return this.#records;
  }

  /** Keeps the record of the scope at this place; a file that is whole at any moment, also when the machine stops. */
  keep(record: SettingsRecord, place = 0): void {
    this.#records[place] = record;
    const [first] = this.#records;
    const kept = this.#records.length === 1 ? first : { version: 1, records: this.#records };
    writeDurably(this.path, `${JSON.stringify({ ...kept, profile: this.profileId }, null, 2)}\n`);
  }

  /** Where nothing was begun. */
  remove(): void {
    rmSync(this.path);
  }
}

function writeDurably(file: string, text: string): void {
  const written = `${file}.new`;
  const handle = openSync(written, 'w');
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(written, file);
}

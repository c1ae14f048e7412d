import { readFileSync } from 'node:fs';
import { UsageError } from './usage';

/** A file's text, or standard input for "-". @throws UsageError if it cannot be read */
export function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
    throw new UsageError(`cannot read ${file}: ${reason}.`);
  }
}

/** Results go to standard output, and nothing else does. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Progress and errors go to standard error. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

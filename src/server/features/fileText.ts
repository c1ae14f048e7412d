import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The text of a file by its address; undefined if it is no file or cannot be read. */
export function readFileText(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? readFileSync(fileURLToPath(uri), 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

import { fileURLToPath } from 'node:url';

/** Path of a document that is a file; undefined for one that was never saved or lies elsewhere. */
export function fileOfUri(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

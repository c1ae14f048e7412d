/** Where the parts of the browser-hosted VS Code lie. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. */
export const HOST = path.dirname(fileURLToPath(import.meta.url));

/** A path inside the installed packages. */
export function packagePath(...parts) {
  return path.join(HOST, 'node_modules', ...parts);
}

/** The VS Code server. */
export const VSCODE = packagePath('code-server', 'lib', 'vscode');

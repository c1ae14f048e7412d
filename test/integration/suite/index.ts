import fs from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** A loaded machine needs time to start the language server. */
const TIMEOUT_MS = 60_000;

/** Called by VS Code inside its extension host: runs every test file beside this one. */
export function run(): Promise<void> {
  const mocha = new Mocha({ color: false, timeout: TIMEOUT_MS });
  for (const file of fs.readdirSync(__dirname)) {
    if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  }
  return new Promise((resolve, reject) => {
    mocha.run(failures => (failures ? reject(new Error(`${failures} failed`)) : resolve()));
  });
}

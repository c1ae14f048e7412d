/**
 * Makes the installed packages into a VS Code that runs: `node prepare.mjs` after `npm ci --ignore-scripts`. Needs no
 * compiler and downloads nothing; running it twice changes nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import { HOST, VSCODE, packagePath } from './paths.mjs';

/** Built-in extensions that want the network, an account or a native module. */
const LEFT_OUT =
  /^(copilot|git|github|github-authentication|microsoft-authentication|ms-vscode\..*|tunnel-forwarding|terminal-suggest|mermaid-markdown-features|debug-auto-launch|debug-server-ready|node_modules)$/;

// VS Code looks for its modules in a folder of its own, over HTTP as well (the TextMate engine); ours are one level up.
replaceByLink(path.join(VSCODE, 'node_modules'), packagePath());

const builtin = path.join(HOST, 'builtin');
fs.rmSync(builtin, { recursive: true, force: true });
fs.mkdirSync(builtin);
for (const entry of fs.readdirSync(path.join(VSCODE, 'extensions'), { withFileTypes: true })) {
  if (!entry.isDirectory() || LEFT_OUT.test(entry.name)) continue;
  replaceByLink(path.join(builtin, entry.name), path.join(VSCODE, 'extensions', entry.name));
}

function replaceByLink(link, target) {
  fs.rmSync(link, { recursive: true, force: true });
  fs.symlinkSync(path.relative(path.dirname(link), target), link, 'dir');
}

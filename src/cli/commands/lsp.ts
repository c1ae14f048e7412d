import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { CommandLine } from '../arguments';
import { UsageError } from '../usage';

/** `query-tuner lsp --stdio`: the language server, a program of its own beside this one. */
export async function lsp({ options }: CommandLine): Promise<number> {
  if (!options.stdio) throw new UsageError('lsp needs --stdio.');
  const server = spawn(process.execPath, [join(__dirname, 'server.js'), '--stdio'], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', code => resolve(code ?? 2));
  });
}

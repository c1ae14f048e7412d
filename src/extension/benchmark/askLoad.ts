import * as vscode from 'vscode';

/** How much is measured. */
export interface Load {
  readonly seconds: number;
  readonly clients: number;
}

const KEY = 'queryTuner.benchmarkLoad';
const MOST_SECONDS = 600;
const MOST_CLIENTS = 500;

/** Asks for seconds and clients, proposing what was used last. Undefined if the user gives up. */
export async function askLoad(memory: vscode.Memento): Promise<Load | undefined> {
  const last = memory.get<Load>(KEY, { seconds: 10, clients: 1 });
  const seconds = await askNumber(vscode.l10n.t('Benchmark: seconds to measure'), last.seconds, MOST_SECONDS);
  if (seconds === undefined) return undefined;
  const clients = await askNumber(vscode.l10n.t('Benchmark: clients that run at once'), last.clients, MOST_CLIENTS);
  if (clients === undefined) return undefined;
  await memory.update(KEY, { seconds, clients });
  return { seconds, clients };
}

async function askNumber(title: string, value: number, most: number): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    value: String(value),
    ignoreFocusOut: true,
    validateInput: typed =>
      /^[1-9]\d*$/.test(typed.trim()) && Number(typed) <= most
        ? undefined
        : vscode.l10n.t('A whole number from 1 to {0}', most),
  });
  return text === undefined ? undefined : Number(text);
}

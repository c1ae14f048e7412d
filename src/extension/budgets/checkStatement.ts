import * as vscode from 'vscode';
import type { BudgetOutcome, BudgetView } from '../../protocol/budgets';
import type { ParameterValues } from '../../protocol/server';
import { connectionForFile } from '../commands/manageConnections';
import { askParameters } from '../commands/parameterPrompt';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import type { ServerApi } from '../serverApi';

export interface BudgetParts {
  readonly server: ServerApi;
  readonly connections: Connections;
  readonly memory: vscode.Memento;
}

/** A file with budgets; the text of one that no editor shows. */
export interface BudgetFile {
  readonly uri: vscode.Uri;
  readonly text?: string;
  readonly languageId?: string;
}

export interface CheckedStatement {
  readonly file: BudgetFile;
  readonly budget: BudgetView;
  /** Somebody waits for this one: values and agreement can be asked for. */
  readonly mayAsk: boolean;
}

/**
 * Checks one budget on the connection of its file.
 * @throws Error that says what is missing; vscode.CancellationError if somebody gave up
 */
export async function checkStatement(
  parts: BudgetParts,
  checked: CheckedStatement,
  token: vscode.CancellationToken,
): Promise<BudgetOutcome> {
  const { file, budget, mayAsk } = checked;
  const { server, connections } = parts;
  const entry = await connectionForFile(connections, server, file.uri);
  if (!entry) throw new vscode.CancellationError();
  await connections.ensureOpen(entry);
  const parameters = await valuesFor(parts, entry, checked);
  const allowEffects = await mayRun(entry, checked);
  try {
    return await server.request(
      'queryTuner/budget/check',
      {
        connectionId: entry.name,
        uri: file.uri.toString(),
        ...(file.text !== undefined && { text: file.text }),
        ...(file.languageId !== undefined && { languageId: file.languageId }),
        id: budget.id,
        ...(parameters && { parameters }),
        ...(mayAsk && { allowEffects }),
      },
      token,
    );
  } catch (error) {
    throw token.isCancellationRequested ? new vscode.CancellationError() : error;
  }
}

async function valuesFor(
  { server, memory }: BudgetParts,
  entry: ConnectionEntry,
  { budget: { statement }, mayAsk }: CheckedStatement,
): Promise<ParameterValues | undefined> {
  if (statement.parameters.length === 0) return undefined;
  // among many nobody wants to be asked; those that only need a plan are checked without values
  if (!mayAsk) return undefined;
  const infos = await server.request('queryTuner/statement/parameters', {
    connectionId: entry.name,
    sql: statement.sql,
  });
  const values = await askParameters(statement, infos, false, memory);
  if (values === undefined) throw new vscode.CancellationError();
  return values === 'generic' ? undefined : values;
}

/** Whether what a rollback does not undo may happen. @throws if the statement must not run at all */
async function mayRun(entry: ConnectionEntry, { budget: { statement }, mayAsk }: CheckedStatement): Promise<boolean> {
  const isProduction = roleOf(entry) === 'production';
  const reasons = [
    ...(isProduction && statement.writes
      ? [
          vscode.l10n.t(
            '{0} is a production database and the statement writes. It is rolled back, and holds its locks meanwhile.',
            entry.name,
          ),
        ]
      : []),
    ...(statement.effects.length > 0
      ? [vscode.l10n.t('A rollback does not undo: {0}.', statement.effects.join('; '))]
      : []),
  ];
  if (reasons.length === 0) return false;
  if (!mayAsk) {
    if (isProduction && statement.writes) {
      throw new Error(
        vscode.l10n.t('It writes, and {0} is a production database: check it alone to agree to that.', entry.name),
      );
    }
    return false;
  }
  const options = { modal: true, detail: reasons.join('\n\n') };
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Checking the budget may run the statement.'),
    options,
    vscode.l10n.t('Run It'),
  );
  if (answer !== vscode.l10n.t('Run It')) throw new vscode.CancellationError();
  return true;
}

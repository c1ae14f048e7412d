import * as vscode from 'vscode';
import type { SuggestParams } from '../../protocol/server';
import { roleOf, type ConnectionEntry } from './connectionSettings';

/**
 * How costs of indexes that do not exist are found, as the user set it. A trial builds indexes: the setting, made for
 * all connections, is no agreement to that on production.
 */
export function whatIfMethod(connection: ConnectionEntry): SuggestParams['whatIf'] {
  const method = vscode.workspace.getConfiguration('queryTuner').get<SuggestParams['whatIf']>('whatIf.method', 'auto');
  return method === 'trial' && roleOf(connection) === 'production' ? 'auto' : method;
}

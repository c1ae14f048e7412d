import * as vscode from 'vscode';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import type { AdviceView, AlternativesView, DesignParams } from '../../protocol/advice';
import type { ConnectionEntry } from '../connections/connectionSettings';
import { whatIfMethod } from '../connections/whatIfMethod';
import type { ServerApi } from '../serverApi';
import type { AdviceState } from './adviceState';
import { definitionsAt, plannedPositions, withDesign } from './chosenDesign';

let askings = 0;

/** The view with what the statements cost with the checked indexes. */
export async function requestCost(
  server: ServerApi,
  connection: ConnectionEntry,
  state: AdviceState,
  token: vscode.CancellationToken,
): Promise<AdviceView> {
  const positions = plannedPositions(state);
  const params = designParams(connection, state, positions);
  const design = await vscode.window.withProgress({ location: { viewId: 'queryTuner.advice' } }, () =>
    server.request('queryTuner/advice/cost', params, token),
  );
  return withDesign(state.view, positions, design);
}

/** Other forms of one of the checked indexes, planned beside the others. */
export async function requestForms(
  server: ServerApi,
  connection: ConnectionEntry,
  state: AdviceState,
  asked: {
    readonly position: number;
    readonly advised: IndexDefinition | undefined;
    readonly token: vscode.CancellationToken;
    readonly tell: (text: string) => void;
  },
): Promise<AlternativesView> {
  const { position, advised, token, tell } = asked;
  const positions = plannedPositions(state);
  const params = designParams(connection, state, positions);
  const listener = server.onProgress(params.progressToken, ({ text }) => tell(text));
  try {
    const which = { position: positions.indexOf(position), ...(advised && { advised }) };
    return await server.request('queryTuner/advice/alternatives', { ...params, ...which }, token);
  } finally {
    listener.dispose();
  }
}

function designParams(connection: ConnectionEntry, { view }: AdviceState, positions: readonly number[]): DesignParams {
  return {
    connectionId: connection.name,
    statements: view.statements.map(({ id, sql, calls }) => ({ id, sql, calls })),
    indexes: definitionsAt(view, positions),
    whatIf: whatIfMethod(connection),
    progressToken: `advice-design-${++askings}`,
  };
}

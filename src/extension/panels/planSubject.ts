import * as vscode from 'vscode';
import type { ExplainAgain } from '../../protocol/planPanel';
import type { ExplainParams, ParameterValues, ShownPlan, StatementInfo, TextSpan } from '../../protocol/server';
import type { ConnectionEntry } from '../connections/connectionSettings';

/** What is explained: a statement of a file, on a connection, with its values. */
export interface PlanSubject {
  readonly connection: ConnectionEntry;
  readonly server: Pick<ExplainParams, 'connectionId' | 'connection'>;
  readonly statement: StatementInfo;
  readonly source: { readonly uri: string; readonly span: TextSpan };
  readonly parameters?: ParameterValues;
  readonly analyze: boolean;
  /** The same statement made ready for another run: asks what has to be asked; undefined if the user gives up. */
  again(how: ExplainAgain): Promise<PlanSubject | undefined>;
}

/** How a statement that was explained is run once more: under other settings, beside which plan. */
export interface HowToExplain {
  readonly again?: ExplainAgain;
  readonly before?: ShownPlan;
}

/** What the server needs to explain it. */
export function explainParams(subject: PlanSubject, { again, before }: HowToExplain = {}): ExplainParams {
  const timeoutSeconds = vscode.workspace.getConfiguration('queryTuner').get('explain.timeoutSeconds', 60);
  return {
    ...subject.server,
    sql: subject.statement.sql,
    title: subject.statement.title,
    ...(subject.parameters && { parameters: subject.parameters }),
    analyze: subject.analyze,
    statementTimeoutMs: timeoutSeconds * 1000,
    source: subject.source,
    ...(again?.settings && { settings: again.settings }),
    ...(again?.options && { options: again.options }),
    ...(again?.runs !== undefined && { runs: again.runs }),
    ...(before && { before }),
  };
}

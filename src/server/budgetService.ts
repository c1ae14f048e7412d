import type { CancelSignal } from '../core/base/cancelSignal';
import type { Budget } from '../core/budgets/budget';
import { summarizeResults } from '../core/budgets/summarizeResults';
import { DatabaseError } from '../core/ports';
import { fingerprint } from '../core/sql/fingerprint';
import type { Grammar } from '../core/sql/grammar';
import { checkBudget } from '../database/budgets/checkBudget';
import type { BudgetCheckParams, BudgetListParams, BudgetOutcome, BudgetView } from '../protocol/budgets';
import type { DocumentBudgets } from './documentBudgets';
import { ScriptDocument } from './scriptDocument';
import type { Sessions } from './sessions';
import { describeStatement } from './statementInfo';

/** What the service needs of the server. */
export interface BudgetHost {
  readonly budgets: DocumentBudgets;
  readonly sessions: Sessions;
  document(uri: string): ScriptDocument | undefined;
  grammar(): Promise<Grammar>;
  /** The plans of a statement of an open document were seen. */
  seen(document: ScriptDocument): void;
}

/** Lists the budgets of documents, and checks them. */
export class BudgetService {
  readonly #host: BudgetHost;

  constructor(host: BudgetHost) {
    this.#host = host;
  }

  async list(params: BudgetListParams): Promise<BudgetView[]> {
    const document = await this.#documentOf(params);
    if (!document) return [];
    return identified(this.#host.budgets.of(document).budgets).map(({ id, budget }) => ({
      id,
      statement: describeStatement(document, budget.statement),
      span: document.rangeOf({
        start: budget.comments[0]?.start ?? budget.statement.range.start,
        end: budget.comments.at(-1)?.end ?? budget.statement.range.start,
      }),
    }));
  }

  /** @throws DatabaseError if the budget is gone */
  async check(params: BudgetCheckParams, signal: CancelSignal): Promise<BudgetOutcome> {
    const { budgets, sessions } = this.#host;
    const document = await this.#documentOf(params);
    const found = document && identified(budgets.of(document).budgets).find(({ id }) => id === params.id);
    if (!document || !found) throw new DatabaseError('unsupported', 'this budget is gone: the file has changed');
    const { statement, clauses } = found.budget;
    const spans = clauses.map(({ range }) => document.rangeOf(range));
    const database = sessions.database(params.connectionId);
    const catalog = await sessions.catalog(params.connectionId, signal);
    const { results, runs, obstacle } = await checkBudget(
      database,
      await this.#host.grammar(),
      catalog,
      { statement: statement.statement, clauses },
      {
        signal,
        ...(params.parameters && { values: params.parameters }),
        ...(params.allowEffects !== undefined && { allowEffects: params.allowEffects }),
      },
    );
    // Somebody may have changed the schema elsewhere; nobody waits for the answer.
    sessions.noticeChanges(params.connectionId).catch(() => undefined);
    budgets.remember(document, statement.statement.text, runs);
    this.#host.seen(document);
    const { status, text } = summarizeResults(results);
    return {
      status: results.length === 0 || (obstacle !== undefined && status === 'met') ? 'unknown' : status,
      summary: results.length === 0 ? (obstacle ?? 'the budget has no clause that could be checked') : text,
      ...(obstacle !== undefined && { obstacle }),
      clauses: results.map(({ outcome, message }, i) => ({ outcome, message, span: spans[i]! })),
    };
  }

  async #documentOf({ uri, text, languageId }: BudgetListParams): Promise<ScriptDocument | undefined> {
    const open = this.#host.document(uri);
    if (open || text === undefined) return open;
    return new ScriptDocument(uri, 0, text, await this.#host.grammar(), languageId);
  }
}

/** By what the statement is, and which of those it is: an id that stays when others come and go. */
function identified(budgets: readonly Budget[]): { readonly id: string; readonly budget: Budget }[] {
  const counts = new Map<string, number>();
  return budgets.map(budget => {
    const print = fingerprint(budget.statement.statement.text);
    const count = (counts.get(print) ?? 0) + 1;
    counts.set(print, count);
    return { id: `${print}-${count}`, budget };
  });
}

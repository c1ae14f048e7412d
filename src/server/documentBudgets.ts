import { budgetNames } from '../core/budgetNames';
import type { Budget, BudgetNames, Budgets } from '../core/budgets/budget';
import { evaluateBudget, type ClauseResult } from '../core/budgets/evaluateBudget';
import { expectationHints, findExpectations } from '../core/budgets/expectations';
import { findBudgets } from '../core/budgets/findBudgets';
import { planFingerprint } from '../core/budgets/planFingerprint';
import type { Catalog } from '../core/catalog/catalog';
import type { PlanTree } from '../core/plan/planTree';
import type { Finding } from '../core/rules/finding';
import type { ScriptDocument } from './scriptDocument';

/** The plans of a statement as they were last seen, one for each run. */
export interface SeenPlans {
  readonly runs: readonly PlanTree[];
  readonly at: Date;
}

interface Known {
  readonly statements: unknown;
  readonly catalog: Catalog | undefined;
  readonly budgets: Budgets;
  readonly hints: readonly Finding[];
}

/** Statements of one document whose plans are remembered. */
const MOST_SEEN = 500;

/** The budgets of open documents, and the plans they were last held against. */
export class DocumentBudgets {
  readonly #known = new WeakMap<ScriptDocument, Known>();
  /** By the text of the statement: a changed statement has not been seen yet. */
  readonly #seen = new WeakMap<ScriptDocument, Map<string, SeenPlans>>();
  readonly #catalogFor: (document: ScriptDocument) => Catalog | undefined;

  constructor(catalogFor: (document: ScriptDocument) => Catalog | undefined) {
    this.#catalogFor = catalogFor;
  }

  of(document: ScriptDocument): Budgets {
    return this.#read(document).budgets;
  }

  names(document: ScriptDocument): BudgetNames | undefined {
    const catalog = this.#catalogFor(document);
    return catalog && budgetNames(catalog);
  }

  /** What is wrong with budgets, and prose that could be one. */
  findings(document: ScriptDocument): Finding[] {
    const { budgets, hints } = this.#read(document);
    return [...budgets.budgets.flatMap(({ problems }) => problems), ...budgets.strays, ...hints];
  }

  /** The budget whose comments or statement an offset touches. */
  at(document: ScriptDocument, offset: number): Budget | undefined {
    return this.of(document).budgets.find(({ comments, statement }) => {
      const start = comments[0]?.start ?? statement.range.start;
      return start <= offset && offset <= statement.range.end;
    });
  }

  /** A plan that was only estimated does not replace measured ones of the same shape. */
  remember(document: ScriptDocument, statementText: string, runs: readonly PlanTree[]): void {
    const now = runs.at(-1);
    if (!now) return;
    const seen = this.#seen.get(document) ?? new Map<string, SeenPlans>();
    this.#seen.set(document, seen);
    const before = seen.get(statementText)?.runs.at(-1);
    if (before?.analyzed && !now.analyzed && planFingerprint(before) === planFingerprint(now)) return;
    seen.delete(statementText);
    seen.set(statementText, { runs, at: new Date() });
    for (const oldest of seen.keys()) if (seen.size > MOST_SEEN) seen.delete(oldest);
  }

  seen(document: ScriptDocument, statementText: string): SeenPlans | undefined {
    return this.#seen.get(document)?.get(statementText);
  }

  /** The budget held against what was last seen of its statement; undefined if nothing was. */
  results(document: ScriptDocument, { statement, clauses }: Budget): readonly ClauseResult[] | undefined {
    const seen = this.#seen.get(document)?.get(statement.statement.text);
    return seen && clauses.length > 0 ? evaluateBudget(clauses, seen.runs, this.names(document)) : undefined;
  }

  #read(document: ScriptDocument): Known {
    const { script } = document;
    const catalog = this.#catalogFor(document);
    const known = this.#known.get(document);
    if (known && known.statements === script.statements && known.catalog === catalog) return known;
    // Most documents have none; the others are looked through.
    const budgets: Budgets = script.includes('@budget')
      ? findBudgets(script.text, script.statements, catalog && budgetNames(catalog))
      : { budgets: [], strays: [] };
    const mayExpect = script.includes('xpect') || script.includes('EXPECT');
    const hints = mayExpect
      ? expectationHints(
          document.text,
          findExpectations(script.text, script.statements),
          budgets.budgets,
          document.isHost,
        ).filter(({ fixes }) => fixes.every(({ edits }) => document.keepsHost(edits)))
      : [];
    const read = { statements: script.statements, catalog, budgets, hints };
    this.#known.set(document, read);
    return read;
  }
}

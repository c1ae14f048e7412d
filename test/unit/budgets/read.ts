import { budgetNames } from '../../../src/core/budgetNames';
import type { Budget, Budgets } from '../../../src/core/budgets/budget';
import { findBudgets } from '../../../src/core/budgets/findBudgets';
import { catalogFromText } from '../../../src/core/catalog/catalogFromDdl';
import { emptyCatalog, type Catalog } from '../../../src/core/catalog/catalog';
import type { Finding } from '../../../src/core/rules/finding';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';

/** The budgets of a text, against the tables of some DDL as if a server had told of them. */
export async function readBudgets(text: string, ddl?: string): Promise<Budgets & { readonly script: Script }> {
  const grammar = await loadGrammar();
  const script = new Script(grammar, text);
  const catalog: Catalog | undefined =
    ddl === undefined ? undefined : { ...catalogFromText(grammar, ddl, emptyCatalog('ddl')), source: 'server' };
  const found = findBudgets(text, script.statements, catalog && budgetNames(catalog));
  return { ...found, script };
}

/** The budget that a comment line says, above a statement. */
export async function readBudget(said: string, ddl?: string): Promise<Budget & { readonly text: string }> {
  const text = `-- @budget ${said}\nselect 1;`;
  const { budgets } = await readBudgets(text, ddl);
  return { ...budgets[0]!, text };
}

/** "what is underlined: what is said -> what is offered instead". */
export function describeProblem(text: string, { range, message, fixes }: Finding): string {
  const [fix] = fixes;
  const offered = fix ? ` -> ${fix.edits.map(edit => edit.newText).join()}` : '';
  return `${text.slice(range.start, range.end)}: ${message}${offered}`;
}

import { closestName } from '../rules/support/closestName';
import type { Finding } from '../rules/finding';
import { quoteIdentifier } from '../sql/identifiers';
import type { BudgetName, BudgetNames, Clause } from './budget';
import { BUDGET_RULES } from './budgetRules';

/** Tables and indexes that do not exist. Nothing is said while the schema is known only in part. */
export function checkNames(clauses: readonly Clause[], names: BudgetNames): Finding[] {
  if (!names.isComplete) return [];
  return clauses.flatMap((clause): Finding[] => {
    if (clause.kind === 'index' && !names.hasIndex(clause.index))
      return [unknown('index', clause.index, names.indexes)];
    if (clause.kind === 'seq scan' && clause.relation && !names.hasRelation(clause.relation)) {
      return [unknown('table', clause.relation, names.relations)];
    }
    return [];
  });
}

function unknown(what: string, { schema, name, range }: BudgetName, known: readonly string[]): Finding {
  const near = closestName(name, new Set(known));
  const fix = near === undefined ? undefined : quoteIdentifier(near);
  return {
    rule: BUDGET_RULES.unknownName,
    severity: 'warning',
    message:
      `There is no ${what} ${schema === undefined ? '' : `${schema}.`}${name}.` +
      (near === undefined ? '' : ` Did you mean ${near}?`),
    range,
    fixes: fix === undefined ? [] : [{ title: `Write ${fix}`, safe: false, edits: [{ range, newText: fix }] }],
  };
}

import type { SourceRange } from '../base/sourceRange';
import type { Finding } from '../rules/finding';
import { BUDGET_RULES } from './budgetRules';

/** Something a budget says that means nothing, with what was probably meant in its place. */
export function malformed(range: SourceRange, message: string, replacement?: string): Finding {
  return {
    rule: BUDGET_RULES.malformed,
    severity: 'warning',
    message,
    range,
    fixes:
      replacement === undefined
        ? []
        : [{ title: `Write ${replacement.trim()}`, safe: false, edits: [{ range, newText: replacement }] }],
  };
}

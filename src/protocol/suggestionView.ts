import type { Suggestion } from '../core/advisor/suggestion';
import type { SuggestionView } from './planPanel';

/** A suggestion as the panel shows it; its id is its place in the list. */
export function buildSuggestionView(
  suggestion: Suggestion,
  id: number,
  state: SuggestionView['state'] = 'offered',
): SuggestionView {
  const { change, evidence } = suggestion;
  return {
    id,
    title: suggestion.title,
    sql: change.sql,
    inverse: change.inverse,
    locks: change.locks,
    how: evidence.how,
    evidence: evidence.text,
    cost: suggestion.cost,
    costBefore: evidence.costBefore,
    costAfter: evidence.costAfter,
    state,
  };
}

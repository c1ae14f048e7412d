/** File name of a rule's page below `media/rules/`: `query/select-star` has `query-select-star.md`. */
export function rulePageName(rule: string): string {
  return `${rule.replace('/', '-')}.md`;
}

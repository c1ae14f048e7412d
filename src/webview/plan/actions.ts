/** What a person can do on the page. All of it ends in a call of the extension; failures show in the banner. */
export interface Actions {
  explain(analyze: boolean): void;
  reveal(): void;
  revealNode(nodeId: number): void;
  select(nodeId: number): void;
  apply(suggestionId: number): void;
  undo(suggestionId: number): void;
  saveAsMigration(suggestionId: number): void;
  copySuggestion(suggestionId: number): void;
  copyPlan(): void;
  openRule(rule: string): void;
  cancel(): void;
}

import type { ExplainAgain } from '../../protocol/planPanel';

/** What a person can do on the page. All of it ends in a call of the extension; failures show in the banner. */
export interface Actions {
  explain(options: ExplainAgain): void;
  reveal(): void;
  revealNode(nodeId: number): void;
  /** Selects the node and brings it into sight. */
  select(nodeId: number): void;
  apply(suggestionId: number): void;
  undo(suggestionId: number): void;
  /** Runs the SQL of a step of one of the view's findings. */
  runStep(findingIndex: number, stepIndex: number): void;
  saveAsMigration(suggestionId: number): void;
  copySuggestion(suggestionId: number): void;
  copyPlan(): void;
  /** Resolves to whether the text is in the clipboard now. */
  copyText(text: string): Promise<boolean>;
  openRule(rule: string): void;
  compareWith(entry: string): void;
  pinBaseline(entry: string | null): void;
  clearHistory(): void;
  /** Shows another plan of the same file. */
  choosePlan(place: number | 'ask'): void;
  cancel(): void;
}

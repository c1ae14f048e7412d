import type { ExistingIndexFinding } from '../../core/advisor/existingIndexes/finding';
import type { Change, Evidence } from '../../core/advisor/suggestion';
import type { AdvisedIndexView, AdviceView, Measurement } from '../../protocol/advice';

/** A change the view offers, with the box that chooses it. */
export interface OfferedChange {
  readonly key: string;
  readonly title: string;
  readonly change: Change;
  readonly evidence: Evidence;
  /** Bytes it takes; negative for what it gives back. */
  readonly bytes: number;
}

export type ChangeState = 'applied' | 'undone' | 'failed';

/** Whether the costs are those of the checked indexes, or why not. */
export type CostState = 'known' | 'pending' | { readonly problem: string };

/** The key of an advised index by its position in the view. */
export function indexKey(position: number): string {
  return `index-${position}`;
}

/** "orders (customer_id)": the schema everybody uses is left out. */
export function shortTitle(title: string): string {
  return title.replace(/^public\./, '');
}

/** What the view shows. */
export interface AdviceState {
  readonly view: AdviceView;
  readonly connection: string;
  readonly budgetBytes?: number;
  /** Keys of the changes whose box is checked. */
  readonly checked: ReadonlySet<string>;
  readonly states: ReadonlyMap<string, ChangeState>;
  readonly cost: CostState;
  /** Planner cost with all indexes as they were advised. */
  readonly advisedCost: number;
  /** By statement: before and after the first change. */
  readonly before: ReadonlyMap<number, Measurement>;
  readonly after: ReadonlyMap<number, Measurement>;
}

/** Every change the view offers, in the order in which they are shown and made. */
export function offeredChanges(view: AdviceView): OfferedChange[] {
  const advised = view.indexes.map((index, position) => ({
    key: indexKey(position),
    title: `Index on ${index.title}`,
    change: index.change,
    evidence: evidenceOf(index, view),
    bytes: index.estimatedBytes,
  }));
  const redundant = view.redundant.map(({ index, because, change }) => ({
    key: `redundant-${index}`,
    title: `Drop ${index}`,
    change,
    evidence: { how: 'statistics' as const, text: because },
    bytes: 0,
  }));
  const existing = view.existing.flatMap(finding =>
    finding.change
      ? {
          key: keyOf(finding),
          title: finding.title,
          change: finding.change,
          evidence: finding.evidence,
          bytes: finding.index === null ? (finding.sizeBytes ?? 0) : -(finding.reclaimableBytes ?? 0),
        }
      : [],
  );
  return [...advised, ...redundant, ...existing];
}

/** Advised indexes are chosen to begin with; what would be dropped or rebuilt is for the reader to choose. */
export function initiallyChecked(view: AdviceView): Set<string> {
  return new Set(view.indexes.map((_, position) => indexKey(position)));
}

/** How an advised index is known to help. */
export function evidenceOf(index: AdvisedIndexView, view: AdviceView): Evidence {
  return { how: view.whatIf ?? 'statistics', text: index.why };
}

/** The key of the change that a finding offers. */
export function keyOf({ problem, index, title }: ExistingIndexFinding): string {
  return `${problem}-${index ?? title}`;
}

import type { IndexDefinition } from '../../core/advisor/suggestion';
import type {
  AdvisedIndexView,
  AdvisedStatement,
  AdviceView,
  AlternativeView,
  DesignView,
} from '../../protocol/advice';
import { indexKey, type AdviceState } from './adviceState';

/** Positions of the advised indexes that are checked and not made yet: with these the statements are planned. */
export function plannedPositions({ view, checked, states }: AdviceState): number[] {
  return view.indexes.flatMap((_, position) =>
    checked.has(indexKey(position)) && states.get(indexKey(position)) !== 'applied' ? [position] : [],
  );
}

export function definitionsAt(view: AdviceView, positions: readonly number[]): IndexDefinition[] {
  return positions.flatMap(position => view.indexes[position]?.definition ?? []);
}

/** The view with the figures of a design, whose indexes are those at `positions`. */
export function withDesign(view: AdviceView, positions: readonly number[], design: DesignView): AdviceView {
  const planned = new Map(design.statements.map(statement => [statement.id, statement]));
  const told = new Set(view.existing.map(({ index }) => index));
  const placed = new Map(positions.map((position, at) => [position, design.indexes[at]]));
  return {
    ...view,
    costAfter: design.costAfter,
    indexes: view.indexes.map((index, position) => recosted(index, placed.get(position))),
    redundant: design.redundant.filter(({ index }) => !told.has(index)),
    statements: view.statements.map(statement => replanned(statement, planned.get(statement.id))),
  };
}

function replanned(statement: AdvisedStatement, now: DesignView['statements'][number] | undefined): AdvisedStatement {
  if (!now) return statement;
  const { id, sql, place, calls, totalMs, costBefore, measurable } = statement;
  const kept = { id, sql, calls, costBefore, measurable };
  return { ...kept, ...(place !== undefined && { place }), ...(totalMs !== undefined && { totalMs }), ...now };
}

/** Those that gained by it are shown with what they cost without it, so they stay below an index that is not chosen. */
function recosted(index: AdvisedIndexView, now: AdvisedIndexView | undefined): AdvisedIndexView {
  if (!now) return index;
  return { ...now, gains: now.gains.length > 0 ? now.gains : index.gains };
}

/** The view with another form in an index's place; what it costs is for {@link withDesign} to say. */
export function withForm(view: AdviceView, position: number, form: AlternativeView): AdviceView {
  const { title, definition, estimatedBytes } = form;
  return {
    ...view,
    indexes: view.indexes.map((index, at) =>
      at === position ? { ...index, title, definition, estimatedBytes } : index,
    ),
  };
}

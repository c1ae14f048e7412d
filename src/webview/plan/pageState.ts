/** How a plan is looked at. Kept by the editor while the page is hidden; holds no data of the plan itself. */
export interface PageState {
  readonly selected: number | undefined;
  readonly collapsed: ReadonlySet<number>;
}

/** What was saved, or nothing selected and nothing collapsed if it is not ours or from another version. */
export function readPageState(saved: unknown): PageState {
  const state = (typeof saved === 'object' && saved !== null ? saved : {}) as Record<string, unknown>;
  const collapsed = Array.isArray(state.collapsed) ? state.collapsed.filter(Number.isInteger) : [];
  return {
    selected: Number.isInteger(state.selected) ? (state.selected as number) : undefined,
    collapsed: new Set<number>(collapsed),
  };
}

/** The same as plain data. */
export function writePageState({ selected, collapsed }: PageState): unknown {
  return { selected, collapsed: [...collapsed] };
}

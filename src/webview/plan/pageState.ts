import { isColumnId } from './columns';
import type { ColumnId } from './columns';

export type TabId = 'table' | 'graph' | 'icicle' | 'sql' | 'raw' | 'settings' | 'compare' | 'history';

const TABS: readonly TabId[] = ['table', 'graph', 'icicle', 'sql', 'raw', 'settings', 'compare', 'history'];

/** The columns that were chosen, for each kind of plan; absent as long as nobody chose. */
export interface ChosenColumns {
  readonly measured?: readonly ColumnId[];
  readonly estimated?: readonly ColumnId[];
}

/** How a plan is looked at. Kept by the editor while the page is hidden; holds no data of the plan itself. */
export interface PageState {
  readonly selected: number | undefined;
  readonly collapsed: ReadonlySet<number>;
  readonly tab: TabId;
  readonly columns: ChosenColumns;
}

/** What was saved; whatever is not ours or from another version is as on a first visit. */
export function readPageState(saved: unknown): PageState {
  const state = asRecord(saved);
  const columns = asRecord(state.columns);
  const collapsed: unknown[] = Array.isArray(state.collapsed) ? state.collapsed : [];
  return {
    selected: Number.isInteger(state.selected) ? (state.selected as number) : undefined,
    collapsed: new Set(collapsed.filter((id): id is number => Number.isInteger(id))),
    tab: TABS.find(tab => tab === state.tab) ?? 'table',
    columns: { measured: readColumns(columns.measured), estimated: readColumns(columns.estimated) },
  };
}

/** The same as plain data. */
export function writePageState({ selected, collapsed, tab, columns }: PageState): unknown {
  return { selected, collapsed: [...collapsed], tab, columns };
}

function readColumns(value: unknown): ColumnId[] | undefined {
  return Array.isArray(value) ? value.filter(isColumnId) : undefined;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

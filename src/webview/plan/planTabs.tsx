import type { JSX } from 'preact';
import type { PlanView } from '../../protocol/planPanel';
import { ComparisonTable } from './comparison';
import { differs } from './comparisonRows';
import { HistoryTab } from './historyTab';
import type { TabId } from './pageState';
import { GraphTab, IcicleTab } from './pictureTabs';
import type { PlanModel } from './planModel';
import { RawTab } from './rawTab';
import { SettingsTab } from './settingsTab';
import { SqlTab } from './sqlTab';
import { TableTab } from './tableTab';

export interface PlanTab {
  readonly id: TabId;
  readonly title: string;
  /** Shows nodes that can be selected: details, findings and suggestions stand beside it. */
  readonly showsNodes: boolean;
  isOffered(view: PlanView): boolean;
  badge?(view: PlanView): string | undefined;
  readonly Content: (props: { readonly model: PlanModel }) => JSX.Element | null;
}

/** Every way to look at a plan, in the order of the tabs. */
const PLAN_TABS: readonly PlanTab[] = [
  {
    id: 'table',
    title: 'Table',
    showsNodes: true,
    isOffered: () => true,
    Content: TableTab,
  },
  {
    id: 'graph',
    title: 'Graph',
    showsNodes: true,
    isOffered: view => view.nodes.length > 0,
    Content: GraphTab,
  },
  {
    id: 'icicle',
    title: 'Icicle',
    showsNodes: true,
    isOffered: view => view.nodes.length > 0,
    Content: IcicleTab,
  },
  {
    id: 'sql',
    title: 'SQL',
    showsNodes: true,
    isOffered: view => view.sql !== '',
    Content: SqlTab,
  },
  {
    id: 'compare',
    title: 'Compare',
    showsNodes: false,
    isOffered: view => (view.comparison?.rows.length ?? 0) > 0,
    badge: view => changedCount(view),
    Content: ({ model }) => (model.view.comparison ? <ComparisonTable comparison={model.view.comparison} /> : null),
  },
  {
    id: 'history',
    title: 'History',
    showsNodes: false,
    isOffered: view => (view.history?.entries.length ?? 0) > 0,
    badge: view => String(view.history?.entries.length ?? 0),
    Content: HistoryTab,
  },
  {
    id: 'raw',
    title: 'Raw',
    showsNodes: false,
    isOffered: () => true,
    Content: RawTab,
  },
  {
    id: 'settings',
    title: 'Settings',
    showsNodes: false,
    isOffered: () => true,
    Content: SettingsTab,
  },
];

export function offeredTabs(view: PlanView): PlanTab[] {
  return PLAN_TABS.filter(tab => tab.isOffered(view));
}

function changedCount(view: PlanView): string | undefined {
  const changed = view.comparison?.rows.filter(differs).length ?? 0;
  return changed > 0 ? String(changed) : undefined;
}

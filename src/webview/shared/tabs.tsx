import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly title: string;
  /** A count beside the title. */
  readonly badge?: string;
}

interface Props<Id extends string> {
  readonly tabs: readonly Tab<Id>[];
  readonly active: Id;
  readonly label: string;
  open(tab: Id): void;
}

/** A row of tabs: one stop for the Tab key, arrows, Home and End move and open. */
export function Tabs<Id extends string>({ tabs, active, label, open }: Props<Id>): JSX.Element {
  const row = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = tabs.findIndex(tab => tab.id === active);
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: (now - 1 + tabs.length) % tabs.length,
      ArrowRight: (now + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const next = tabs[places[event.key] ?? -1];
    if (!next) return;
    event.preventDefault();
    open(next.id);
    row.current?.querySelector<HTMLElement>(`#${tabId(next.id)}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={row} onKeyDown={onKeyDown}>
      {tabs.map(tab => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={tabId(tab.id)}
          class="tab"
          aria-selected={tab.id === active}
          aria-controls={tab.id === active ? panelId(tab.id) : undefined}
          tabIndex={tab.id === active ? 0 : -1}
          onClick={() => open(tab.id)}
        >
          {tab.title}
          {tab.badge && <span class="tab-badge">{tab.badge}</span>}
        </button>
      ))}
    </div>
  );
}

interface PanelProps {
  readonly tab: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** What the open tab shows. */
export function TabPanel({ tab, class: extra, children }: PanelProps): JSX.Element {
  return (
    <div class={`tab-panel ${extra ?? ''}`} role="tabpanel" id={panelId(tab)} aria-labelledby={tabId(tab)}>
      {children}
    </div>
  );
}

function tabId(id: string): string {
  return `tab-${id}`;
}

function panelId(id: string): string {
  return `panel-${id}`;
}

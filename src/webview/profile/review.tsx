import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReviewView } from '../../protocol/profilePage';
import { TabPanel, Tabs, type Tab } from '../shared/tabs';
import type { Editor } from '../shared/vscodeApi';
import { AppliedTab } from './appliedTab';
import { Head } from './head';
import { canPick, firstPicks } from './picks';
import type { Actions } from './profileActions';
import { SettingsTab } from './settingsTab';
import { TablesTab } from './tablesTab';
import { TryTab } from './tryTab';

type TabId = 'settings' | 'tables' | 'try' | 'applied';

const TABS: readonly TabId[] = ['settings', 'tables', 'try', 'applied'];

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly actions: Actions;
  readonly editor: Editor;
}

/** A profile beside a server: the choice of both, and a tab for each thing that can be done. */
export function Review({ view, busy, actions, editor }: Props): JSX.Element {
  const { review, runs } = view;
  const [tab, setTab] = useState<TabId>(() => savedTab(editor.savedState));
  const [picked, setPicked] = useState<ReadonlySet<string>>(() => new Set(firstPicks(review.settings)));
  const [pickedTables, setPickedTables] = useState<ReadonlySet<string>>(new Set());
  const open = (next: TabId): void => {
    setTab(next);
    editor.saveState({ tab: next });
  };

  // Another profile, scope or server begins with its own ticks; the same one read again keeps those that were made.
  const subject = JSON.stringify([view.connection, review.profileId, review.scope]);
  const shownSubject = useRef(subject);
  useEffect(() => {
    if (shownSubject.current === subject) return;
    shownSubject.current = subject;
    setPicked(new Set(firstPicks(review.settings)));
    setPickedTables(new Set());
  }, [subject]);
  // What was applied, and how it ended, is what one looks for next.
  const newest = runs[0]?.id;
  const shownRun = useRef(newest);
  useEffect(() => {
    if (newest !== undefined && shownRun.current !== newest) open('applied');
    shownRun.current = newest;
  }, [newest]);

  const tabs: readonly Tab<TabId>[] = [
    { id: 'settings', title: 'Settings', badge: String(review.settings.filter(canPick).length) },
    { id: 'tables', title: 'Tables', badge: String(review.tables.length) },
    { id: 'try', title: 'Try first' },
    { id: 'applied', title: 'Applied', badge: String(runs.filter(({ undone }) => !undone).length) },
  ];
  return (
    <>
      <Head view={view} busy={busy} actions={actions} />
      <div class="tabbed">
        <Tabs tabs={tabs} active={tab} label="What to do with the profile" open={open} />
        <TabPanel tab={tab}>
          {tab === 'settings' && (
            <SettingsTab view={view} busy={busy} picked={picked} pick={setPicked} actions={actions} />
          )}
          {tab === 'tables' && (
            <TablesTab view={view} busy={busy} picked={pickedTables} pick={setPickedTables} actions={actions} />
          )}
          {tab === 'try' && <TryTab view={view} busy={busy} actions={actions} />}
          {tab === 'applied' && <AppliedTab view={view} busy={busy} actions={actions} />}
        </TabPanel>
      </div>
    </>
  );
}

function savedTab(saved: unknown): TabId {
  const tab = (saved as { tab?: unknown } | null)?.tab;
  return TABS.find(each => each === tab) ?? 'settings';
}

import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { NodeView, PlanHost, PlanView } from '../../protocol/planPanel';
import { TabPanel, Tabs } from '../shared/tabs';
import type { Actions } from './actions';
import { Advice } from './advice';
import { VerdictStrip } from './comparison';
import { Details } from './details';
import { Header } from './header';
import type { PageState } from './pageState';
import { usePlanModel } from './planModel';
import type { PlanModel } from './planModel';
import { offeredTabs } from './planTabs';
import { RunAgain } from './runAgain';
import { RunsSummary } from './runs';
import type { Reveal } from './treeTable';

interface Props {
  readonly view: PlanView;
  readonly nodes: ReadonlyMap<number, NodeView>;
  readonly looks: PageState;
  readonly editorLit: ReadonlySet<number>;
  readonly busy: boolean;
  readonly notices: ComponentChildren;
  readonly actions: Actions;
  readonly host: PlanHost;
  readonly reveal: Reveal;
  select(nodeId: number): void;
  look(change: Partial<PageState>): void;
}

/** One snapshot of the panel: head, tabs, and beside those that show nodes what to do about them. */
export function Snapshot(props: Props): JSX.Element {
  const { view, looks, actions, look } = props;
  const [isAsking, setAsking] = useState(false);
  const model = usePlanModel(props);
  const tabs = offeredTabs(view);
  const tab = tabs.find(({ id }) => id === looks.tab) ?? tabs[0]!;
  usePageKeys(model, tab.showsNodes, () => look({ tab: 'table' }));

  return (
    <>
      <Header view={view} actions={actions} host={props.host} isAsking={isAsking} ask={() => setAsking(!isAsking)} />
      {isAsking && <RunAgain view={view} busy={props.busy} actions={actions} close={() => setAsking(false)} />}
      {props.notices}
      {view.runs && view.runs.timesMs.length > 1 && <RunsSummary runs={view.runs} />}
      {view.comparison && <VerdictStrip comparison={view.comparison} />}
      <div class="tabbed">
        <Tabs
          tabs={tabs.map(({ id, title, badge }) => ({ id, title, badge: badge?.(view) }))}
          active={tab.id}
          label="Ways to look at the plan"
          open={id => look({ tab: id })}
        />
        <TabPanel tab={tab.id} class={tab.showsNodes ? `columns shows-${tab.id}` : undefined}>
          {tab.showsNodes ? (
            <>
              <div class="plan">
                <tab.Content model={model} />
                {model.selectedNode && <Details node={model.selectedNode} model={model} />}
              </div>
              <Advice model={model} />
            </>
          ) : (
            <tab.Content model={model} />
          )}
        </TabPanel>
      </div>
    </>
  );
}

/** Keys that hold wherever the focus is: the search, and the walk through the findings. */
function usePageKeys(model: PlanModel, showsNodes: boolean, openNodes: () => void): void {
  // not `useEffect`, which waits for the next paint: a key pressed before it would go on from the finding before
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return;
      if (event.key === 'F8' && !event.ctrlKey && !event.metaKey) {
        if (!showsNodes) openNodes();
        model.findings.go(event.shiftKey ? -1 : 1);
      } else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
        if (!showsNodes) openNodes();
        model.search.start();
      } else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
}

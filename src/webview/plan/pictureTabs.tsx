import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { GraphView } from './graph/graphView';
import type { GraphViewProps } from './graph/graphView';
import { IcicleView } from './icicle/icicleView';
import { PlanBar } from './planBar';
import type { PlanModel } from './planModel';
import { hottestNodes } from './treeRows';

interface Props {
  readonly model: PlanModel;
}

/** The nodes as boxes, what feeds them below. */
export function GraphTab({ model }: Props): JSX.Element {
  return (
    <section class="picture" aria-label="Graph" onKeyDown={event => onPictureKey(event, model)}>
      <PlanBar model={model} />
      <GraphView {...usePicture(model)} />
    </section>
  );
}

/** The nodes as stripes as wide as what they cost. */
export function IcicleTab({ model }: Props): JSX.Element {
  return (
    <section class="picture" aria-label="Icicle" onKeyDown={event => onPictureKey(event, model)}>
      <PlanBar model={model} />
      <IcicleView {...usePicture(model)} />
    </section>
  );
}

/** The keys that the table knows, too: to the search, and to the most expensive nodes. */
function onPictureKey(event: KeyboardEvent, { view, search, actions }: PlanModel): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if ((event.target as Element).closest('input, select, textarea')) return;
  const hot = /^[1-9]$/.test(event.key) ? hottestNodes(view.nodes, 9)[Number(event.key) - 1] : undefined;
  if (event.key === '/') search.start();
  else if (hot) actions.select(hot.id);
  else return;
  event.preventDefault();
}

/** Nodes that are pointed at, and those that the search found, are set apart. */
function usePicture({ view, looks, lit, search, select, hover }: PlanModel): GraphViewProps {
  const marked = useMemo(
    () => (search.found.size === 0 ? lit : lit.size === 0 ? search.found : new Set([...lit, ...search.found])),
    [lit, search.found],
  );
  return { view, selected: looks.selected, lit: marked, onSelect: select, onHover: hover };
}

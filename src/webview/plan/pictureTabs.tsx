import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { GraphView } from './graph/graphView';
import { IcicleView } from './icicle/icicleView';
import { PlanBar } from './planBar';
import type { PlanModel } from './planModel';

interface Props {
  readonly model: PlanModel;
}

/** The nodes as boxes, what feeds them below. */
export function GraphTab({ model }: Props): JSX.Element {
  return (
    <section class="picture" aria-label="Graph">
      <PlanBar model={model} />
      <GraphView view={model.view} selected={model.looks.selected} lit={useMarked(model)} onSelect={model.select} />
    </section>
  );
}

/** The nodes as stripes as wide as what they cost. */
export function IcicleTab({ model }: Props): JSX.Element {
  return (
    <section class="picture" aria-label="Icicle">
      <PlanBar model={model} />
      <IcicleView view={model.view} selected={model.looks.selected} lit={useMarked(model)} onSelect={model.select} />
    </section>
  );
}

/** What the pictures set apart: nodes that are pointed at, and those that the search found. */
function useMarked({ lit, search }: PlanModel): ReadonlySet<number> {
  return useMemo(
    () => (search.found.size === 0 ? lit : lit.size === 0 ? search.found : new Set([...lit, ...search.found])),
    [lit, search.found],
  );
}

import type { JSX } from 'preact';
import { CopyButton } from '../shared/copyButton';
import { GoToSource } from './goToSource';
import type { PlanModel } from './planModel';
import { SqlView } from './sqlView';
import { NodeTable } from './tableTab';

/** The statement with the parts that nodes come from, and the nodes below it: one lights the other. */
export function SqlTab({ model }: { readonly model: PlanModel }): JSX.Element {
  const { view, actions } = model;
  return (
    <>
      <section class="sql-tab" aria-label="Statement">
        <div class="tab-bar">
          <p class="quiet">
            {view.nodes.some(node => node.sqlRanges?.length)
              ? 'Marked: what nodes come from. Press a part to select its node.'
              : 'No node could be traced back to a part of this statement.'}
          </p>
          <CopyButton label="Copy SQL" text={() => view.sql} copy={actions.copyText} />
          <GoToSource view={view} class="quiet-button" go={actions.reveal} />
        </div>
        <SqlView model={model} />
      </section>
      <NodeTable model={model} />
    </>
  );
}

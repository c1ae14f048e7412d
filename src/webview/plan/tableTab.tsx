import type { JSX } from 'preact';
import { HotNodes } from './hotNodes';
import { PlanBar } from './planBar';
import type { PlanModel } from './planModel';
import { TreeTable } from './treeTable';

/** The most expensive nodes, then all of them. */
export function TableTab({ model }: { readonly model: PlanModel }): JSX.Element {
  if (model.view.nodes.length === 0) {
    return (
      <p class="quiet">
        {model.view.error ? 'The statement failed before it had a plan.' : 'There is no plan of this statement.'}
      </p>
    );
  }
  return (
    <>
      <HotNodes view={model.view} selected={model.looks.selected} select={model.actions.select} />
      <NodeTable model={model} />
    </>
  );
}

/** The tree table with its search, order and columns. */
export function NodeTable({ model }: { readonly model: PlanModel }): JSX.Element | null {
  if (model.view.nodes.length === 0) return null;
  return (
    <section class="tree" aria-label="Plan">
      <PlanBar model={model} isTable />
      <TreeTable
        view={model.view}
        selected={model.looks.selected}
        collapsed={model.looks.collapsed}
        order={model.order}
        chosen={model.chosen}
        lit={model.lit}
        editorLit={model.editorLit}
        found={model.search.found}
        reveal={model.reveal}
        select={model.select}
        show={model.actions.select}
        hover={model.hover}
        collapse={model.collapse}
        sort={model.sort}
        startSearch={model.search.start}
        goToSql={model.actions.revealNode}
      />
      <p class="keys quiet">
        <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>←</kbd> <kbd>→</kbd> fold, letters find, <kbd>1</kbd>–<kbd>9</kbd> hottest,{' '}
        <kbd>Enter</kbd> go to {model.view.source === 'file' ? 'the text' : 'SQL'}, <kbd>F8</kbd> next finding
      </p>
    </section>
  );
}

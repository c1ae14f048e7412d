import type { JSX } from 'preact';
import { Icon } from '../shared/icon';
import { Popover } from '../shared/popover';
import { SearchBox } from '../shared/searchBox';
import { offeredColumns, shownColumns } from './columns';
import type { ColumnId } from './columns';
import { orderChoices } from './nodeOrder';
import type { NodeOrder } from './nodeOrder';
import type { PlanModel } from './planModel';
import { foldableNodes } from './treeRows';

/** What shows the nodes and takes the keys: the table, the icicle, or a box of the graph. */
const NODES = '[role=treegrid], [role=tree][tabindex="0"], [role=treeitem][tabindex="0"]';

interface Props {
  readonly model: PlanModel;
  /** With order, columns and folding, which only the table has. */
  readonly isTable?: boolean;
}

/** Above every tab that shows nodes: search, findings, and how the table stands. */
export function PlanBar({ model, isTable }: Props): JSX.Element {
  const { search } = model;
  return (
    <div class="plan-bar">
      <SearchBox
        label="Find nodes"
        query={search.query}
        place={search.place}
        total={search.matches.length}
        input={search.input}
        search={search.set}
        go={search.go}
        leave={() => document.querySelector<HTMLElement>(NODES)?.focus()}
      />
      <FindingButtons model={model} />
      {isTable && <TableChoices model={model} />}
    </div>
  );
}

function FindingButtons({ model }: { readonly model: PlanModel }): JSX.Element | null {
  const { view, findings } = model;
  if (view.findings.length === 0) return null;
  const count = view.findings.length;
  return (
    <div class="finding-walk" role="group" aria-label="Findings">
      <button
        type="button"
        class="icon-button"
        aria-label="Previous finding"
        title="Previous finding (Shift+F8)"
        onClick={() => findings.go(-1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Next finding"
        title="Next finding (F8)"
        onClick={() => findings.go(1)}
      >
        <Icon name="down" />
      </button>
      <span role="status">
        {findings.current < 0
          ? `${count} ${count === 1 ? 'finding' : 'findings'}`
          : `finding ${findings.current + 1} of ${count}`}
      </span>
    </div>
  );
}

function TableChoices({ model }: { readonly model: PlanModel }): JSX.Element {
  const { view, looks, order, chosen } = model;
  const isAllOpen = looks.collapsed.size === 0;
  const shown = shownColumns(view.analyzed, chosen).map(({ id }) => id);
  const toggle = (id: ColumnId): void =>
    model.choose(shown.includes(id) ? shown.filter(other => other !== id) : [...shown, id]);
  return (
    <div class="table-choices">
      <select
        class="select"
        aria-label="Order of the nodes"
        value={order}
        onChange={event => model.sort(event.currentTarget.value as NodeOrder)}
      >
        {orderChoices(view.analyzed).map(choice => (
          <option key={choice.order} value={choice.order}>
            {choice.title}
          </option>
        ))}
      </select>
      <Popover label="Columns" title="Choose the columns of the table">
        {offeredColumns(view.analyzed).map(({ id, title, explanation }) => (
          <label key={id} class="check" title={explanation}>
            <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} />
            {title}
          </label>
        ))}
        <button type="button" class="link" disabled={chosen === undefined} onClick={() => model.choose(undefined)}>
          As at first
        </button>
      </Popover>
      {order === 'tree' ? (
        <button
          type="button"
          class="quiet-button"
          onClick={() => model.collapse(isAllOpen ? foldableNodes(view.nodes) : new Set())}
        >
          {isAllOpen ? 'Collapse all' : 'Expand all'}
        </button>
      ) : (
        <button type="button" class="quiet-button" onClick={() => model.sort('tree')}>
          <Icon name="tree" />
          Back to tree
        </button>
      )}
    </div>
  );
}

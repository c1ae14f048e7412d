import type { JSX } from 'preact';
import { Icon } from '../shared/icon';
import type { Column } from './columns';
import type { NodeOrder } from './nodeOrder';

interface Props {
  readonly columns: readonly Column[];
  readonly order: NodeOrder;
  sort(order: NodeOrder): void;
}

/** The names of the columns. A click ranks by one, a second click goes back to the tree. */
export function TableHead({ columns, order, sort }: Props): JSX.Element {
  return (
    <div role="rowgroup" class="table-head">
      <div role="row" class="plan-row" aria-rowindex={1}>
        <span role="columnheader" class="col-node">
          Node
        </span>
        {columns.map(column => {
          const isSorted = column.id === order;
          return (
            <span
              key={column.id}
              role="columnheader"
              class={`cell number ${column.kind}`}
              aria-sort={isSorted ? 'descending' : undefined}
            >
              {/* Out of the Tab order: the choice of the order above does the same. */}
              <button
                type="button"
                class="head-button"
                tabIndex={-1}
                title={`${column.explanation}. ${isSorted ? 'Back to the tree' : 'Rank by it'}`}
                onClick={() => sort(isSorted ? 'tree' : column.id)}
              >
                {isSorted && <Icon name="down" />}
                {column.title}
              </button>
            </span>
          );
        })}
      </div>
    </div>
  );
}

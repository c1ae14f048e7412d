import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatCost, formatMs } from '../../core/base/units';
import type { ProfileTrial, TriedStatement } from '../../core/profiles/profileTrial';
import type { ReviewView, TrySource } from '../../protocol/profilePage';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import type { Actions } from './profileActions';
import { TableHead } from './tableHead';

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** Which plans the profile changes, before anything is applied. */
export function TryTab({ view, busy, actions }: Props): JSX.Element {
  const { file, trial } = view;
  const [source, setSource] = useState<TrySource>(file === null ? 'statements' : 'file');
  const [measure, setMeasure] = useState(false);
  return (
    <div class="review-tab">
      <p>
        The planner settings of the profile are set for one transaction that only reads and is rolled back; statements
        are planned under today’s settings and under those. Nothing runs unless you measure.
      </p>
      <div class="filters">
        <label class="field">
          <span>Try on</span>
          <select
            class="select"
            id="try-source"
            value={source}
            onChange={event => setSource(event.currentTarget.value as TrySource)}
          >
            <option value="statement" disabled={file === null}>
              the statement at the cursor
            </option>
            <option value="file" disabled={file === null}>
              {file === null ? 'a file (open one with SQL)' : `all of ${clip(file, 60)}`}
            </option>
            <option value="statements">what pg_stat_statements counted</option>
          </select>
        </label>
        <label class="check">
          <input type="checkbox" id="measure" checked={measure} onChange={() => setMeasure(!measure)} />
          Also run what only reads, and time it
        </label>
        <button type="button" class="primary" disabled={busy} onClick={() => void actions.tryOn(source, measure)}>
          <Icon name="run" />
          <span>Try</span>
        </button>
      </div>
      {trial && <Trial trial={trial} />}
    </div>
  );
}

function Trial({ trial }: { readonly trial: ProfileTrial }): JSX.Element {
  const { statements, skipped, prices, means, left, notes } = trial;
  const changed = statements.filter(statement => statement.changed).length;
  const tried = { ...means, ...prices };
  return (
    <section aria-label="Result" class="trial">
      <h2>
        {changed} of {statements.length} plans change <span class="quiet small">{clip(trial.source)}</span>
      </h2>
      <p class="quiet small">
        {Object.keys(tried).length === 0
          ? 'Nothing that a plan depends on differs.'
          : `Tried: ${Object.entries(tried)
              .map(([name, value]) => `${name} = ${clip(value, 60)}`)
              .join(', ')}.`}{' '}
        {left.length > 0 && `Not tried: ${left.map(({ name, why }) => `${name} (${why})`).join(', ')}.`}
      </p>
      {statements.length > 0 && (
        <table class="trial-table" role="table">
          <caption class="sr-only">Statements, their plans and costs now and under the profile</caption>
          <TableHead titles={['Statement', 'Plan', 'Cost now', 'Cost then', 'Measured']} />
          <tbody role="rowgroup">
            {statements.map(statement => (
              <TriedRow key={statement.id} statement={statement} />
            ))}
          </tbody>
        </table>
      )}
      <p class="quiet small">
        Both costs are at today’s prices, with what the profile lets a plan use: a cost under other cost constants is a
        figure in another currency. A new plan that costs more at today’s prices is chosen for the profile’s own; only
        measuring tells which is right. “–”: today’s prices cannot be had for that plan.
      </p>
      {[...notes, ...skipped.map(({ id, reason }) => `statement ${id} was passed over: ${reason}`)].map(note => (
        <p key={note} class="quiet small">
          {clip(note)}
        </p>
      ))}
    </section>
  );
}

function TriedRow({ statement }: { readonly statement: TriedStatement }): JSX.Element {
  const { id, sql, place, changed, nodesBefore, nodesAfter, costBefore, costAfter, measured, notMeasured } = statement;
  return (
    <tr role="row" data-statement={id}>
      <th role="rowheader" scope="row">
        <code>{clip(sql.replace(/\s+/g, ' '), 120)}</code>
        {place !== undefined && <span class="quiet small">{clip(place)}</span>}
      </th>
      <td role="cell" data-title="Plan">
        {changed ? (
          <>
            <span class="quiet">{nodesBefore.map(node => clip(node, 120)).join(', ') || 'other order'}</span>
            {' → '}
            <strong>{nodesAfter.map(node => clip(node, 120)).join(', ') || 'other order'}</strong>
          </>
        ) : (
          <span class="quiet">the same</span>
        )}
      </td>
      <td role="cell" class="number" data-title="Cost now">
        {formatCost(costBefore)}
      </td>
      <td role="cell" class="number" data-title="Cost then">
        {costAfter === null ? '–' : formatCost(costAfter)}
      </td>
      <td role="cell" data-title="Measured">
        {measured
          ? `${formatMs(measured.beforeMs)} → ${formatMs(measured.afterMs)}, the middle of ${measured.runs} runs each`
          : (notMeasured ?? 'not run')}
      </td>
    </tr>
  );
}

import type { JSX } from 'preact';
import { formatBytes, formatCount } from '../../core/base/units';
import type { TableLine, TableParameterLine } from '../../protocol/profile';
import type { ReviewView } from '../../protocol/profilePage';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { parameterKey, tableChanges, toggleParameter } from './picks';
import type { Actions } from './profileActions';
import { RunBox } from './runBox';

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly picked: ReadonlySet<string>;
  readonly pick: (picked: ReadonlySet<string>) => void;
  readonly actions: Actions;
}

/** Storage parameters of single tables, by what was counted of them and by the guide. */
export function TablesTab({ view, busy, picked, pick, actions }: Props): JSX.Element {
  const { tables, tableNotes, server } = view.review;
  return (
    <div class="review-tab">
      <p class="quiet">
        Autovacuum and free space for tables of {clip(server.database)} that change enough for it to matter:{' '}
        {tableNotes.map(note => clip(note, 300)).join('; ')}.
      </p>
      {tables.length === 0 && (
        <p class="note" id="no-tables">
          No table needs parameters of its own by what was counted.
        </p>
      )}
      {tables.map(line => (
        <section
          key={`${line.schema}.${line.table}`}
          class="table-card"
          aria-label={clip(`${line.schema}.${line.table}`)}
        >
          <h2>
            {clip(`${line.schema}.${line.table}`)}{' '}
            <span class="quiet small">
              {formatCount(Math.round(line.rows))} rows, {formatBytes(line.bytes)}
            </span>
          </h2>
          <p class="quiet small">{clip(line.activity)}</p>
          <ul class="parameters">
            {line.parameters.map(parameter => (
              <ParameterItem
                key={parameterKey(line, parameter)}
                line={line}
                parameter={parameter}
                isPicked={picked.has(parameterKey(line, parameter))}
                toggle={() => pick(toggleParameter(picked, line, parameter))}
              />
            ))}
          </ul>
        </section>
      ))}
      {tables.length > 0 && (
        <RunBox groups={tableChanges(tables, picked)} busy={busy} service={null} obstacle={null} actions={actions} />
      )}
    </div>
  );
}

interface ItemProps {
  readonly line: TableLine;
  readonly parameter: TableParameterLine;
  readonly isPicked: boolean;
  toggle(): void;
}

function ParameterItem({ line, parameter, isPicked, toggle }: ItemProps): JSX.Element {
  const { name, now, value, by, reason, source, wrong, impossible } = parameter;
  const words = (
    <>
      <span class="setting-name">{name}</span>
      <span>
        <span class="value">{clip(now)}</span> → <span class="value wanted">{clip(value)}</span>
      </span>
      <span class="tag">{by === 'measured' ? 'by what was counted' : 'from the guide'}</span>
    </>
  );
  return (
    <li data-parameter={`${line.table} ${name} ${by}`}>
      {impossible ? (
        <div class="check">
          <Icon name="never" />
          {words}
        </div>
      ) : (
        <label class="check">
          <input type="checkbox" checked={isPicked} onChange={toggle} />
          {words}
        </label>
      )}
      <p>{clip(reason, 600)}</p>
      <p class="quiet small">{clip(source, 300)}</p>
      {wrong !== null && (
        <p class="caution">
          <Icon name="warning" />
          <span>The guide is wrong here: {clip(wrong, 400)}</span>
        </p>
      )}
    </li>
  );
}

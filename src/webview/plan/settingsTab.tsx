import type { ComponentChildren, JSX } from 'preact';
import { clip } from '../shared/shownText';
import type { PlanModel } from './planModel';
import { exactCount, ms, percent } from './words';

/** Settings and figures of the statement as a whole, which no node has. */
export function SettingsTab({ model }: { readonly model: PlanModel }): JSX.Element {
  const { view } = model;
  const times = [
    ...(view.planningMs === undefined ? [] : [{ name: 'Planning time', value: ms(view.planningMs) }]),
    ...(view.executionMs === undefined ? [] : [{ name: 'Execution time', value: ms(view.executionMs) }]),
    ...(view.jitMs === undefined ? [] : [{ name: 'JIT compilation', value: ms(view.jitMs) }]),
    ...(view.totalCost === undefined ? [] : [{ name: 'Planner cost (estimated)', value: exactCount(view.totalCost) }]),
    { name: 'Nodes', value: exactCount(view.nodes.length) },
  ];
  return (
    <div class="settings-tab">
      <Part title="The statement as a whole">
        <Pairs pairs={times} />
      </Part>
      <Part title="Settings that differ from their defaults">
        {view.settings === undefined || view.settings.length === 0 ? (
          <p class="quiet">None that PostgreSQL named. It lists them when the option SETTINGS is on.</p>
        ) : (
          <Pairs pairs={view.settings} isCode />
        )}
      </Part>
      {view.statistics && view.statistics.length > 0 && (
        <Part title="Statistics">
          <Pairs pairs={view.statistics} />
        </Part>
      )}
      {view.triggers.length > 0 && (
        <Part title="Triggers">
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">Trigger or constraint</th>
                <th scope="col" class="number">
                  Calls
                </th>
                <th scope="col" class="number">
                  Time
                </th>
                <th scope="col" class="number">
                  Share
                </th>
              </tr>
            </thead>
            <tbody>
              {view.triggers.map((trigger, index) => (
                <tr key={index}>
                  <th scope="row">{clip(trigger.name)}</th>
                  <td class="number">{exactCount(trigger.calls)}</td>
                  <td class="number">{ms(trigger.ms)}</td>
                  <td class="number">{view.executionMs ? percent(trigger.ms / view.executionMs) : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <section class="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface PairsProps {
  readonly pairs: readonly { readonly name: string; readonly value: string }[];
  readonly isCode?: boolean;
}

function Pairs({ pairs, isCode }: PairsProps): JSX.Element {
  return (
    <dl class={isCode ? 'pairs code' : 'pairs'}>
      {pairs.map(({ name, value }, index) => (
        <div key={index}>
          <dt>{clip(name)}</dt>
          <dd>{clip(value, 2_000)}</dd>
        </div>
      ))}
    </dl>
  );
}

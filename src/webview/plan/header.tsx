import type { JSX } from 'preact';
import type { PlanView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import type { Actions } from './actions';
import { count, exactCount, ms } from './words';

/** What was explained, where, and the figures of the whole. */
export function Header({ view, actions }: { readonly view: PlanView; readonly actions: Actions }): JSX.Element {
  const triggerMs = view.triggers.reduce((sum, trigger) => sum + trigger.ms, 0);
  return (
    <header class="header">
      <h1 title={view.title}>{view.title}</h1>
      <p class="where">
        {view.connection} · {view.server}
      </p>
      <div class="header-line">
        <dl class="figures">
          {view.analyzed ? (
            <Figure name="Execution" value={ms(view.executionMs)} main />
          ) : (
            <Figure name="Execution" value="not run" main />
          )}
          <Figure name="Planning" value={ms(view.planningMs)} />
          <Figure
            name="Cost"
            value={count(view.totalCost)}
            title={`${exactCount(view.totalCost)} planner cost units`}
          />
          {view.triggers.length > 0 && (
            <Figure
              name="Triggers"
              value={ms(triggerMs)}
              title={view.triggers.map(t => `${t.name}: ${ms(t.ms)} in ${exactCount(t.calls)} calls`).join('\n')}
            />
          )}
          {view.jitMs !== undefined && <Figure name="JIT" value={ms(view.jitMs)} title="Just-in-time compilation" />}
          <Figure name="Nodes" value={exactCount(view.nodes.length)} />
        </dl>
        <div class="toolbar">
          <button type="button" class="secondary" title="Select the statement in the editor" onClick={actions.reveal}>
            <Icon name="goto" />
            <span>Go to SQL</span>
          </button>
          <button
            type="button"
            class="secondary"
            title={view.analyzed ? 'Plan it without executing it' : 'Plan it again'}
            onClick={() => actions.explain(false)}
          >
            Explain
          </button>
          <button
            type="button"
            class="secondary"
            title="Execute it, measure it, roll it back"
            onClick={() => actions.explain(true)}
          >
            <Icon name="run" />
            <span>Explain Analyze</span>
          </button>
        </div>
      </div>
    </header>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly title?: string;
  readonly main?: boolean;
}

function Figure({ name, value, title, main }: FigureProps): JSX.Element {
  return (
    <div class={main ? 'figure main' : 'figure'} title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

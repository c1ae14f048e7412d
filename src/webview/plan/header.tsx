import type { JSX } from 'preact';
import type { PlanHost, PlanView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import type { Actions } from './actions';
import { ExportMenu } from './exports/exportMenu';
import { GoToSource } from './goToSource';
import { PlanChooser } from './planChooser';
import { count, exactCount, ms } from './words';

interface Props {
  readonly view: PlanView;
  readonly actions: Actions;
  readonly host: PlanHost;
  /** The form to run it again is open. */
  readonly isAsking: boolean;
  ask(): void;
}

/** What was explained, where, and the figures of the whole. */
export function Header({ view, actions, host, isAsking, ask }: Props): JSX.Element {
  const triggerMs = view.triggers.reduce((sum, trigger) => sum + trigger.ms, 0);
  const isFile = view.source === 'file';
  return (
    <header class="header">
      <h1 title={clip(view.title, 1_000)}>{clip(view.title, 500)}</h1>
      <p class="where">
        {[view.connection, view.server]
          .filter(Boolean)
          .map(text => clip(text))
          .join(' · ')}
      </p>
      {view.place && <PlanChooser place={view.place} actions={actions} />}
      <div class="header-line">
        <dl class="figures">
          <Figure name="Execution" value={view.analyzed ? ms(view.executionMs) : 'not run'} main />
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
              title={view.triggers
                .slice(0, 20)
                .map(trigger => `${clip(trigger.name, 120)}: ${ms(trigger.ms)} in ${exactCount(trigger.calls)} calls`)
                .join('\n')}
            />
          )}
          {view.jitMs !== undefined && <Figure name="JIT" value={ms(view.jitMs)} title="Just-in-time compilation" />}
          <Figure name="Nodes" value={exactCount(view.nodes.length)} />
        </dl>
        <div class="toolbar">
          <GoToSource view={view} class="secondary" go={actions.reveal} />
          {!isFile && (
            <>
              <button
                type="button"
                class="secondary"
                title={view.analyzed ? 'Plan it without executing it' : 'Plan it again'}
                onClick={() => actions.explain({ analyze: false })}
              >
                Explain
              </button>
              <button
                type="button"
                class="secondary"
                title="Execute it, measure it, roll it back"
                onClick={() => actions.explain({ analyze: true })}
              >
                <Icon name="run" />
                <span>Explain Analyze</span>
              </button>
              <button
                type="button"
                class="secondary"
                title="With other options, settings or parameters, several times, compared"
                aria-expanded={isAsking}
                onClick={ask}
              >
                <Icon name="again" />
                <span>Run again …</span>
              </button>
            </>
          )}
          <ExportMenu view={view} host={host} />
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

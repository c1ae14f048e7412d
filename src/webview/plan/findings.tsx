import type { JSX } from 'preact';
import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import type { Actions } from './actions';
import { ms } from './words';

interface Props {
  readonly findings: readonly PlanFinding[];
  /** To name the node a finding is about; left out where that is plain. */
  readonly nodes?: ReadonlyMap<number, NodeView>;
  readonly actions: Actions;
}

/** What the plan rules found, each with the figures that decided and what to do next. */
export function Findings({ findings, nodes, actions }: Props): JSX.Element {
  return (
    <ul class="findings">
      {findings.map((finding, index) => {
        const node = finding.nodeId === undefined ? undefined : nodes?.get(finding.nodeId);
        return (
          <li key={index} class={`finding ${finding.severity}`}>
            <Icon name={finding.severity} />
            <div class="finding-words">
              <p class="finding-message">
                <span class="sr-only">{finding.severity}: </span>
                {finding.message}
              </p>
              <p class="quiet">{finding.evidence}</p>
              {finding.nextStep && <p>{finding.nextStep}</p>}
              <p class="finding-links">
                {finding.savesMs !== undefined && <span class="badge">saves up to {ms(finding.savesMs)}</span>}
                {node && (
                  <button type="button" class="link" onClick={() => actions.select(node.id)}>
                    {node.nodeType} {node.detail}
                  </button>
                )}
                <button
                  type="button"
                  class="link rule"
                  title="What this rule looks at"
                  onClick={() => actions.openRule(finding.rule)}
                >
                  {finding.rule}
                </button>
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

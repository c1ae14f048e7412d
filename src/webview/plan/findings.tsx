import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { FindingSteps } from './findingSteps';
import type { PlanModel } from './planModel';
import { ms, withBytes } from './words';
import { nodeName } from './nodeText';

/** pgMustard shows its best three only; ours are all there, the best three unfolded. */
const OPEN_AT_FIRST = 3;

interface Props {
  readonly findings: readonly PlanFinding[];
  /** To name the node a finding is about; left out where that is plain. */
  readonly nodes?: ReadonlyMap<number, NodeView>;
  /** Index of the finding that was gone to by key. */
  readonly current?: number;
  readonly model: PlanModel;
}

/** What the plan rules found, what saves most first, each with the figures that decided and what to do next. */
export function Findings({ findings, nodes, current, model }: Props): JSX.Element {
  return (
    <ol class="findings">
      {findings.map((finding, index) => (
        <FindingItem
          // another plan begins with its own findings unfolded
          key={`${finding.rule} ${finding.nodeId ?? ''} ${index}`}
          finding={finding}
          node={finding.nodeId === undefined ? undefined : nodes?.get(finding.nodeId)}
          isOpenAtFirst={index < OPEN_AT_FIRST}
          isCurrent={index === current}
          model={model}
        />
      ))}
    </ol>
  );
}

interface ItemProps {
  readonly finding: PlanFinding;
  readonly node: NodeView | undefined;
  readonly isOpenAtFirst: boolean;
  readonly isCurrent: boolean;
  readonly model: PlanModel;
}

function FindingItem({ finding, node, isOpenAtFirst, isCurrent, model }: ItemProps): JSX.Element {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const item = useRef<HTMLLIElement>(null);
  const { actions } = model;
  useLayoutEffect(() => {
    if (!isCurrent) return;
    setOpen(true);
    // a finding without a node has nothing else to be shown at
    if (finding.nodeId === undefined) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const saves = savings(finding);
  return (
    <li
      class={`finding ${finding.severity}${isCurrent ? ' current' : ''}`}
      aria-current={isCurrent ? 'true' : undefined}
      ref={item}
      onMouseEnter={() => finding.nodeId !== undefined && model.hover(finding.nodeId)}
      onMouseLeave={() => model.hover(null)}
    >
      <button type="button" class="finding-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={finding.severity} />
        <span class="finding-message">
          <span class="sr-only">{finding.severity}: </span>
          {clip(finding.message, 2_000)}
        </span>
        {saves && <span class="saves">{saves}</span>}
        <span class={isOpen ? 'twistie open' : 'twistie'}>
          <Icon name="chevron" />
        </span>
      </button>
      {isOpen && (
        <div class="finding-words">
          <p class="quiet">{clip(finding.evidence, 2_000)}</p>
          {finding.nextStep && <p>{clip(finding.nextStep, 2_000)}</p>}
          <FindingSteps finding={finding} model={model} />
          <p class="finding-links">
            {node && (
              <button type="button" class="link" onClick={() => actions.select(node.id)}>
                {clip(nodeName(node), 200)}
              </button>
            )}
            <button
              type="button"
              class="link rule"
              title="What this rule looks at"
              onClick={() => actions.openRule(finding.rule)}
            >
              {clip(finding.rule, 100)}
            </button>
          </p>
        </div>
      )}
    </li>
  );
}

function savings({ savesMs, savesBlocks }: PlanFinding): string | undefined {
  if (savesMs !== undefined) return `saves up to ${ms(savesMs)}`;
  return savesBlocks === undefined ? undefined : `spares up to ${withBytes(savesBlocks)}`;
}

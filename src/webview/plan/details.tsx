import type { JSX } from 'preact';
import type { NodeView, WorkerView } from '../../protocol/planPanel';
import { CopyButton } from '../shared/copyButton';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { formatBytes } from '../../core/base/units';
import { Findings } from './findings';
import { GoToSource } from './goToSource';
import { blockFigures, estimatedFigures, measuredFigures, nodeName, nodeText, workerName } from './nodeText';
import type { Figure } from './nodeText';
import type { PlanModel } from './planModel';
import { count, exactCount, ms, UNKNOWN } from './words';

/** Longer values are cut where they are shown; what is copied is whole. */
const MOST = 4_000;
/** Values of this length stand across the whole width. */
const LONG = 60;
/** SQL expressions and lists of them: in the editor's font, to be copied one by one. */
const CODE = /^(?!Rows Removed).*(Cond|Filter|Keys?|Output|SQL|Function Call)$/;
/** Said among the figures already: where it is more than none, and of a node with nothing below it. */
const SAID = 'Rows Removed by Filter';
const SAID_OF_LEAF = /^(Shared (Hit|Read|Dirtied|Written)|Temp (Read|Written)|Local Read) Blocks$/;
/** PostgreSQL counts these together with everything below the node; the figures of the node alone are ours. */
const SUM = /^(Shared|Local|Temp) \w+ Blocks$|I\/O (Read|Write) Time$|^WAL /;

interface Props {
  readonly node: NodeView;
  readonly model: PlanModel;
}

/** Everything known about the selected node, measured and estimated apart. */
export function Details({ node, model }: Props): JSX.Element {
  const { actions, view, nodes } = model;
  const findings = view.findings.filter(finding => finding.nodeId === node.id);
  const parent = node.parentId === undefined ? undefined : nodes.get(node.parentId);
  const isSaid = ({ name }: Figure): boolean =>
    (name === SAID && !!node.rowsRemoved) || (node.childCount === 0 && SAID_OF_LEAF.test(name));
  const rest = node.properties.filter(property => !isSaid(property));
  const code = rest.filter(({ name, value }) => CODE.test(name) || value.length > LONG);
  const short = rest.filter(property => !code.includes(property));
  const isSum = ({ name }: Figure): boolean => node.childCount > 0 && SUM.test(name);
  return (
    <section class="details" aria-labelledby="details-title">
      <div class="section-head">
        <h2 id="details-title">
          {node.subplanName && <span class="subplan">{clip(node.subplanName, 60)}</span>}
          <span class="node-type">{clip(node.nodeType, 120)}</span>{' '}
          <span class="node-detail">{clip(node.detail, 500)}</span>
        </h2>
        <div class="head-buttons">
          {parent && (
            <button
              type="button"
              class="icon-button"
              aria-label="Parent node"
              title={`Parent: ${clip(nodeName(parent), 120)} (Backspace)`}
              onClick={() => actions.select(parent.id)}
            >
              <Icon name="parent" />
            </button>
          )}
          <CopyButton label="Copy node as text" iconOnly text={() => nodeText(node)} copy={actions.copyText} />
          <GoToSource view={view} class="quiet-button" go={() => actions.revealNode(node.id)} />
        </div>
      </div>
      {node.neverExecuted && (
        <p class="never-words">
          <Icon name="never" />
          Never executed: nothing above asked it for a row.
        </p>
      )}
      {findings.length > 0 && <Findings findings={findings} model={model} />}
      <div class="figure-groups">
        <Group title="Measured" figures={measuredFigures(node)} />
        <Group title="Estimated" figures={estimatedFigures(node)} />
        <Group title="Buffers and I/O" figures={blockFigures(node)} />
        <Group title="With all below" figures={short.filter(isSum)} />
        <Group title="More" figures={short.filter(property => !isSum(property))} />
      </div>
      {code.length > 0 && <Conditions conditions={code} model={model} />}
      {node.workers && node.workers.length > 0 && <Workers workers={node.workers} />}
    </section>
  );
}

function Group({
  title,
  figures,
}: {
  readonly title: string;
  readonly figures: readonly Figure[];
}): JSX.Element | null {
  if (figures.length === 0) return null;
  return (
    <section class="figure-group" aria-label={title}>
      <h3>{title}</h3>
      <dl class="pairs">
        {figures.map(({ name, value }, index) => (
          <div key={index}>
            <dt>{clip(name, 200)}</dt>
            <dd>{clip(value, MOST)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface ConditionsProps {
  readonly conditions: readonly Figure[];
  readonly model: PlanModel;
}

function Conditions({ conditions, model }: ConditionsProps): JSX.Element {
  return (
    <dl class="conditions">
      {conditions.map(({ name, value }, index) => (
        <div key={index}>
          <dt>{clip(name, 200)}</dt>
          <dd>
            <div class="condition">
              <code>{clip(value, MOST)}</code>
              {value.length > MOST && (
                <p class="quiet">
                  The first {exactCount(MOST)} characters of {formatBytes(value.length)}; copy it for all.
                </p>
              )}
            </div>
            <CopyButton label={`Copy ${clip(name, 60)}`} iconOnly text={() => value} copy={model.actions.copyText} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Workers({ workers }: { readonly workers: readonly WorkerView[] }): JSX.Element {
  const most = Math.max(...workers.map(worker => worker.totalMs ?? 0)) || 1;
  const hasMore = workers.some(worker => worker.properties.length > 0);
  return (
    <section class="workers">
      <h3>Who did what</h3>
      <div class="sideways" tabIndex={0} role="group" aria-label="Processes">
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col" class="number">
                Rows
              </th>
              <th scope="col" class="number">
                Loops
              </th>
              {hasMore && <th scope="col">More</th>}
            </tr>
          </thead>
          <tbody>
            {workers.map((worker, index) => (
              <tr key={index}>
                <th scope="row">{workerName(worker.number)}</th>
                <td class="number">
                  {ms(worker.totalMs)}
                  <span class="track cool">
                    <span class="fill" style={{ width: `${((worker.totalMs ?? 0) / most) * 100}%` }} />
                  </span>
                </td>
                <td class="number" title={exactCount(worker.rows)}>
                  {count(worker.rows)}
                </td>
                <td class="number">{worker.loops === undefined ? UNKNOWN : exactCount(worker.loops)}</td>
                {hasMore && (
                  <td class="quiet">
                    {worker.properties.map(({ name, value }) => `${clip(name, 60)}: ${clip(value, 120)}`).join(', ')}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

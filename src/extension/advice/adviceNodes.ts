import type { ExistingIndexFinding } from '../../core/advisor/existingIndexes/finding';
import type { Change, Evidence } from '../../core/advisor/suggestion';
import { formatBytes, formatCost, formatCount, formatMs } from '../../core/base/units';
import type { AdvisedIndexView, AdvisedStatement, AdviceView, Measurement } from '../../protocol/advice';
import { nothingPlanned } from './adviceMessage';
import { evidenceOf, indexKey, keyOf, shortTitle, type AdviceState, type ChangeState } from './adviceState';

/** A row of the tree. */
export interface AdviceNode {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** Name of a codicon. */
  readonly icon?: string;
  /** What menus ask for: `index` for an advised index that is not made yet. */
  readonly kind?: string;
  /** Absent: no box. */
  readonly checked?: boolean;
  readonly isOpen?: boolean;
  /** What a click shows: SQL with what is known of it, or the place of a statement. */
  readonly shows?: { readonly name: string; readonly text: string; readonly place?: string };
  readonly children: readonly AdviceNode[];
}

/** The tree, from its groups down. Groups without rows are left out. */
export function adviceNodes(state: AdviceState): AdviceNode[] {
  const { view } = state;
  const statements = new Map(view.statements.map(statement => [statement.id, statement]));
  const chosen = view.indexes.filter((_, position) => state.checked.has(indexKey(position)));
  const total = chosen.reduce((sum, { estimatedBytes }) => sum + estimatedBytes, 0);
  const size = `${chosen.length < view.indexes.length ? `${chosen.length} checked, ` : ''}${formatBytes(total)}`;
  const advised = view.indexes.map((index, position) => indexNode(index, indexKey(position), statements, state));
  const none: AdviceNode = {
    id: 'none',
    label: view.statements.length === 0 ? `Nothing to advise on: ${nothingPlanned(view)}` : noneText(state),
    icon: view.statements.length === 0 ? 'info' : 'pass',
    children: [],
  };
  return [
    ...(view.source === null
      ? []
      : [
          advised.length === 0
            ? group('advised', 'Advised indexes', [none], '', true, 0)
            : group('advised', 'Advised indexes', advised, size),
        ]),
    group(
      'redundant',
      'Made redundant by them',
      view.redundant.map(each => redundantNode(each, state)),
    ),
    group(
      'existing',
      'Existing indexes',
      view.existing.map(finding => findingNode(finding, state)),
    ),
    group(
      'statements',
      'Statements',
      view.statements.map(statement => statementNode(statement, state, 'all')),
      '',
      false,
    ),
    group('skipped', 'Not planned', view.skipped.map(skippedNode), '', view.statements.length === 0),
    group(
      'notes',
      'Notes',
      view.notes.map((note, position) => ({
        id: `note-${position}`,
        label: note,
        tooltip: note,
        icon: 'info',
        children: [],
      })),
      '',
      false,
    ),
  ].filter(({ children }) => children.length > 0);
}

function group(
  id: string,
  label: string,
  children: readonly AdviceNode[],
  size = '',
  isOpen = true,
  count = children.length,
): AdviceNode {
  return { id, label, description: [String(count), size].filter(Boolean).join(', '), children, isOpen };
}

function noneText({ view, budgetBytes }: AdviceState): string {
  const none = 'No index would make it noticeably cheaper';
  if (budgetBytes === undefined) return none;
  return `${none} within ${formatBytes(budgetBytes)}${view.costBefore > 0 ? '; a larger budget may' : ''}`;
}

/** The word for it may be cut off: the side bar is narrow. */
const STATE_ICONS: Readonly<Record<ChangeState, string>> = {
  applied: 'pass-filled',
  undone: 'database',
  failed: 'error',
};

function indexNode(
  index: AdvisedIndexView,
  key: string,
  statements: ReadonlyMap<number, AdvisedStatement>,
  state: AdviceState,
): AdviceNode {
  const of = (ids: readonly number[], what: string): AdviceNode[] =>
    ids.flatMap(id => {
      const statement = statements.get(id);
      return statement ? statementNode(statement, state, `${key}-${what}`) : [];
    });
  return {
    id: key,
    label: `${formatBytes(index.estimatedBytes)}: ${shortTitle(index.title)}`,
    ...(stateOf(key, state) !== '' && { description: stateOf(key, state) }),
    tooltip: `${index.change.sql.join(';\n')};\n\n${index.why}\n\nLock: ${index.change.locks}`,
    icon: STATE_ICONS[state.states.get(key) ?? 'undone'],
    ...(state.states.get(key) !== 'applied' && { kind: 'index' }),
    ...box(key, state),
    shows: { name: 'create-index.sql', text: changeText(index.title, index.change, evidenceOf(index, state.view)) },
    children: [...of(index.gains, 'gain'), ...of(index.loses, 'lose')],
    isOpen: false,
  };
}

function redundantNode({ index, because, change }: AdviceView['redundant'][number], state: AdviceState): AdviceNode {
  const key = `redundant-${index}`;
  return {
    id: key,
    label: index,
    description: [because, stateOf(key, state)].filter(Boolean).join(', '),
    icon: 'trash',
    ...box(key, state),
    shows: { name: 'drop-index.sql', text: changeText(index, change, { how: 'statistics', text: because }) },
    children: [],
  };
}

const ICONS: Readonly<Record<ExistingIndexFinding['problem'], string>> = {
  invalid: 'error',
  duplicate: 'copy',
  'redundant prefix': 'layers',
  unused: 'circle-slash',
  bloated: 'fold',
  'missing foreign key index': 'key',
};

function findingNode(finding: ExistingIndexFinding, state: AdviceState): AdviceNode {
  const key = keyOf(finding);
  const { title, problem, evidence, change, cautions } = finding;
  return {
    id: key,
    label: title,
    description: [problem, stateOf(key, state)].filter(Boolean).join(', '),
    tooltip: [`${evidence.text} (${evidence.how})`, ...cautions.map(caution => `Note: ${caution}`)].join('\n\n'),
    icon: ICONS[problem],
    ...(change && box(key, state)),
    shows: { name: 'existing-index.sql', text: changeText(title, change, evidence, cautions) },
    children: cautions.map((caution, position) => ({
      id: `${key}-caution-${position}`,
      label: caution,
      tooltip: caution,
      icon: 'warning',
      children: [],
    })),
    isOpen: false,
  };
}

function statementNode(statement: AdvisedStatement, state: AdviceState, within: string): AdviceNode {
  const { id, sql, calls, totalMs, costBefore, costAfter, place, reason } = statement;
  const measured = [state.before.get(id), state.after.get(id)].map(measuredText).filter(Boolean).join(' → ');
  const gained = costAfter < costBefore ? 'arrow-down' : costAfter > costBefore ? 'arrow-up' : 'dash';
  const seen = totalMs === undefined ? '' : `${formatMs(totalMs)} in `;
  const counted = calls === 1 && totalMs === undefined ? [] : [`${seen}${formatCount(Math.round(calls))} calls`];
  // The figures come first: the text of a statement is longer than the side bar is wide.
  const now = typeof state.cost === 'object' ? '?' : formatCost(costAfter);
  const cost = `cost ${formatCost(costBefore)} → ${now}`;
  return {
    id: `${within}-statement-${id}`,
    label: measured === '' ? cost : `measured ${measured}, ${cost}`,
    description: [...counted, shorten(sql)].join(', '),
    tooltip: `${sql.length > 2000 ? `${sql.slice(0, 2000)}…` : sql}${place === undefined ? '' : `\n\n${place}`}`,
    icon: gained,
    shows: { name: `statement-${id}.sql`, text: `${sql};\n`, ...(place !== undefined && { place }) },
    children: reason === undefined ? [] : [reasonNode(`${within}-reason-${id}`, reason)],
    isOpen: false,
  };
}

function reasonNode(id: string, reason: string): AdviceNode {
  return { id, label: 'no index', description: reason, tooltip: reason, icon: 'info', children: [] };
}

function skippedNode({ id, reason, sql }: AdviceView['skipped'][number]): AdviceNode {
  return {
    id: `skipped-${id}`,
    label: reason,
    description: shorten(sql),
    tooltip: `${sql}\n\n${reason}`,
    icon: 'debug-step-over',
    shows: { name: `statement-${id}.sql`, text: `${sql};\n` },
    children: [],
  };
}

function box(key: string, { checked, states }: AdviceState): { checked?: boolean } {
  return states.get(key) === 'applied' ? {} : { checked: checked.has(key) };
}

function stateOf(key: string, { states }: AdviceState): string {
  return states.get(key) ?? '';
}

function measuredText(measurement: Measurement | undefined): string {
  if (!measurement) return '';
  return measurement.executionMs === null ? (measurement.problem ?? 'failed') : formatMs(measurement.executionMs);
}

function changeText(
  title: string,
  change: Change | null,
  evidence: Evidence,
  cautions: readonly string[] = [],
): string {
  const lines = [title, `${evidence.how}: ${evidence.text}`, ...cautions.map(caution => `Note: ${caution}`)];
  const heading = lines.map(line => line.replace(/^/gm, '-- ')).join('\n');
  if (!change) return `${heading}\n`;
  const undo = change.inverse.map(sql => `-- ${sql};\n`).join('');
  return `${heading}\n-- Lock: ${change.locks}\n${change.sql.map(sql => `${sql};\n`).join('')}${undo === '' ? '' : `\n-- Undo:\n${undo}`}`;
}

function shorten(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

import type { ExistingIndexFinding } from '../../core/advisor/existingIndexes/finding';
import type { Change, Evidence } from '../../core/advisor/suggestion';
import { formatBytes, formatCost, formatCount, formatMs } from '../../core/base/units';
import type { AdvisedIndexView, AdvisedStatement, AdviceView, Measurement } from '../../protocol/advice';

/** A change the view offers, with the box that chooses it. */
export interface OfferedChange {
  readonly key: string;
  readonly title: string;
  readonly change: Change;
  readonly evidence: Evidence;
  /** Bytes it takes; negative for what it gives back. */
  readonly bytes: number;
}

export type ChangeState = 'applied' | 'undone';

/** What the view shows. */
export interface AdviceState {
  readonly view: AdviceView;
  readonly connection: string;
  readonly budgetBytes?: number;
  /** Keys of the changes whose box is checked. */
  readonly checked: ReadonlySet<string>;
  readonly states: ReadonlyMap<string, ChangeState>;
  /** By statement: before and after the first change. */
  readonly before: ReadonlyMap<number, Measurement>;
  readonly after: ReadonlyMap<number, Measurement>;
}

/** A row of the tree. */
export interface AdviceNode {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** Name of a codicon. */
  readonly icon?: string;
  /** Absent: no box. */
  readonly checked?: boolean;
  readonly isOpen?: boolean;
  /** What a click shows: SQL with what is known of it, or the place of a statement. */
  readonly shows?: { readonly name: string; readonly text: string; readonly place?: string };
  readonly children: readonly AdviceNode[];
}

/** Every change the view offers, in the order in which they are shown and made. */
export function offeredChanges(view: AdviceView): OfferedChange[] {
  const advised = view.indexes.map((index, position) => ({
    key: `index-${position}`,
    title: `Index on ${index.title}`,
    change: index.change,
    evidence: evidenceOf(index, view),
    bytes: index.estimatedBytes,
  }));
  const redundant = view.redundant.flatMap(({ index, because, change }) =>
    change
      ? {
          key: `redundant-${index}`,
          title: `Drop ${index}`,
          change,
          evidence: { how: 'statistics' as const, text: because },
          bytes: 0,
        }
      : [],
  );
  const existing = view.existing.flatMap(finding =>
    finding.change
      ? {
          key: keyOf(finding),
          title: finding.title,
          change: finding.change,
          evidence: finding.evidence,
          bytes: finding.index === null ? (finding.sizeBytes ?? 0) : -(finding.reclaimableBytes ?? 0),
        }
      : [],
  );
  return [...advised, ...redundant, ...existing];
}

/** Advised indexes are chosen to begin with; what would be dropped or rebuilt is for the reader to choose. */
export function initiallyChecked(view: AdviceView): Set<string> {
  return new Set(view.indexes.map((_, position) => `index-${position}`));
}

/** The line above the tree. */
export function adviceMessage({ view, budgetBytes, checked }: AdviceState): string {
  const chosen = offeredChanges(view).filter(({ key, bytes }) => checked.has(key) && bytes > 0);
  const bytes = chosen.reduce((sum, each) => sum + each.bytes, 0);
  const budget = budgetBytes === undefined ? 'no budget' : `of a budget of ${formatBytes(budgetBytes)}`;
  const size = `${formatBytes(bytes)} checked, ${budget}.`;
  if (view.source === null) return `${view.existing.length} findings about existing indexes. ${size}`;
  const cost = `cost ${formatCost(view.costBefore)} → ${formatCost(view.costAfter)} (${view.whatIf ?? 'what-if'})`;
  const limit = view.timeLimitReached ? ' The time limit was reached.' : '';
  return `${view.source}: ${cost}. ${size}${limit}`;
}

/** The tree, from its groups down. Groups without rows are left out. */
export function adviceNodes(state: AdviceState): AdviceNode[] {
  const { view } = state;
  const statements = new Map(view.statements.map(statement => [statement.id, statement]));
  const total = view.indexes.reduce((sum, { estimatedBytes }) => sum + estimatedBytes, 0);
  const advised = view.indexes.map((index, position) => indexNode(index, `index-${position}`, statements, state));
  const none: AdviceNode = {
    id: 'none',
    label: 'No index would make it noticeably cheaper',
    icon: 'pass',
    children: [],
  };
  return [
    ...(view.source === null
      ? []
      : [group('advised', 'Advised indexes', advised.length === 0 ? [none] : advised, formatBytes(total))]),
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
    group('skipped', 'Not planned', view.skipped.map(skippedNode), '', false),
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

function group(id: string, label: string, children: readonly AdviceNode[], size = '', isOpen = true): AdviceNode {
  return { id, label, description: [children.length, size].filter(Boolean).join(', '), children, isOpen };
}

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
    label: `${formatBytes(index.estimatedBytes)}: ${index.title.replace(/^public\./, '')}`,
    ...(stateOf(key, state) !== '' && { description: stateOf(key, state) }),
    tooltip: `${index.change.sql.join(';\n')};\n\n${index.why}\n\nLock: ${index.change.locks}`,
    icon: 'database',
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
    ...(change && box(key, state)),
    ...(change && {
      shows: { name: 'drop-index.sql', text: changeText(index, change, { how: 'statistics', text: because }) },
    }),
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
  const { id, sql, calls, totalMs, costBefore, costAfter, place } = statement;
  const measured = [state.before.get(id), state.after.get(id)].map(measuredText).filter(Boolean).join(' → ');
  const gained = costAfter < costBefore ? 'arrow-down' : costAfter > costBefore ? 'arrow-up' : 'dash';
  const seen = totalMs === undefined ? '' : `${formatMs(totalMs)} in `;
  const counted = calls === 1 && totalMs === undefined ? [] : [`${seen}${formatCount(Math.round(calls))} calls`];
  // The figures come first: the text of a statement is longer than the side bar is wide.
  const cost = `cost ${formatCost(costBefore)} → ${formatCost(costAfter)}`;
  return {
    id: `${within}-statement-${id}`,
    label: measured === '' ? cost : `measured ${measured}, ${cost}`,
    description: [...counted, shorten(sql)].join(', '),
    tooltip: `${sql.length > 2000 ? `${sql.slice(0, 2000)}…` : sql}${place === undefined ? '' : `\n\n${place}`}`,
    icon: gained,
    shows: { name: `statement-${id}.sql`, text: `${sql};\n`, ...(place !== undefined && { place }) },
    children: [],
  };
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

function evidenceOf(index: AdvisedIndexView, view: AdviceView): Evidence {
  return { how: view.whatIf ?? 'statistics', text: index.why };
}

function keyOf({ problem, index, title }: ExistingIndexFinding): string {
  return `${problem}-${index ?? title}`;
}

function shorten(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

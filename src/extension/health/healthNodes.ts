import type { ChecklistResult, ChecklistVerdict } from '../../core/health/checklist/index';
import type { HealthGroup, HealthItem, HealthResult, HealthStatus, HealthStep } from '../../core/health/check';
import type { HealthView } from '../../protocol/health';

/** A row of the tree. */
export interface HealthNode {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly status: HealthStatus;
  readonly step?: HealthStep;
  readonly isOpen: boolean;
  readonly children: readonly HealthNode[];
}

const GROUPS: Readonly<Record<HealthGroup, string>> = {
  statements: 'Statements',
  cache: 'Cache',
  connections: 'Connections',
  sessions: 'Sessions and Locks',
  vacuum: 'Vacuum and Statistics',
  indexes: 'Indexes',
  storage: 'Storage and WAL',
  replication: 'Replication',
  limits: 'Hard Limits',
};

/** From the worst on. */
const ORDER: readonly HealthStatus[] = ['critical', 'warning', 'ok', 'unknown'];

/** Earlier values of each check, oldest first. */
export interface EarlierValues {
  values(check: string): readonly number[];
}

/** What needs somebody stands first; else the groups keep their order. */
export function healthNodes({ results, checklist = [] }: HealthView, history: EarlierValues): HealthNode[] {
  const nodes = (Object.keys(GROUPS) as HealthGroup[]).flatMap(group => {
    const mine = results.filter(result => result.group === group);
    if (mine.length === 0) return [];
    const status = ORDER.find(each => mine.some(result => result.status === each)) ?? 'unknown';
    const isAlarming = status === 'critical' || status === 'warning';
    return {
      id: group,
      label: GROUPS[group],
      description: isAlarming ? alarmCount(mine) : '',
      tooltip: '',
      status,
      isOpen: isAlarming,
      children: worstFirst(mine).map(result => checkNode(result, history.values(result.id))),
    };
  });
  const open = nodes.filter(({ isOpen }) => isOpen);
  const closed = nodes.filter(({ isOpen }) => !isOpen);
  return [...open, ...closed, ...(checklist.length > 0 ? [checklistNode(checklist)] : [])];
}

/** One line above the tree: how it is altogether. */
export function healthMessage({ results, at, costMs }: HealthView): string {
  const count = (status: HealthStatus): number => results.filter(result => result.status === status).length;
  const parts = [
    `${count('critical')} critical`,
    `${count('warning')} warnings`,
    `${count('ok')} ok`,
    `${count('unknown')} unknown`,
  ];
  return `${parts.join(', ')}. Asked at ${at.slice(11, 19)} UTC, within ${Math.round(costMs)} ms.`;
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A chart of one line of text: empty for fewer than three values, and for those that are all the same. */
export function sparkline(values: readonly number[]): string {
  if (values.length < 3) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return '';
  const last = BARS.length - 1;
  return values.map(value => BARS[Math.round(((value - low) / (high - low)) * last)]!).join('');
}

function checkNode(result: HealthResult, values: readonly number[]): HealthNode {
  const { id, title, status, shown, detail, items, step, target, critical, source } = result;
  const facts = [
    `**${title}**: ${shown || 'not known'}`,
    detail,
    [target && `Target: ${target}`, critical && `critical: ${critical}`].filter(Boolean).join(', '),
    `Source: ${source}`,
  ];
  return {
    id,
    label: title,
    description: [shown || detail, sparkline(values.slice(-20))].filter(Boolean).join('  '),
    tooltip: facts.filter(Boolean).join('\n\n'),
    status,
    ...(step && { step }),
    isOpen: status === 'critical' || status === 'warning',
    children: items.map((item, position) => itemNode(id, item, position)),
  };
}

const VERDICTS: Readonly<Record<ChecklistVerdict, HealthStatus>> = {
  pass: 'ok',
  fail: 'warning',
  'cannot be seen': 'unknown',
  'not applicable': 'unknown',
};

/** The guide's checklist: closed, as what is wrong now stands above it. */
function checklistNode(checklist: readonly ChecklistResult[]): HealthNode {
  const failed = checklist.filter(({ verdict }) => verdict === 'fail').length;
  return {
    id: 'checklist',
    label: 'Checklist',
    description: failed > 0 ? `${failed} of ${checklist.length} fail` : '',
    tooltip: 'The tuning checklist of guide 002, corrected, as far as a server shows it',
    status: failed > 0 ? 'warning' : 'ok',
    isOpen: false,
    children: checklist.map(({ id, title, verdict, figure, target, remedy, correction }) => ({
      id: `checklist/${id}`,
      label: title,
      description: `${verdict}: ${figure}`,
      tooltip: [`**${title}**: ${verdict}`, figure, `Target: ${target}`, remedy && `What helps: ${remedy}`, correction]
        .filter(Boolean)
        .join('\n\n'),
      status: VERDICTS[verdict],
      isOpen: false,
      children: [],
    })),
  };
}

function itemNode(check: string, { name, detail, status, step }: HealthItem, position: number): HealthNode {
  return {
    id: `${check}/${position}/${name}`,
    label: name,
    description: detail,
    tooltip: `**${name.trim()}**\n\n${detail}${step?.sql ? `\n\n\`\`\`sql\n${step.sql}\n\`\`\`` : ''}`,
    status,
    ...(step && { step }),
    isOpen: false,
    children: [],
  };
}

function worstFirst(results: readonly HealthResult[]): HealthResult[] {
  return ORDER.flatMap(status => results.filter(result => result.status === status));
}

function alarmCount(results: readonly HealthResult[]): string {
  const [critical, warnings] = (['critical', 'warning'] as const).map(
    status => results.filter(result => result.status === status).length,
  );
  return [critical ? `${critical} critical` : '', warnings ? `${warnings} to look at` : ''].filter(Boolean).join(', ');
}

import type { ExplainAgain, PlanView } from '../../protocol/planPanel';

/** What is filled into the form, as it stands there. */
export interface RunForm {
  readonly analyze: boolean;
  readonly options: ReadonlySet<string>;
  /** Planner methods to switch off: `enable_seqscan`. */
  readonly off: ReadonlySet<string>;
  readonly workMem: string;
  /** `name = value`, one a line. */
  readonly settings: string;
  readonly askParameters: boolean;
  readonly runs: string;
  readonly compare: boolean;
}

export interface ExplainOption {
  readonly name: string;
  readonly explanation: string;
  readonly needsAnalyze?: boolean;
  /** The major version that brought it. */
  readonly since?: number;
}

export const EXPLAIN_OPTIONS: readonly ExplainOption[] = [
  { name: 'BUFFERS', explanation: 'blocks from cache and from disk' },
  { name: 'WAL', explanation: 'what a change writes to the log', needsAnalyze: true, since: 13 },
  { name: 'SETTINGS', explanation: 'planner settings that differ from their defaults', since: 12 },
  { name: 'VERBOSE', explanation: 'output columns, schemas, each worker' },
  { name: 'TIMING', explanation: 'time of each node; off measures with less overhead', needsAnalyze: true },
  { name: 'MEMORY', explanation: 'memory the planner took', since: 17 },
  { name: 'SERIALIZE', explanation: 'cost of turning the result into text', needsAnalyze: true, since: 17 },
];

export const PLANNER_METHODS = [
  'enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan', 'enable_nestloop',
  'enable_hashjoin', 'enable_mergejoin', 'enable_hashagg', 'enable_sort', 'enable_incremental_sort',
  'enable_material', 'enable_memoize', 'enable_gathermerge', 'enable_parallel_hash', 'jit',
] as const; // prettier-ignore

export const MOST_RUNS = 50;

export function emptyForm(analyze: boolean): RunForm {
  return {
    analyze,
    options: new Set(['BUFFERS', 'SETTINGS', 'TIMING']),
    off: new Set(),
    workMem: '',
    settings: '',
    askParameters: false,
    runs: '1',
    compare: true,
  };
}

/** The major version in "PostgreSQL 18.4"; undefined when the words are others. */
export function majorVersion(server: string): number | undefined {
  const digits = /PostgreSQL (\d+)/.exec(server)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Why the option cannot be chosen now, or nothing. */
export function whyUnavailable(option: ExplainOption, form: RunForm, version: number | undefined): string | undefined {
  if (option.since !== undefined && version !== undefined && version < option.since) {
    return `since PostgreSQL ${option.since}`;
  }
  return option.needsAnalyze && !form.analyze ? 'needs ANALYZE' : undefined;
}

/** Why nothing can be run again from this view, or nothing. */
export function whyFixed(view: PlanView): string | undefined {
  if (view.source === 'file') return 'This plan was read from a file: there is no connection to run it on.';
  return undefined;
}

export interface FormErrors {
  readonly workMem?: string;
  readonly settings?: string;
  readonly runs?: string;
}

/** What to ask the extension for, or what has to be put right first. */
export function readForm(
  form: RunForm,
  version: number | undefined,
): { readonly request?: ExplainAgain; readonly errors: FormErrors } {
  const errors: { workMem?: string; settings?: string; runs?: string } = {};
  const settings = new Map<string, string>();
  for (const name of form.off) settings.set(name, 'off');
  const workMem = form.workMem.trim();
  if (workMem !== '') {
    if (/^\d+(\.\d+)?\s*(B|kB|MB|GB|TB)$/.test(workMem)) settings.set('work_mem', workMem.replace(/\s+/g, ''));
    else errors.workMem = 'A size with its unit, such as 64MB (kB, MB, GB).';
  }
  const wrong = readSettings(form.settings, settings);
  if (wrong) errors.settings = wrong;
  const runs = Number(form.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > MOST_RUNS) errors.runs = `A whole number from 1 to ${MOST_RUNS}.`;
  if (Object.keys(errors).length > 0) return { errors };

  const options: Record<string, boolean> = {};
  for (const option of EXPLAIN_OPTIONS) {
    if (!whyUnavailable(option, form, version)) options[option.name] = form.options.has(option.name);
  }
  const request: ExplainAgain = {
    analyze: form.analyze,
    options,
    ...(settings.size > 0 && { settings: Object.fromEntries(settings) }),
    ...(form.askParameters && { askParameters: true }),
    ...(form.analyze && runs > 1 && { runs }),
    ...(form.compare && { compare: true }),
  };
  return { request, errors };
}

/** Adds every `name = value` to the settings; returns what is wrong with the first line that is none. */
function readSettings(text: string, settings: Map<string, string>): string | undefined {
  for (const line of text.split(/\n|;/)) {
    if (line.trim() === '') continue;
    const match = /^\s*(?:set\s+(?:local\s+)?)?([a-z_][\w$]*(?:\.[a-z_][\w$]*)?)\s*(?:=|\bto\b)\s*(.+?)\s*$/i.exec(
      line,
    );
    if (!match) return `“${line.trim().slice(0, 60)}” is not of the form name = value.`;
    const name = match[1]!.toLowerCase();
    if (settings.has(name)) return `${name} is set twice.`;
    settings.set(
      name,
      match[2]!.replace(/^'((?:[^']|'')*)'$/, (_, inner: string) => inner.replaceAll("''", "'")),
    );
  }
  return undefined;
}

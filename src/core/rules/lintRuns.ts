import type { Catalog } from '../catalog/catalog';
import type { Rule } from './defineRule';
import type { Finding, Severity } from './finding';
import { RULES } from './registry';
import type { LintRun } from './statementFindings';
import { DEFAULT_THRESHOLDS } from './thresholds';
import type { Thresholds } from './thresholds';

export interface LintOptions {
  /** Without it, rules that need a catalog are skipped. */
  readonly catalog?: Catalog;
  /** Severity by rule id, instead of the rule's own; `off` silences the rule. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** `server_version_num` the SQL is written for, when no catalog of a server says it. */
  readonly serverVersion?: number;
  readonly thresholds?: Thresholds;
  /** The rules to run; all of them unless a test says otherwise. */
  readonly rules?: readonly Rule[];
  /** The statements do not run one after the other, as those in the strings of a program: the rest of the file is silent. */
  readonly isolated?: boolean;
  /** Told when a rule fails on a statement; the other rules go on. Without it the failure is thrown. */
  readonly ruleFailed?: (rule: string, error: unknown) => void;
}

/** Runs by catalog, which go when it goes, and then by the rest of what makes them up. */
const runs = new WeakMap<object, { readonly options: LintOptions; readonly run: LintRun }[]>();
const NO_CATALOG = {};
/** Some folders with configurations of their own. */
const KEPT_RUNS = 8;

/** Equal options give the same run, so that findings are kept. */
export function asRun(options: LintOptions): LintRun {
  const known = runs.get(options.catalog ?? NO_CATALOG) ?? [];
  const found = known.find(entry => isSameRun(entry.options, options));
  if (found) return found.run;
  const { catalog, thresholds = DEFAULT_THRESHOLDS, ruleFailed } = options;
  const rules = (options.rules ?? RULES).filter(rule => !isOff(rule, options));
  const run: LintRun = {
    alone: rules.filter(rule => !rule.needs.includes('file')),
    inFile: options.isolated ? [] : rules.filter(rule => rule.needs.includes('file')),
    catalog,
    serverVersion: catalog?.serverVersion ?? options.serverVersion,
    thresholds,
    ...(ruleFailed && { ruleFailed }),
  };
  runs.set(options.catalog ?? NO_CATALOG, [{ options, run }, ...known.slice(0, KEPT_RUNS - 1)]);
  return run;
}

/** Severities are compared by value: an editor's settings are put together anew each time. */
function isSameRun(a: LintOptions, b: LintOptions): boolean {
  return (
    a.rules === b.rules &&
    a.serverVersion === b.serverVersion &&
    a.thresholds === b.thresholds &&
    a.ruleFailed === b.ruleFailed &&
    a.isolated === b.isolated &&
    (a.severities === b.severities || JSON.stringify(a.severities) === JSON.stringify(b.severities))
  );
}

function isOff(rule: Rule, { severities: wanted, rules }: LintOptions): boolean {
  // A caller who names the rules to run wants the optional ones among them.
  return (wanted?.[rule.id] ?? (rule.optional && !rules ? 'off' : undefined)) === 'off';
}

/** Whether a rule was asked at all: an allow of one that was not may be needed elsewhere. */
export function hasRun(id: string, options: LintOptions): boolean {
  if (id.startsWith('plan/')) return false;
  const rule = (options.rules ?? RULES).find(candidate => candidate.id === id);
  if (!rule) return options.severities?.[id] !== 'off';
  if (options.isolated && rule.needs.includes('file')) return false;
  return !isOff(rule, options) && !(rule.needs.includes('catalog') && options.catalog === undefined);
}

/** The severity each finding is shown with; undefined for what is switched off. */
export function severities({ severities: wanted = {} }: LintOptions): (finding: Finding) => Severity | undefined {
  // Asked for every finding of a document after each edit, and most often there are none.
  const byRule = new Map(Object.entries(wanted));
  if (byRule.size === 0) return ({ severity }) => severity;
  return ({ rule, severity: own }) => {
    const severity = byRule.get(rule);
    return severity === 'off' ? undefined : (severity ?? own);
  };
}

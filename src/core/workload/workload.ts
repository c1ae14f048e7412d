import { fingerprint } from '../sql/fingerprint';

/** A statement seen once or counted somewhere. */
export interface ObservedStatement {
  /** Parameters as `$1`, or with their values written in. */
  readonly sql: string;
  readonly calls: number;
  /** Execution time of all calls, in ms; absent where nobody measured. */
  readonly totalMs?: number;
  /** Blocks read from outside shared buffers, and temporary blocks read and written, by all calls. */
  readonly readBlocks?: number;
  readonly tempBlocks?: number;
  /** Where it stands: `queries.sql:12`. */
  readonly place?: string;
  /** What told of it, where one execution may be told of twice: a duration and a plan. */
  readonly channel?: string;
}

/** A statement of a workload: all that share its form counted together, each kept form planned for its share of them. */
export interface WorkloadEntry {
  /** Place of its first occurrence, from 1. */
  readonly id: number;
  readonly fingerprint: string;
  readonly sql: string;
  /** How often it runs: its weight. */
  readonly calls: number;
  readonly totalMs?: number;
  readonly readBlocks?: number;
  readonly tempBlocks?: number;
  readonly place?: string;
}

export type WorkloadOrder = 'total' | 'mean' | 'calls' | 'reads' | 'temp';

/** Different values may need different plans: so many forms of a statement are planned. */
const MOST_VARIANTS = 4;
/** A log may hold any number of statements; beyond so many forms those that matter least are forgotten. */
const MOST_FORMS = 5_000;
/** Texts whose fingerprint is remembered: the same text often comes again. */
const REMEMBERED_TEXTS = 2_000;

interface Totals {
  calls: number;
  totalMs: number | undefined;
  readBlocks: number | undefined;
  tempBlocks: number | undefined;
}

interface Variant {
  readonly id: number;
  readonly sql: string;
  readonly place: string | undefined;
  calls: number;
}

interface Form {
  readonly variants: Variant[];
  readonly channels: Map<string, Totals>;
}

/** Counts statements by their form, in bounded memory. */
export class WorkloadCollector {
  private readonly forms = new Map<string, Form>();
  private readonly fingerprints = new Map<string, string>();
  private observed = 0;
  private forgotten = 0;

  /** Forms that were forgotten because there were too many. */
  get forgottenForms(): number {
    return this.forgotten;
  }

  /** Statements seen. */
  get statements(): number {
    return this.observed;
  }

  /** `key` is the statement's fingerprint, where the caller has it already. */
  add(statement: ObservedStatement, key = this.fingerprintOf(statement.sql)): void {
    const id = ++this.observed;
    const { sql, calls, place, channel = '' } = statement;
    const form = this.forms.get(key) ?? { variants: [], channels: new Map<string, Totals>() };
    if (!this.forms.has(key)) {
      if (this.forms.size >= MOST_FORMS) this.forgetHalf();
      this.forms.set(key, form);
    }
    const totals = form.channels.get(channel) ?? {
      calls: 0,
      totalMs: undefined,
      readBlocks: undefined,
      tempBlocks: undefined,
    };
    form.channels.set(channel, totals);
    totals.calls += calls;
    totals.totalMs = sum(totals.totalMs, statement.totalMs);
    totals.readBlocks = sum(totals.readBlocks, statement.readBlocks);
    totals.tempBlocks = sum(totals.tempBlocks, statement.tempBlocks);
    const variant = form.variants.find(known => known.sql === sql);
    if (variant) variant.calls += calls;
    else if (form.variants.length < MOST_VARIANTS) form.variants.push({ id, sql, place, calls });
  }

  /** In the order of their first occurrence. */
  entries(): WorkloadEntry[] {
    const entries = [...this.forms].flatMap(([key, form]) => {
      // One execution may have been told of on each channel; the fullest one counts.
      const totals = [...form.channels.values()].reduce((best, each) => (each.calls > best.calls ? each : best));
      const kept = form.variants.reduce((all, { calls }) => all + calls, 0);
      return form.variants.map(({ id, sql, place, calls }) => {
        const share = kept === 0 ? 1 / form.variants.length : calls / kept;
        return {
          id,
          fingerprint: key,
          sql,
          calls: totals.calls * share,
          ...(totals.totalMs !== undefined && { totalMs: totals.totalMs * share }),
          ...(totals.readBlocks !== undefined && { readBlocks: totals.readBlocks * share }),
          ...(totals.tempBlocks !== undefined && { tempBlocks: totals.tempBlocks * share }),
          ...(place !== undefined && { place }),
        };
      });
    });
    return entries.sort((a, b) => a.id - b.id);
  }

  private fingerprintOf(sql: string): string {
    const known = this.fingerprints.get(sql);
    if (known !== undefined) return known;
    if (this.fingerprints.size >= REMEMBERED_TEXTS) this.fingerprints.clear();
    const found = fingerprint(sql);
    this.fingerprints.set(sql, found);
    return found;
  }

  private forgetHalf(): void {
    const weight = (form: Form): number =>
      Math.max(...[...form.channels.values()].map(({ totalMs, calls }) => totalMs ?? calls));
    const byWeight = [...this.forms].sort(([, a], [, b]) => weight(a) - weight(b));
    for (const [key] of byWeight.slice(0, Math.floor(MOST_FORMS / 2))) {
      this.forms.delete(key);
      this.forgotten++;
    }
  }
}

/** The `top` entries by what they cost in all; those without a figure come last, in the order of their occurrence. */
export function topEntries(entries: readonly WorkloadEntry[], by: WorkloadOrder, top: number): WorkloadEntry[] {
  const measure: Readonly<Record<WorkloadOrder, (entry: WorkloadEntry) => number | undefined>> = {
    total: entry => entry.totalMs,
    mean: entry => (entry.totalMs === undefined ? undefined : entry.totalMs / Math.max(1, entry.calls)),
    calls: entry => entry.calls,
    reads: entry => entry.readBlocks,
    temp: entry => entry.tempBlocks,
  };
  return [...entries].sort((a, b) => (measure[by](b) ?? -1) - (measure[by](a) ?? -1) || a.id - b.id).slice(0, top);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : a + b;
}

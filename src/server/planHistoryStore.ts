import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { historyEntry } from '../core/plan/history';
import type { HistoryEntry, HistoryRun, StatementHistory } from '../core/plan/history';
import { readEntry, readPackedPlan } from '../core/plan/historyJson';
import { beyondLimits, HISTORY_LIMITS } from '../core/plan/historyLimits';
import type { KeptRun } from '../core/plan/historyLimits';
import { planToKeep } from '../core/plan/historyPlan';
import type { RawObject } from '../core/plan/rawValue';
import type { HistorySize } from '../protocol/server';

/** `<fingerprint>-<id>.json` has the figures of a run, `<fingerprint>-<id>.<bytes>.plan` its plan. */
const RUN_FILE = /^([0-9a-f]{16})-([0-9a-z]{14})\.(?:json|(\d+)\.plan)$/;
/** `<fingerprint>.baseline` has the id of the pinned run. */
const BASELINE_FILE = /^([0-9a-f]{16})\.baseline$/;
/** Half-written; the name it is to get, and when it was begun. */
const UNFINISHED_FILE = /^.+\.([0-9a-z]{14})\.tmp$/;
/** Nobody writes a file for as long. */
const UNFINISHED_MS = 3_600_000;
const FINGERPRINT = /^[0-9a-f]{16}$/;
const ID = /^[0-9a-z]{14}$/;

interface Listed extends KeptRun {
  readonly files: readonly string[];
  readonly hasFigures: boolean;
}

interface Listing {
  readonly runs: readonly Listed[];
  readonly baselines: ReadonlyMap<string, string>;
  readonly unfinished: readonly { readonly file: string; readonly id: string }[];
}

/**
 * The runs of a workspace in a folder, each in files of its own: a file is made whole or not at all, and only ever made
 * or deleted, so that several windows (each with a store of its own) cannot take a run from each other, and damage costs
 * one run.
 */
export class PlanHistoryStore {
  constructor(
    private readonly folder: string,
    private readonly limits = HISTORY_LIMITS,
  ) {}

  /** Remembers a run, and forgets what is then beyond the limits. @throws when the folder cannot be written */
  async add(run: HistoryRun, keepValues: boolean): Promise<HistoryEntry> {
    const entry = historyEntry(run, nextId());
    if (!FINGERPRINT.test(entry.fingerprint)) throw new Error(`${entry.fingerprint} is no fingerprint`);
    await fs.mkdir(this.folder, { recursive: true });
    const plan = planToKeep(run.tree, keepValues);
    const name = `${entry.fingerprint}-${entry.id}`;
    if (plan) {
      const text = JSON.stringify(plan);
      await this.#write(`${name}.${Buffer.byteLength(text)}.plan`, text);
    }
    await this.#write(`${name}.json`, JSON.stringify(entry));
    await this.#forgetOldest();
    return entry;
  }

  async statement(fingerprint: string): Promise<StatementHistory> {
    const { runs, baselines } = await this.#list(fingerprint);
    const texts = await Promise.all(
      runs.filter(({ hasFigures }) => hasFigures).map(({ id }) => this.#read(`${fingerprint}-${id}.json`)),
    );
    const entries = texts
      .flatMap(text => readEntry(text ?? '') ?? [])
      .filter(entry => entry.fingerprint === fingerprint);
    const baseline = baselines.get(fingerprint);
    return {
      entries,
      withPlan: new Set(runs.flatMap(({ id, planBytes }) => (planBytes === undefined ? [] : [id]))),
      ...(baseline !== undefined && entries.some(({ id }) => id === baseline) && { baseline }),
    };
  }

  /** The document EXPLAIN gave; undefined if it is not kept, or damaged. */
  async plan(fingerprint: string, id: string): Promise<RawObject | undefined> {
    const { runs } = await this.#list(fingerprint);
    const file = runs.find(run => run.id === id)?.files.find(name => name.endsWith('.plan'));
    const text = file === undefined ? undefined : await this.#read(file);
    return text === undefined ? undefined : readPackedPlan(text);
  }

  /** Pins a run as the one that each new one is compared with; null pins none. */
  async pin(fingerprint: string, id: string | null): Promise<void> {
    if (!FINGERPRINT.test(fingerprint) || (id !== null && !ID.test(id))) throw new Error('there is no such run');
    const file = `${fingerprint}.baseline`;
    if (id === null) await this.#delete([file]);
    else await this.#write(file, id);
  }

  /** Forgets one statement, or all, with their baselines. */
  async clear(fingerprint?: string): Promise<void> {
    const { runs, baselines, unfinished } = await this.#list(fingerprint);
    await this.#delete([
      ...runs.flatMap(({ files }) => files),
      ...[...baselines.keys()].map(pinned => `${pinned}.baseline`),
      ...(fingerprint === undefined ? unfinished.map(({ file }) => file) : []),
    ]);
  }

  async size(): Promise<HistorySize> {
    const { runs, baselines } = await this.#list();
    const known = runs.filter(({ hasFigures }) => hasFigures);
    const statements = new Set(known.map(({ fingerprint }) => fingerprint)).size;
    return { statements, runs: known.length, baselines: baselines.size };
  }

  async #forgetOldest(): Promise<void> {
    const { runs, baselines, unfinished } = await this.#list();
    const beyond = beyondLimits(runs, this.limits);
    const left = new Set(runs.filter(run => !beyond.runs.includes(run)).map(({ fingerprint }) => fingerprint));
    const oldest = (Date.now() - UNFINISHED_MS).toString(36).padStart(9, '0');
    await this.#delete([
      ...beyond.runs.flatMap(({ files }) => files),
      ...beyond.plans.flatMap(({ files }) => files.filter(file => file.endsWith('.plan'))),
      ...[...baselines.keys()].filter(pinned => !left.has(pinned)).map(pinned => `${pinned}.baseline`),
      ...unfinished.filter(({ id }) => id < oldest).map(({ file }) => file),
    ]);
  }

  /** What is there, from the names alone; of one statement or of all, oldest first. */
  async #list(fingerprint?: string): Promise<Listing> {
    const names = await fs.readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const pins = names.flatMap(name => BASELINE_FILE.exec(name)?.[1] ?? []);
    const baselines = new Map<string, string>();
    for (const pinned of pins.filter(each => fingerprint === undefined || each === fingerprint)) {
      const id = await this.#read(`${pinned}.baseline`);
      if (id !== undefined) baselines.set(pinned, id);
    }
    const runs = new Map<string, Listed & { files: string[] }>();
    for (const name of names.sort()) {
      const [, owner, id, bytes] = RUN_FILE.exec(name) ?? [];
      if (owner === undefined || id === undefined || (fingerprint !== undefined && owner !== fingerprint)) continue;
      const known = runs.get(`${owner}-${id}`);
      const planBytes = bytes === undefined ? known?.planBytes : Number(bytes);
      runs.set(`${owner}-${id}`, {
        fingerprint: owner,
        id,
        isPinned: baselines.get(owner) === id,
        files: [...(known?.files ?? []), name],
        hasFigures: bytes === undefined || known?.hasFigures === true,
        ...(planBytes !== undefined && { planBytes }),
      });
    }
    const unfinished = names.flatMap(file => {
      const id = UNFINISHED_FILE.exec(file)?.[1];
      return id === undefined ? [] : [{ file, id }];
    });
    return { runs: [...runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), baselines, unfinished };
  }

  async #write(name: string, text: string): Promise<void> {
    const unfinished = path.join(this.folder, `${name}.${nextId()}.tmp`);
    await fs.writeFile(unfinished, text);
    await fs.rename(unfinished, path.join(this.folder, name));
  }

  /** Undefined if another window deleted it meanwhile, or it cannot be read. */
  #read(name: string): Promise<string | undefined> {
    return fs.readFile(path.join(this.folder, name), 'utf8').catch(() => undefined);
  }

  async #delete(names: readonly string[]): Promise<void> {
    await Promise.all(names.map(name => fs.rm(path.join(this.folder, name), { force: true })));
  }
}

let lastMs = 0;

/** Time first, so that ids sort by it; then chance, so that two windows never give the same. */
function nextId(): string {
  lastMs = Math.max(lastMs + 1, Date.now());
  const chance = randomBytes(4).readUInt32BE() % 36 ** 5;
  return lastMs.toString(36).padStart(9, '0') + chance.toString(36).padStart(5, '0');
}

import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
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

/** Each statement has a folder by its fingerprint. */
const FINGERPRINT = /^[0-9a-f]{16}$/;
const ID = /^[0-9a-z]{14}$/;
/** `<id>.json` has the figures of a run, `<id>.<bytes>.plan` its plan. */
const RUN_FILE = /^([0-9a-z]{14})\.(?:json|(\d+)\.plan)$/;
/** Has the id of the pinned run. */
const BASELINE_FILE = 'baseline';
/** Half-written; the name it is to get, and when it was begun. */
const UNFINISHED_FILE = /^.+\.([0-9a-z]{14})\.tmp$/;
/** Nobody writes a file for as long. */
const UNFINISHED_MS = 3_600_000;

interface Listed extends KeptRun {
  /** Relative to the folder of all. */
  readonly files: readonly string[];
  readonly hasFigures: boolean;
}

/** What there is of a statement, from the names of its files. */
interface Listing {
  readonly fingerprint: string;
  /** Oldest first. */
  readonly runs: readonly Listed[];
  readonly baseline?: string;
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
    const { id, fingerprint } = entry;
    if (!FINGERPRINT.test(fingerprint)) throw new Error(`${fingerprint} is no fingerprint`);
    const isNewStatement = (await fs.mkdir(path.join(this.folder, fingerprint), { recursive: true })) !== undefined;
    const plan = planToKeep(run.tree, keepValues);
    if (plan) {
      const text = JSON.stringify(plan);
      await this.#write(fingerprint, `${id}.${Buffer.byteLength(text)}.plan`, text);
    }
    await this.#write(fingerprint, `${id}.json`, JSON.stringify(entry));
    // looking through all takes a moment, and only another statement can be one too many
    await this.#forgetOldest(isNewStatement ? await this.#listAll() : [await this.#list(fingerprint)]);
    return entry;
  }

  async statement(fingerprint: string): Promise<StatementHistory> {
    const { runs, baseline } = await this.#list(fingerprint);
    const known = runs.filter(({ hasFigures }) => hasFigures);
    const texts = await Promise.all(known.map(({ id }) => this.#read(path.join(fingerprint, `${id}.json`))));
    const entries = texts.flatMap(text => readEntry(text ?? '') ?? []);
    return {
      entries,
      withPlan: new Set(runs.flatMap(({ id, planBytes }) => (planBytes === undefined ? [] : [id]))),
      ...(baseline !== undefined && entries.some(({ id }) => id === baseline) && { baseline }),
    };
  }

  /** The document EXPLAIN gave; undefined if it is not kept, or damaged. */
  async plan(fingerprint: string, id: string): Promise<RawObject | undefined> {
    const { runs } = await this.#list(fingerprint);
    const file = runs.find(run => run.id === id)?.files.find(isPlanFile);
    const text = file === undefined ? undefined : await this.#read(file);
    return text === undefined ? undefined : readPackedPlan(text);
  }

  /** Pins a run as the one that each new one is compared with; null pins none. */
  async pin(fingerprint: string, id: string | null): Promise<void> {
    if (!FINGERPRINT.test(fingerprint) || (id !== null && !ID.test(id))) throw new Error('there is no such run');
    if (id === null) await this.#delete([path.join(fingerprint, BASELINE_FILE)]);
    else await this.#write(fingerprint, BASELINE_FILE, id);
  }

  /** Forgets one statement, or all, with their baselines. */
  async clear(fingerprint?: string): Promise<void> {
    const listings = fingerprint === undefined ? await this.#listAll() : [await this.#list(fingerprint)];
    await Promise.all(listings.map(listing => this.#clear(listing)));
  }

  async size(): Promise<HistorySize> {
    const listings = (await this.#listAll()).map(({ runs, baseline }) => ({
      runs: runs.filter(({ hasFigures }) => hasFigures).length,
      baseline,
    }));
    return {
      statements: listings.filter(({ runs }) => runs > 0).length,
      runs: listings.reduce((sum, { runs }) => sum + runs, 0),
      baselines: listings.filter(({ runs, baseline }) => runs > 0 && baseline !== undefined).length,
    };
  }

  async #forgetOldest(listings: readonly Listing[]): Promise<void> {
    const beyond = beyondLimits(
      listings.flatMap(({ runs }) => runs),
      this.limits,
    );
    const forgotten = new Set(beyond.runs);
    const oldest = (Date.now() - UNFINISHED_MS).toString(36).padStart(9, '0');
    await this.#delete([
      ...beyond.runs.flatMap(({ files }) => files),
      ...beyond.plans.flatMap(({ files }) => files.filter(isPlanFile)),
      ...listings.flatMap(({ unfinished }) => unfinished.filter(({ id }) => id < oldest).map(({ file }) => file)),
    ]);
    const empty = listings.filter(({ runs }) => runs.every(run => forgotten.has(run)));
    await Promise.all(empty.map(listing => this.#clear({ ...listing, runs: [], unfinished: [] })));
  }

  async #clear({ fingerprint, runs, unfinished }: Listing): Promise<void> {
    await this.#delete([
      path.join(fingerprint, BASELINE_FILE),
      ...runs.flatMap(({ files }) => files),
      ...unfinished.map(({ file }) => file),
    ]);
    // stays if another window has just added something
    await fs.rmdir(path.join(this.folder, fingerprint)).catch(() => undefined);
  }

  async #listAll(): Promise<Listing[]> {
    const entries = await entriesIn(this.folder);
    const folders = entries.filter(entry => entry.isDirectory() && FINGERPRINT.test(entry.name));
    return Promise.all(folders.map(({ name }) => this.#list(name)));
  }

  async #list(fingerprint: string): Promise<Listing> {
    if (!FINGERPRINT.test(fingerprint)) return { fingerprint, runs: [], unfinished: [] };
    const entries = await entriesIn(path.join(this.folder, fingerprint));
    const names = entries.filter(entry => entry.isFile()).map(({ name }) => name);
    const baseline = names.includes(BASELINE_FILE)
      ? await this.#read(path.join(fingerprint, BASELINE_FILE))
      : undefined;
    const runs = new Map<string, Listed>();
    for (const name of names) {
      const [, id, bytes] = RUN_FILE.exec(name) ?? [];
      if (id === undefined) continue;
      const known = runs.get(id);
      const planBytes = bytes === undefined ? known?.planBytes : Number(bytes);
      runs.set(id, {
        fingerprint,
        id,
        isPinned: id === baseline,
        files: [...(known?.files ?? []), path.join(fingerprint, name)],
        hasFigures: bytes === undefined || known?.hasFigures === true,
        ...(planBytes !== undefined && { planBytes }),
      });
    }
    const unfinished = names.flatMap(name => {
      const id = UNFINISHED_FILE.exec(name)?.[1];
      return id === undefined ? [] : [{ file: path.join(fingerprint, name), id }];
    });
    return {
      fingerprint,
      runs: [...runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      ...(baseline !== undefined && { baseline }),
      unfinished,
    };
  }

  async #write(fingerprint: string, name: string, text: string): Promise<void> {
    const folder = path.join(this.folder, fingerprint);
    const unfinished = path.join(folder, `${name}.${nextId()}.tmp`);
    try {
      await fs.writeFile(unfinished, text);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // another window has just cleared the statement
      await fs.mkdir(folder, { recursive: true });
      await fs.writeFile(unfinished, text);
    }
    await fs.rename(unfinished, path.join(folder, name));
  }

  /** Undefined if another window deleted it meanwhile, or it cannot be read. */
  #read(file: string): Promise<string | undefined> {
    return fs.readFile(path.join(this.folder, file), 'utf8').catch(() => undefined);
  }

  async #delete(files: readonly string[]): Promise<void> {
    await Promise.all(files.map(file => fs.rm(path.join(this.folder, file), { force: true })));
  }
}

function isPlanFile(file: string): boolean {
  return file.endsWith('.plan');
}

/** None where there is no folder. */
async function entriesIn(folder: string): Promise<Dirent[]> {
  try {
    return await fs.readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

let lastMs = 0;

/** Time first, so that ids sort by it; then chance, so that two windows never give the same. */
function nextId(): string {
  lastMs = Math.max(lastMs + 1, Date.now());
  const chance = randomBytes(4).readUInt32BE() % 36 ** 5;
  return lastMs.toString(36).padStart(9, '0') + chance.toString(36).padStart(5, '0');
}

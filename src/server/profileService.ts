import { randomUUID } from 'node:crypto';
import { formatCount } from '../core/base/units';
import type { CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError } from '../core/ports';
import { findProfile, PROFILES } from '../core/profiles/evaluateProfile';
import { serviceInstructions } from '../core/profiles/managedService';
import { parseSize, type Profile } from '../core/profiles/profile';
import { trialSettings, type ProfileTrial } from '../core/profiles/profileTrial';
import { reviewProfile, type ReviewedSetting } from '../core/profiles/reviewProfile';
import { describeScope, settingSql, WHOLE_SERVER } from '../core/profiles/settingSql';
import type { UndoneSetting } from '../core/profiles/settingsRecord';
import type { Grammar } from '../core/sql/grammar';
import { plannedEntries } from '../core/workload/planningTexts';
import type { PostgresDatabase } from '../database/connect';
import { adviseTables, type AdvisedTable } from '../database/settings/adviseTables';
import { applySettings } from '../database/settings/applySettings';
import { evaluateOnServer, preflight } from '../database/settings/preflight';
import { readNames, readServerIdentifier } from '../database/settings/readNames';
import { readServerFacts, type AskedFacts, type KnownFacts } from '../database/settings/readServerFacts';
import { readService } from '../database/settings/readService';
import { readSettings, type ReadSetting } from '../database/settings/readSettings';
import { accessTo } from '../database/settings/scopes';
import { tryProfile } from '../database/settings/tryProfile';
import { undoSettings } from '../database/settings/undoSettings';
import type { ReadWorkload } from '../database/workload/readStatStatements';
import type {
  ApplyProfileParams,
  AskedMachine,
  ProfileParams,
  ProfileReview,
  ProfileRun,
  ScriptParams,
  TableLine,
  TryProfileParams,
  UndoProfileParams,
} from '../protocol/profile';
import type { ProgressParams } from '../protocol/server';
import { ChangedSinceError } from './changeService';
import { readSource } from './readSource';
import type { Sessions } from './sessions';

interface ProfileClient {
  /** The profiles that the configuration of a folder has. */
  readonly ownProfiles: (folder: string | undefined) => readonly Profile[];
  readonly tell: (progress: ProgressParams) => void;
  /** Answered once the client has kept it. */
  readonly save: (run: ProfileRun) => Promise<unknown>;
}

interface Reviewed {
  readonly own: readonly Profile[];
  readonly profile: Profile;
  readonly server: ReadonlyMap<string, ReadSetting>;
  readonly known: KnownFacts;
  readonly settings: readonly ReviewedSetting[];
}

const NO_WORKLOAD: ReadWorkload = { entries: [], source: '', notes: [] };

/** Reviews, tries, applies and takes back tuning profiles. Keeps nothing between calls: runs are kept by the client. */
export class ProfileService {
  constructor(
    private readonly sessions: Sessions,
    private readonly client: ProfileClient,
  ) {}

  async review(params: ProfileParams): Promise<ProfileReview> {
    const database = this.sessions.database(params.connectionId);
    const { scope = WHOLE_SERVER } = params;
    const { own, profile, known, settings } = await this.#read(database, params);
    const names = await readNames(database);
    const service = await readService(database);
    const { tables, notes } = await adviseTables(database, profile);
    const { facts, ram, cores, connections } = known;
    return {
      profiles: [...own, ...PROFILES].map(({ id, title, guide }) => ({
        id,
        title,
        origin: own.some(each => each.id === id) ? 'own' : guide === null ? 'computed' : 'guide',
      })),
      profileId: profile.id,
      scope,
      ...names,
      server: {
        text: database.serverText,
        identifier: await readServerIdentifier(database),
        user: database.settings.user,
        database: database.settings.database,
        service: service?.name ?? null,
        permission: await whyNotAllowed(database, scope, service?.name),
      },
      machine: { ...facts, known: { ram, cores, connections } },
      settings,
      tables: tables.map(tableLine),
      tableNotes: notes,
    };
  }

  async script({ connectionId, groups }: ScriptParams): Promise<{ text: string }> {
    const database = this.sessions.database(connectionId);
    const service = await readService(database);
    const parts = groups.flatMap(({ scope, changes }) => {
      if (changes.length === 0) return [];
      if (scope.kind === 'system' && service) return [serviceInstructions(service.service, changes)];
      const lines = changes.map(change => `${settingSql(change, scope)};`);
      return [...lines, ...(scope.kind === 'system' ? ['SELECT pg_reload_conf();'] : [])];
    });
    return { text: parts.join('\n') };
  }

  /** A scope that fails, or a cancel, stops what comes after it; what was applied before stays, and is told. */
  async apply(params: ApplyProfileParams, signal: CancelSignal): Promise<ProfileRun[]> {
    const { connectionId, groups, progressToken: token } = params;
    const database = this.sessions.database(connectionId);
    const { profile, server, known } = await this.#read(database, { ...params, scope: WHOLE_SERVER });
    const origin = {
      connectionId,
      server: await readServerIdentifier(database),
      database: database.settings.database,
      profileId: profile.id,
    };
    const runs: ProfileRun[] = [];
    const total = groups.reduce((count, { changes }) => count + changes.length, 0);
    let done = 0;
    for (const { scope, changes } of groups) {
      if (signal.aborted) break;
      if (scope.kind === 'system') await this.#mayChangeServer(database, known);
      const objections = scope.kind === 'system' ? await preflight(database, changes, known.facts, server) : undefined;
      let run: ProfileRun | undefined;
      const [runId, at] = [randomUUID(), new Date().toISOString()];
      await applySettings(
        database,
        changes,
        async record => {
          run = { ...origin, id: runId, at, record };
          await this.client.save(run);
        },
        {
          scope,
          signal,
          ...(objections && { objections }),
          onProgress: ({ name }) =>
            this.client.tell({ token, text: `${name} for ${describeScope(scope)}`, fraction: done++ / total }),
        },
      );
      if (run) runs.push(run);
    }
    return runs;
  }

  /** @throws ChangedSinceError when the run was applied to another server, or to a table of another database. */
  async undo({ connectionId, run }: UndoProfileParams): Promise<UndoneSetting[]> {
    const database = this.sessions.database(connectionId);
    if ((await readServerIdentifier(database)) !== run.server) {
      throw new ChangedSinceError(`${connectionId} leads to another server than the one this was applied to`);
    }
    if (run.record.scope?.kind === 'table' && database.settings.database !== run.database) {
      throw new ChangedSinceError(`the table is one of the database ${run.database}: connect to that one`);
    }
    return undoSettings(database, run.record);
  }

  async try(params: TryProfileParams, grammar: Grammar, signal: CancelSignal): Promise<ProfileTrial> {
    const { connectionId, source, measure, progressToken: token } = params;
    const database = this.sessions.database(connectionId);
    const settings = trialSettings((await this.#read(database, { ...params, scope: WHOLE_SERVER })).settings);
    const tell = (text: string): void => this.client.tell({ token, text });
    const workload = (await readSource(database, grammar, source, { signal, tell })) ?? NO_WORKLOAD;
    const places = new Map(workload.entries.map(({ id, place }) => [id, place]));
    const tried = await tryProfile(database, plannedEntries(grammar, workload.entries), settings, {
      measure,
      signal,
      placeOf: id => places.get(id),
      onProgress: progress => this.client.tell({ token, ...progress }),
    });
    return { ...settings, ...tried, source: workload.source, notes: workload.notes };
  }

  async #read(database: PostgresDatabase, params: ProfileParams): Promise<Reviewed> {
    const own = this.client.ownProfiles(params.folder);
    const profile = findProfile(params.profileId ?? '', own) ?? own[0] ?? PROFILES.at(-1)!;
    const scope = params.scope ?? WHOLE_SERVER;
    const server = await readSettings(database);
    const known = await readServerFacts(database, profile, askedFacts(params.machine));
    const entries = scope.kind === 'system' ? [] : await accessTo(scope).entries(database);
    const settings = reviewProfile(
      await evaluateOnServer(database, profile, known.facts, server),
      server,
      scope,
      new Map(entries.map(({ name, value }) => [name, value])),
      known.facts.serverVersion,
    );
    return { own, profile, server, known, settings };
  }

  /** @throws DatabaseError when nobody knows the machine, or a service refuses ALTER SYSTEM. */
  async #mayChangeServer(database: PostgresDatabase, { ram }: KnownFacts): Promise<void> {
    const service = await readService(database);
    if (service)
      throw new DatabaseError('unsupported', `${service.name} does not take ALTER SYSTEM; nothing was changed`);
    if (ram === 'assumed') {
      throw new DatabaseError('unsupported', 'the server does not say how much memory its machine has: say it first');
    }
  }
}

async function whyNotAllowed(
  database: PostgresDatabase,
  scope: NonNullable<ProfileParams['scope']>,
  service: string | undefined,
): Promise<string | null> {
  if (scope.kind === 'system' && service !== undefined) return null;
  try {
    await accessTo(scope).check(database);
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind === 'connection') throw error;
    return error.message;
  }
}

/** @throws Error in a sentence for a figure that is none. */
function askedFacts({ ram = '', cores = '', connections = '', storage }: AskedMachine = {}): AskedFacts {
  const ramBytes = ram.trim() === '' ? undefined : parseSize(ram);
  if (ram.trim() !== '' && ramBytes === undefined) throw new Error(`Memory is a size such as 16GB; “${ram}” is none.`);
  const count = (what: string, text: string): number | undefined => {
    if (text.trim() === '') return undefined;
    if (!/^[1-9]\d{0,6}$/.test(text.trim())) throw new Error(`${what} are a whole number; “${text}” is none.`);
    return Number(text);
  };
  const [coreCount, connectionCount] = [count('Cores', cores), count('Connections', connections)];
  return {
    ...(ramBytes !== undefined && { ramBytes }),
    ...(coreCount !== undefined && { cores: coreCount }),
    ...(connectionCount !== undefined && { connections: connectionCount }),
    ...(storage && { storage }),
  };
}

function tableLine({ activity, measured, guide }: AdvisedTable): TableLine {
  const { schema, table, kind, rows, bytes, inserts, updates, deletes, hotUpdates, deadRows, parameters } = activity;
  const hot = updates > 0 ? ` (${Math.round((100 * hotUpdates) / updates)} % HOT)` : '';
  return {
    schema,
    table,
    rows,
    bytes,
    activity:
      kind === 'p'
        ? 'partitioned: its partitions have the rows'
        : `${formatCount(inserts)} inserted, ${formatCount(updates)} updated${hot}, ${formatCount(deletes)} deleted, ${formatCount(deadRows)} dead now`,
    parameters: [
      ...measured.map(({ name, now, value, reason, source }) => {
        return { name, now, value, by: 'measured' as const, reason, source, wrong: null, impossible: false };
      }),
      ...guide.map(({ name, value, reason, citation: source, wrong }) => {
        const now = parameters[name] ?? 'as the server';
        return { name, now, value, by: 'guide' as const, reason, source, wrong, impossible: kind === 'p' };
      }),
    ],
  };
}

import { messageOf } from '../core/base/messageOf';
import type { CancelSignal } from '../core/base/cancelSignal';
import type { Change } from '../core/advisor/suggestion';
import { DatabaseError, type Database } from '../core/ports';
import { quoteQualified } from '../core/sql/identifiers';
import type { Progress } from '../database/changeProgress';
import { applyChange } from '../database/changes';
import { onceBack, withOutcome } from '../database/concurrentBuild';
import type { ApplyOutcome, ApplyParams, CreatedIndex, ProgressParams, UndoParams } from '../protocol/server';
import type { Sessions } from './sessions';

/** Something else was there than what we left: undo must not touch it. */
export class ChangedSinceError extends Error {
  override readonly name = 'ChangedSinceError';
}

/** Runs changes that the user chose, and takes them back. */
export class ChangeService {
  readonly #sessions: Sessions;
  readonly #progress: (progress: ProgressParams) => void;

  constructor(sessions: Sessions, progress: (progress: ProgressParams) => void) {
    this.#sessions = sessions;
    this.#progress = progress;
  }

  async apply(params: ApplyParams, signal: CancelSignal): Promise<ApplyOutcome> {
    const database = this.#sessions.database(params.connectionId);
    const before = await readIndexes(database);
    const startedAt = performance.now();
    try {
      await this.#run(params, params.change, signal);
    } catch (error) {
      throw await this.#takeBack(params, before, error, signal);
    }
    const elapsedMs = performance.now() - startedAt;
    const known = new Set(before.map(keyOf));
    return { created: (await readIndexes(database)).filter(index => !known.has(keyOf(index))), elapsedMs };
  }

  /**
   * A change without an inverse is undone by dropping what it made.
   * @throws ChangedSinceError if what the change made is gone or was made anew with another definition.
   */
  async undo(params: UndoParams, signal: CancelSignal): Promise<ApplyOutcome> {
    const now = await readIndexes(this.#sessions.database(params.connectionId));
    for (const expected of params.expected) {
      const found = now.find(
        ({ schema, name, kind }) => schema === expected.schema && name === expected.name && kind === expected.kind,
      );
      if (!found) throw new ChangedSinceError(`${expected.name} is already gone; nothing was undone`);
      if (found.definition !== expected.definition) {
        throw new ChangedSinceError(
          `${expected.name} is no longer the ${expected.kind ?? 'index'} that was created; nothing was undone`,
        );
      }
    }
    const { change } = params;
    const inverse = change.inverse.length > 0 ? change.inverse : params.expected.map(dropOf);
    const startedAt = performance.now();
    await this.#run(params, { ...change, sql: inverse, inverse: change.sql }, signal);
    return { created: [], elapsedMs: performance.now() - startedAt };
  }

  /** Of a change of several statements that failed half-way, undoes what was made. Gives the error to be thrown. */
  async #takeBack(
    params: ApplyParams,
    before: readonly CreatedIndex[],
    error: unknown,
    signal: CancelSignal,
  ): Promise<unknown> {
    const { change, connectionId, progressToken: token } = params;
    if (change.runsInTransaction || change.sql.length === 1) return error;
    // An earlier try was the first that made something of it: what was added is no use to be taken back, but to go on from.
    if (before.some(index => change.inverse[0]?.endsWith(nameIn(index)))) {
      return withOutcome(error, 'what was built until then stays, and the next try goes on from there');
    }
    const known = new Set(before.map(keyOf));
    let now: readonly CreatedIndex[];
    try {
      const look = (): Promise<CreatedIndex[]> => readIndexes(this.#sessions.database(connectionId));
      const onProgress = (progress: Progress): void => this.#progress({ token, ...progress });
      now = await onceBack(look, { signal, onProgress }, 'waiting for the server, to take back what was made');
    } catch {
      return stillThere(
        error,
        'what was made until then may still be there: the server cannot be asked',
        change.inverse,
      );
    }
    const left = now.filter(index => !known.has(keyOf(index)));
    const sql = change.inverse.filter(inverse => left.some(index => inverse.endsWith(nameIn(index))));
    if (sql.length === 0) return error;
    try {
      await this.#run(params, { ...change, sql, inverse: [] }, new AbortController().signal);
    } catch (second) {
      return stillThere(error, `what was made until then is still there: ${messageOf(second)}`, sql);
    }
    return withOutcome(error, 'what was made until then was taken back');
  }

  async #run(params: ApplyParams, change: Change, signal: CancelSignal): Promise<void> {
    const { connectionId, progressToken: token, lockTimeoutMs } = params;
    if (change.sql.length === 0) throw new DatabaseError('unsupported', 'this change cannot be undone');
    try {
      await applyChange(this.#sessions.database(connectionId), change, {
        signal,
        onProgress: progress => this.#progress({ token, ...progress }),
        ...(lockTimeoutMs && { lockTimeoutMs }),
      });
    } finally {
      this.#sessions.forgetCatalog(connectionId);
      this.#sessions.catalog(connectionId).catch(() => undefined);
    }
  }
}

function stillThere(error: unknown, what: string, sql: readonly string[]): DatabaseError {
  const hint = `when it can be taken back: ${sql.join('; ')}`;
  return new DatabaseError('sql', `${messageOf(error)}; ${what}`, undefined, undefined, hint);
}

/** As it ends a statement that drops it. */
function nameIn({ schema, name }: CreatedIndex): string {
  return ` ${quoteQualified(schema, name)}`;
}

function keyOf({ kind, schema, name, definition }: CreatedIndex): string {
  return JSON.stringify([kind, schema, name, definition]);
}

function dropOf({ kind, schema, name }: CreatedIndex): string {
  return `drop ${kind ?? 'index concurrently'} ${quoteQualified(schema, name)}`;
}

async function readIndexes(database: Database): Promise<CreatedIndex[]> {
  const rows = await database.query<{ kind: 'statistics' | null; schema: string; name: string; definition: string }>(
    `select null as kind, n.nspname as schema, c.relname as name, pg_catalog.pg_get_indexdef(c.oid) as definition
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('i', 'I') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
       and n.nspname not like 'pg\\_temp%' and n.nspname not like 'pg\\_toast%'
     union all
     select 'statistics', n.nspname, s.stxname, pg_catalog.pg_get_statisticsobjdef(s.oid)
     from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace`,
  );
  return rows.map(({ kind, schema, name, definition }) => ({ ...(kind && { kind }), schema, name, definition }));
}

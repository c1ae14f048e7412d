import { indexIdentity } from '../../core/advisor/indexes/candidates';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import { DatabaseError } from '../../core/ports';
import type { ShadowIndex } from './shadowProtocol';
import type { ShadowThread } from './shadowThread';

/**
 * Hypothetical indexes kept for the next question; the planner looks at each one of a table, even hidden. A workload of
 * 40 statements asks for about 320.
 */
const MOST_INDEXES = 600;

/** A hypothetical index as the shadow has it. */
export interface KnownIndex {
  readonly name: string;
  /** Its name, or those of its partitions' indexes. */
  readonly names: readonly string[];
  /** `schema.name` of its table. */
  readonly relation: string;
}

/** The hypothetical indexes in a shadow, made when they are first asked for. */
export class ShadowIndexes {
  /** By identity of the definition, the longest unused first; what cannot be built is remembered, too. */
  private readonly indexes = new Map<string, KnownIndex | DatabaseError>();
  private lastIndex = 0;
  /** Indexes nobody waited for, to be dropped before they are seen. */
  private abandoned: string[] = [];

  constructor(private readonly thread: ShadowThread) {}

  /** Forgets them: after a refresh, or with the worker. */
  clear(): void {
    this.indexes.clear();
  }

  /** Also those nobody waited for: the worker is gone. */
  clearAll(): void {
    this.clear();
    this.abandoned = [];
  }

  /** Names of those on these tables (`schema.name`), or of all. */
  namesOn(relations: ReadonlySet<string> | undefined): string[] {
    return [...this.indexes.values()].flatMap(index =>
      !(index instanceof DatabaseError) && (!relations || relations.has(index.relation)) ? [index.name] : [],
    );
  }

  async dropAbandoned(signal?: CancelSignal): Promise<void> {
    if (this.abandoned.length === 0) return;
    await this.thread.call({ kind: 'dropIndexes', names: this.abandoned }, signal);
    this.abandoned = [];
  }

  /** Makes those indexes that are not there at once; what fails is left to {@link provide}, one by one. */
  async provideAll(
    indexes: readonly IndexDefinition[],
    describe: (index: IndexDefinition, name: string) => Promise<ShadowIndex>,
    signal?: CancelSignal,
  ): Promise<void> {
    const missing = new Map(indexes.map(index => [indexIdentity(index), index]));
    for (const identity of missing.keys()) if (this.indexes.has(identity)) missing.delete(identity);
    if (missing.size < 2) return;
    const requests = new Map<string, ShadowIndex>();
    for (const [identity, index] of missing) {
      try {
        requests.set(identity, await describe(index, `hypothetical_${++this.lastIndex}`));
      } catch (error) {
        if (!isUnsupported(error)) throw error;
      }
    }
    const asked = [...requests.values()];
    try {
      const { created } = await this.thread.call({ kind: 'createIndexes', indexes: asked }, signal);
      for (const [position, [identity, { name }]] of [...requests].entries()) {
        const { schema, relation } = missing.get(identity)!;
        this.indexes.set(identity, { name, names: created?.[position] ?? [], relation: `${schema}.${relation}` });
      }
    } catch (error) {
      if (error instanceof DatabaseError && (error.kind === 'unsupported' || error.kind === 'sql')) return;
      this.abandoned.push(...asked.map(({ name }) => name));
      throw error;
    }
  }

  /** An index in the shadow, made if it is not there. @throws DatabaseError `unsupported` if it cannot be. */
  async provide(
    index: IndexDefinition,
    describe: (name: string) => Promise<ShadowIndex>,
    signal?: CancelSignal,
  ): Promise<KnownIndex> {
    const identity = indexIdentity(index);
    const known = this.indexes.get(identity);
    if (known) {
      this.indexes.delete(identity);
      this.indexes.set(identity, known);
      if (known instanceof DatabaseError) throw known;
      return known;
    }
    const name = `hypothetical_${++this.lastIndex}`;
    try {
      const request = await describe(name);
      const { notes } = await this.thread.call({ kind: 'createIndex', index: request }, signal);
      const made = { name, names: notes ?? [], relation: `${index.schema}.${index.relation}` };
      this.indexes.set(identity, made);
      return made;
    } catch (error) {
      if (isUnsupported(error)) this.indexes.set(identity, error);
      // the worker may be making it all the same
      else this.abandoned.push(name);
      throw error;
    }
  }

  /** Lets go of the indexes unused for longest, except `kept`. Call it where no configuration is being built. */
  async makeRoom(kept: readonly KnownIndex[], signal?: CancelSignal): Promise<void> {
    const names: string[] = [];
    for (const [identity, index] of this.indexes) {
      if (this.indexes.size <= MOST_INDEXES) break;
      if (!(index instanceof DatabaseError) && kept.includes(index)) continue;
      this.indexes.delete(identity);
      if (!(index instanceof DatabaseError)) names.push(index.name);
    }
    if (names.length > 0) await this.thread.call({ kind: 'dropIndexes', names }, signal);
  }
}

export function isUnsupported(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.kind === 'unsupported';
}

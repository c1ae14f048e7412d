import { assumedFacts, type Profile, type ServerFacts } from '../../core/profiles/profile';
import type { PostgresDatabase } from '../connect';
import { readMachine } from './readMachine';

/** What somebody said of the machine; it goes before what the server says. */
export type AskedFacts = Partial<ServerFacts>;

/** By whom a fact is known. */
export type FactSource = 'said' | 'server' | 'assumed';

export interface KnownFacts {
  readonly facts: ServerFacts;
  readonly ram: FactSource;
  readonly cores: FactSource;
  readonly connections: FactSource;
}

/** What is known of the server: what was said first, then what the server itself says, and else as the profile assumes. */
export async function readServerFacts(
  database: PostgresDatabase,
  profile: Profile,
  asked: AskedFacts = {},
): Promise<KnownFacts> {
  const machine = await readMachine(database);
  const [row] = await database.query<{ connections: number }>(
    `select current_setting('max_connections')::int as connections`,
  );
  const assumed = assumedFacts(profile, Math.floor(database.serverVersion / 10_000));
  // A profile that says nothing of connections leaves those there are.
  const leavesConnections = row !== undefined && !profile.settings.some(({ name }) => name === 'max_connections');
  const sourceOf = (said: unknown, read: unknown): FactSource =>
    said !== undefined ? 'said' : read !== undefined ? 'server' : 'assumed';
  return {
    facts: {
      ...assumed,
      ...machine,
      ...(leavesConnections && { connections: row.connections }),
      ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
    },
    ram: sourceOf(asked.ramBytes, machine.ramBytes),
    cores: sourceOf(asked.cores, machine.cores),
    connections: sourceOf(asked.connections, leavesConnections ? row.connections : undefined),
  };
}

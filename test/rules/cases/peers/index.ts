import { EUGENE } from './eugene';
import type { PeerRule } from './peerRule';
import { PGFENCE } from './pgfence';
import { PGRUBIC } from './pgrubic';
import { POSTGRES_LANGUAGE_SERVER } from './postgresLanguageServer';
import { SPLINTER } from './splinter';
import { SQUAWK } from './squawk';
import { STRONG_MIGRATIONS } from './strongMigrations';

export const PEERS: Readonly<Record<string, readonly PeerRule[]>> = {
  squawk: SQUAWK,
  'postgres-language-server': POSTGRES_LANGUAGE_SERVER,
  eugene: EUGENE,
  pgfence: PGFENCE,
  strong_migrations: STRONG_MIGRATIONS,
  pgrubic: PGRUBIC,
  Splinter: SPLINTER,
};

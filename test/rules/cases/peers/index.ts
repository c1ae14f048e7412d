import { EUGENE } from './eugene';
import type { PeerRule } from './peerRule';
import { POSTGRES_LANGUAGE_SERVER } from './postgresLanguageServer';
import { SPLINTER } from './splinter';
import { SQUAWK } from './squawk';

export const PEERS: Readonly<Record<string, readonly PeerRule[]>> = {
  squawk: SQUAWK,
  'postgres-language-server': POSTGRES_LANGUAGE_SERVER,
  eugene: EUGENE,
  Splinter: SPLINTER,
};

import { DATABASE_CONSISTENCY } from './databaseConsistency';
import { DONT_DO_THIS } from './dontDoThis';
import { EUGENE } from './eugene';
import type { PeerRule } from './peerRule';
import { PG_INDEX_HEALTH } from './pgIndexHealth';
import { PGFENCE } from './pgfence';
import { PGRUBIC } from './pgrubic';
import { PLPGSQL_CHECK } from './plpgsqlCheck';
import { POSTGRES_LANGUAGE_SERVER } from './postgresLanguageServer';
import { SCHEMALINT } from './schemaLint';
import { SONARQUBE } from './sonarqube';
import { SPLINTER } from './splinter';
import { SQLCHECK } from './sqlcheck';
import { SQLFLUFF } from './sqlfluff';
import { SQUAWK } from './squawk';
import { STRONG_MIGRATIONS } from './strongMigrations';
import { USE_THE_INDEX_LUKE } from './useTheIndexLuke';

export const PEERS: Readonly<Record<string, readonly PeerRule[]>> = {
  squawk: SQUAWK,
  'postgres-language-server': POSTGRES_LANGUAGE_SERVER,
  eugene: EUGENE,
  pgfence: PGFENCE,
  strong_migrations: STRONG_MIGRATIONS,
  pgrubic: PGRUBIC,
  sqlfluff: SQLFLUFF,
  sqlcheck: SQLCHECK,
  Splinter: SPLINTER,
  SchemaLint: SCHEMALINT,
  'pg-index-health': PG_INDEX_HEALTH,
  plpgsql_check: PLPGSQL_CHECK,
  database_consistency: DATABASE_CONSISTENCY,
  'SonarQube for PL/SQL': SONARQUBE,
  'Don’t Do This': DONT_DO_THIS,
  'Use The Index, Luke': USE_THE_INDEX_LUKE,
};

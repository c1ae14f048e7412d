import type { GuidelineRef } from '../rules/finding';

export type HealthStatus = 'ok' | 'warning' | 'critical' | 'unknown';

export type HealthGroup =
  'statements' | 'cache' | 'connections' | 'sessions' | 'vacuum' | 'indexes' | 'storage' | 'replication' | 'limits';

/** In the order in which they are shown. */
export const HEALTH_GROUP_TITLES: Readonly<Record<HealthGroup, string>> = {
  statements: 'Statements',
  cache: 'Cache',
  connections: 'Connections',
  sessions: 'Sessions and locks',
  vacuum: 'Vacuum and statistics',
  indexes: 'Indexes',
  storage: 'Storage and WAL',
  replication: 'Replication',
  limits: 'Hard limits',
};

/** What a server is, as far as a check's query depends on it. */
export interface HealthServer {
  /** `server_version_num`, e.g. 180004. */
  readonly version: number;
  readonly isStandby: boolean;
  /** May see other roles' sessions and statements: superuser or a member of `pg_read_all_stats`. */
  readonly seesAllStatistics: boolean;
  /** Schema of `pg_stat_statements` and its version; absent without the extension. */
  readonly statStatements?: { readonly schema: string; readonly version: string };
  /** The library is in `shared_preload_libraries`; without it the extension's view fails. Unknown to ordinary roles. */
  readonly statStatementsLoaded?: boolean;
  /** Seconds since the counters of this database were reset, or since the server started. */
  readonly countedSeconds: number;
}

/** From which value on a check warns, and from which on it is critical. */
export interface HealthLimits {
  /** Whether large or small values are bad. */
  readonly worse: 'above' | 'below';
  readonly warning: number;
  readonly critical: number;
}

/** A part of a check's value, with the step that would help it: a table, a session, a statement. */
export interface HealthItem {
  readonly name: string;
  readonly detail: string;
  readonly status: HealthStatus;
  readonly step?: HealthStep;
}

/** Something a person can press. SQL is shown before it runs. */
export interface HealthStep {
  readonly title: string;
  readonly action:
    'vacuum' | 'analyze' | 'reindex' | 'cancel' | 'terminate' | 'review indexes' | 'explain statement' | 'show sql';
  /** What would be run; absent where the step opens a view. */
  readonly sql?: string;
}

/** What a check makes of its rows. Without `status` the limits decide. */
export interface Assessment {
  /** In the check's unit; null when there is nothing to measure. */
  readonly value: number | null;
  readonly detail: string;
  readonly status?: HealthStatus;
  readonly items?: readonly HealthItem[];
  readonly step?: HealthStep;
}

export type HealthRow = Readonly<Record<string, unknown>>;

/** One question to a running server: read-only, one query, cheap enough to ask every minute. */
export interface HealthCheck<R extends HealthRow = HealthRow> {
  /** Never changes: configuration and scripts name it. */
  readonly id: string;
  readonly title: string;
  readonly group: HealthGroup;
  /** `%`, `ms`, `s`, or what is counted: `sessions`. */
  readonly unit: string;
  /** Absent where the rows carry their own verdict. */
  readonly limits?: HealthLimits;
  /** Where the limits come from, for people. */
  readonly source: string;
  readonly guideline?: GuidelineRef;
  /** What roles without `pg_read_all_stats` cannot see of it; the check is unknown to them. */
  readonly hiddenFromOthers?: string;
  /** The query, or why this server cannot be asked. */
  query(server: HealthServer): string | { readonly unavailable: string; readonly step?: HealthStep };
  assess(rows: readonly R[], limits: HealthLimits, server: HealthServer): Assessment;
}

/** One line of the report. */
export interface HealthResult {
  readonly id: string;
  readonly title: string;
  readonly group: HealthGroup;
  readonly value: number | null;
  readonly unit: string;
  /** `99.2 %`, `1 index`; empty for what has no value. */
  readonly shown: string;
  /** `> 99 %`; empty where nothing is asked for. */
  readonly target: string;
  /** `< 95 %`. */
  readonly critical: string;
  readonly status: HealthStatus;
  readonly detail: string;
  readonly source: string;
  readonly guideline: GuidelineRef | null;
  readonly items: readonly HealthItem[];
  readonly step: HealthStep | null;
}

/** Keeps the row type between a check's query and its assessment. */
export function defineCheck<R extends HealthRow>(check: HealthCheck<R>): HealthCheck {
  return check as unknown as HealthCheck;
}

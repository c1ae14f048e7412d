import type { Change, Suggestion } from '../core/advisor/suggestion';
import type { RunFacts } from '../core/plan/history';
import type { PlaceholderStyle } from '../core/sql/statement';
import type { AdviceRequests } from './advice';
import type { BenchmarkRequests } from './benchmark';
import type { BudgetRequests } from './budgets';
import type { HealthRequests } from './health';
import type { MigrationRequests } from './migration';
import type { ComparisonView, HistoryView, PlanView } from './planPanel';
import type { PlaygroundRequests } from './playground';
import type { ProfileRequests } from './profile';
import type { RewriteRequests } from './rewrites';

/**
 * The requests of Query Tuner's language server beyond the standard protocol. Every request can be cancelled with the
 * protocol's own cancellation; work on a database is then cancelled there too. Everything is plain data, and a request
 * carries all it needs: the server keeps database sessions, but no state of a panel.
 */
export interface ServerRequests
  extends
    AdviceRequests,
    BenchmarkRequests,
    BudgetRequests,
    HealthRequests,
    MigrationRequests,
    PlaygroundRequests,
    ProfileRequests,
    RewriteRequests {
  'queryTuner/connections/connect': { params: ConnectParams; result: ConnectedInfo };
  /** Opens a session of its own and closes it again; an open connection of the same name is left alone. */
  'queryTuner/connections/test': { params: ConnectParams; result: ConnectedInfo };
  'queryTuner/connections/close': { params: { readonly connectionId: string }; result: null };
  /** What could be offered in "Add Connection": `.env`, `PG*` variables, services. Passwords are never in it. */
  'queryTuner/connections/propose': { params: { readonly folders: readonly string[] }; result: ConnectionProposal[] };
  'queryTuner/statement/at': { params: StatementAtParams; result: StatementInfo | null };
  'queryTuner/statement/parameters': { params: ParameterParams; result: ParameterInfo[] };
  'queryTuner/explain/run': { params: ExplainParams; result: ExplainOutcome };
  'queryTuner/explain/suggest': { params: SuggestParams; result: ExplainOutcome };
  'queryTuner/plan/compare': { params: CompareFileParams; result: ComparisonView };
  'queryTuner/history/compare': { params: CompareRunParams; result: ComparisonView };
  'queryTuner/history/pin': { params: PinParams; result: HistoryView };
  /** Forgets one statement, or all. */
  'queryTuner/history/clear': { params: { readonly folder: string; readonly fingerprint?: string }; result: null };
  'queryTuner/history/size': { params: { readonly folder: string }; result: HistorySize };
  'queryTuner/change/apply': { params: ApplyParams; result: ApplyOutcome };
  'queryTuner/change/undo': { params: UndoParams; result: ApplyOutcome };
}

export type ServerRequest = keyof ServerRequests;

export interface ServerNotifications {
  /** Client to server: which connection's catalog a document is checked against. */
  'queryTuner/document/connection': { readonly uri: string; readonly connectionId: string | null };
}

export interface ClientNotifications {
  /** Server to client, while a request with this token runs. */
  'queryTuner/progress': ProgressParams;
}

/** Text position as the Language Server Protocol counts: from 0, UTF-16. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface TextSpan {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** How to reach a server: an address, or single fields. A password given here wins over one in the address. */
export interface ConnectionTarget {
  /** `postgresql://...`, or libpq's `host=... dbname=...`. */
  readonly url?: string;
  /** Take the address from this `.env` file when connecting. */
  readonly envFile?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: {
    readonly mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
}

export type ConnectionRole = 'production' | 'staging' | 'development';

export interface ConnectParams {
  readonly connectionId: string;
  readonly target: ConnectionTarget;
}

export interface ConnectedInfo {
  /** "PostgreSQL 18.4". */
  readonly server: string;
  readonly serverVersion: number;
  readonly database: string;
  readonly user: string;
  /** Time to connect and ask, in ms. */
  readonly elapsedMs: number;
  /** INVALID indexes of this user that nobody is building: an interrupted build left them. Not asked for by a test. */
  readonly invalidIndexes?: readonly string[];
}

export interface ConnectionProposal {
  readonly label: string;
  /** Where it was found: ".env", "environment", "pg_service.conf". */
  readonly origin: string;
  /** Never with a password: where it was found, it is found again when connecting. */
  readonly target: Omit<ConnectionTarget, 'password'>;
}

export interface StatementAtParams {
  readonly uri: string;
  /** An empty span is a cursor; otherwise the statement that the selection touches first. */
  readonly span: TextSpan;
}

export interface StatementInfo {
  readonly span: TextSpan;
  readonly sql: string;
  /** First words, for titles. */
  readonly title: string;
  readonly kind: string;
  readonly writes: boolean;
  /** Effects that a rollback does not undo, in words. */
  readonly effects: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly style: PlaceholderStyle }[];
  /** PostgreSQL's parser refused it; it cannot be explained. */
  readonly syntaxError?: string;
  /** EXPLAIN does not know this kind of statement. */
  readonly explainable: boolean;
}

export interface ParameterParams {
  readonly connectionId: string;
  readonly sql: string;
}

export interface ParameterInfo {
  readonly name: string;
  /** The type PostgreSQL infers, "integer". */
  readonly type?: string;
  /** The column it is compared with, "counting_results.camera_id". */
  readonly column?: string;
  readonly proposals: readonly { readonly value: string; readonly note: string }[];
}

/** Values by parameter name, as text; null is NULL. Absent altogether: a generic plan. */
export type ParameterValues = Readonly<Record<string, string | null>>;

export interface ExplainParams {
  readonly connectionId: string;
  /** Name shown with the plan. */
  readonly connection: string;
  readonly sql: string;
  readonly title: string;
  readonly parameters?: ParameterValues;
  readonly analyze: boolean;
  readonly statementTimeoutMs?: number;
  /** The plan to compare with, instead of the pinned run. */
  readonly before?: ShownPlan;
  /** Remember the run here, and compare it with the statement's pinned run. */
  readonly history?: HistoryPlace;
  /** Set for this run only. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of EXPLAIN beside ANALYZE, switched on or off. */
  readonly options?: Readonly<Record<string, boolean>>;
  /** How often a statement is measured; the plan of the last run is shown. 1 by default, 50 at most. */
  readonly runs?: number;
  /** Suggestions to keep showing. */
  readonly suggestions?: readonly Suggestion[];
  /** Where the statement stands, so that an error can be shown there. */
  readonly source?: { readonly uri: string; readonly span: TextSpan };
}

export type RawPlan = readonly Readonly<Record<string, unknown>>[];

export interface SuggestParams extends ExplainParams {
  /** The plan already shown; it is not taken again. */
  readonly plan: RawPlan;
  /** `trial` is the user's agreement to build indexes on this server. */
  readonly whatIf: 'auto' | 'hypopg' | 'shadow' | 'trial';
  readonly progressToken?: string;
}

/** A plan as it was shown: parts of its {@link ExplainOutcome}. */
export interface ShownPlan {
  readonly rawPlan: RawPlan;
  readonly facts?: RunFacts;
}

/** The history of a workspace, and what of a run may be kept in it. */
export interface HistoryPlace {
  /** Path of a folder for nothing else; made with the first run. */
  readonly folder: string;
  /** Keep the values of parameters, and the constants in the conditions of plans. */
  readonly keepValues: boolean;
  /** Runs with other values are told apart by a hash that says nothing to those who do not know this. */
  readonly secret: string;
}

export interface CompareRunParams {
  readonly folder: string;
  /** The id of the earlier run, of the same statement. */
  readonly entry: string;
  readonly shown: ShownPlan;
}

/** A plan of a file, and the later one. */
export interface CompareFileParams {
  readonly before: { readonly name: string; readonly rawPlan: RawPlan };
  readonly shown: ShownPlan;
}

export interface PinParams {
  readonly folder: string;
  readonly fingerprint: string;
  /** Null: none is pinned from now on. */
  readonly entry: string | null;
}

/** How much is remembered. */
export interface HistorySize {
  readonly statements: number;
  readonly runs: number;
  readonly baselines: number;
}

export interface ExplainOutcome extends ShownPlan {
  readonly view: PlanView;
  readonly suggestions: readonly Suggestion[];
  /** The statement failed; the view says why and has no plan. */
  readonly failed: boolean;
}

export interface ApplyParams {
  readonly connectionId: string;
  readonly change: Change;
  readonly progressToken: string;
  readonly lockTimeoutMs?: number;
}

export interface UndoParams extends ApplyParams {
  /** What {@link ApplyOutcome.created} said; undo stops if it is no longer so. */
  readonly expected: readonly CreatedIndex[];
}

export interface ApplyOutcome {
  readonly created: readonly CreatedIndex[];
  readonly elapsedMs: number;
}

/** An index, or extended statistics, as it stood right after it was made. */
export interface CreatedIndex {
  /** An index where it does not say. */
  readonly kind?: 'statistics';
  readonly schema: string;
  readonly name: string;
  /** `pg_get_indexdef`, `pg_get_statisticsobjdef`. */
  readonly definition: string;
}

export interface ProgressParams {
  readonly token: string;
  readonly text: string;
  /** 0..1. */
  readonly fraction?: number;
}

/** `data` of a failed request: what kind of failure, so that the client need not read the sentence. */
export interface FailureData {
  readonly kind: 'sql' | 'connection' | 'timeout' | 'permission' | 'cancelled' | 'unsupported' | 'changed';
  readonly hint?: string;
  readonly sqlState?: string;
}

/** Settings the server reads: `initializationOptions` and `workspace/didChangeConfiguration`. */
export interface ServerSettings {
  readonly severities?: Readonly<Record<string, 'error' | 'warning' | 'info' | 'hint' | 'off'>>;
  readonly codeLenses?: boolean;
  /** The estimated rows of each table behind its name; off by default. */
  readonly inlayHints?: boolean;
  /** Address of a rule's page, with `{rule}` for its id and `{page}` for the name of its file; no link without it. */
  readonly rulePages?: string;
  /** False in an untrusted workspace: every request that needs a database is refused. */
  readonly trusted?: boolean;
}

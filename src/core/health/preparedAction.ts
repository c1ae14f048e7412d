/** What would be done, before anybody has said yes. */
export interface PreparedAction {
  /** `VACUUM public.orders`. */
  readonly title: string;
  /** Exactly what is run, one after the other. */
  readonly sql: readonly string[];
  /** What it locks, what else it touches. */
  readonly notes: readonly string[];
  /** Why it cannot be done, and who may do it or what to do instead; nothing is run then. */
  readonly refusal?: string;
  /** SQL for somebody else, or for later: shown, never run from here. */
  readonly instead?: string;
}

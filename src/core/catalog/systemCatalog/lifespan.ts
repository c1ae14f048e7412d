/** The major versions that have something; without bounds all of those known here, 14 to 18. */
export interface Lifespan {
  /** First version that has it. */
  readonly since?: number;
  /** First version without it. */
  readonly until?: number;
}

/** `name`, `name@16`, `name<17`, `name@16<18`. */
export function parseLifespan(text: string): Lifespan & { readonly name: string } {
  const [, name = text, since, until] = /^([^@<]+)(?:@(\d+))?(?:<(\d+))?$/.exec(text) ?? [];
  return { name, ...(since && { since: Number(since) }), ...(until && { until: Number(until) }) };
}

/** True if the version has it; for an unknown version, if any has. */
export function isAlive({ since, until }: Lifespan, major: number | undefined): boolean {
  if (major === undefined) return true;
  return (since === undefined || major >= since) && (until === undefined || major < until);
}

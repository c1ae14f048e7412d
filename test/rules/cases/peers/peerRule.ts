/** A rule of another tool or a chapter of advice, shown by SQL of our own that it is about. */
export interface CoveredRule {
  readonly name: string;
  readonly sql: string;
  /** DDL the catalog is built from; without it there is none. */
  readonly schema?: string;
  /** Rules of ours of which each must find something. */
  readonly rules: readonly string[];
}

/** One we have no rule for on purpose. */
export interface LeftOutRule {
  readonly name: string;
  readonly without: string;
}

export type PeerRule = CoveredRule | LeftOutRule;

/** Reasons that come back. */
export const STYLE = 'a matter of taste: PostgreSQL runs both spellings alike';
export const NAMING = 'names are a convention of the team and cost nothing';
export const STATISTICS = 'told by the statistics of a running server, not by SQL';
export const ACCESS = 'about who may read what, not about speed, locks or wrong results';
export const APPLICATION = 'compares the code of an application with the schema, and only SQL is read here';
export const INSTANT = 'changes the catalog only, under a lock of a moment; nothing is read or rewritten';

/** Rules another tool has too, under the names they have here. */
export function shared(of: readonly PeerRule[], names: Readonly<Record<string, string>>): PeerRule[] {
  return Object.entries(names).map(([name, there]) => {
    const rule = of.find(each => each.name === there);
    if (!rule) throw new Error(`no rule ${there}`);
    return { ...rule, name };
  });
}

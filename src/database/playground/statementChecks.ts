import type { WireError } from './wireMessages';

/** What comes before the words of a statement. */
const BLANK = String.raw`^(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*`;

const REFUSED: readonly (readonly [pattern: RegExp, what: string, instead: string])[] = [
  [
    new RegExp(String.raw`${BLANK}copy\b[\s\S]*\bfrom\s+(?:stdin|program)\b`, 'i'),
    'COPY from the client or a program',
    'insert the rows',
  ],
  [new RegExp(String.raw`${BLANK}copy\b[\s\S]*\bto\s+program\b`, 'i'), 'COPY to a program', 'select the rows'],
  [
    new RegExp(String.raw`${BLANK}(?:create|drop)\s+database\b`, 'i'),
    'other databases',
    'create a schema, or connect to a server of your own',
  ],
  [new RegExp(String.raw`${BLANK}listen\b`, 'i'), 'LISTEN', 'connect to a server of your own'],
];

/** Why the playground does not run a statement that PGlite could not bring to a good end. */
export function refusalOf(sql: string): WireError | undefined {
  const refused = REFUSED.find(([pattern]) => pattern.test(sql));
  if (!refused) return undefined;
  const [, what, instead] = refused;
  return { sqlState: '0A000', message: `the playground has no ${what}`, hint: instead };
}

/** What a text sets `statement_timeout` to, in ms: the last counts. PGlite has no timers, so the bridge keeps it. */
export function timeoutIn(sql: string): { limitMs?: number; localLimitMs?: number } {
  const set = /\bset\s+(local\s+|session\s+)?statement_timeout\s*(?:=|to)\s*'?\s*(\d+)\s*(ms|s|min)?/gi;
  const found: { limitMs?: number; localLimitMs?: number } = {};
  for (const [, scope, amount, unit] of sql.matchAll(set)) {
    const ms = Number(amount) * (unit === 'min' ? 60_000 : unit === 's' ? 1000 : 1);
    if (scope?.toLowerCase().startsWith('local')) found.localLimitMs = ms;
    else found.limitMs = ms;
  }
  if (/\b(?:discard\s+all|reset\s+(?:all|statement_timeout))\b/i.test(sql)) found.limitMs = 0;
  return found;
}

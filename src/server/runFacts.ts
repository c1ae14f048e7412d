import { createHmac } from 'node:crypto';
import type { RunCircumstances } from '../core/plan/comparePlans';
import type { RunFacts } from '../core/plan/history';
import { fingerprint } from '../core/sql/fingerprint';
import { TokenKind, tokenize } from '../core/sql/lexer';
import { describePlace } from '../protocol/historyView';
import type { ConnectedInfo, ExplainParams } from '../protocol/server';

/** What is known of a run beside its plan. `isGeneric`: it has parameters and was given no values. */
export function runFacts(
  { connectionId, sql, parameters, history }: ExplainParams,
  { server, database }: ConnectedInfo,
  isGeneric: boolean,
): RunFacts {
  return {
    fingerprint: fingerprint(sql),
    server: `${connectionId}, ${server}`,
    database,
    ...(isGeneric && { isGeneric }),
    ...(!isGeneric && history && { valuesHash: valuesHash(sql, parameters, history.secret) }),
  };
}

/** What the facts of two runs say about comparing them. */
export function circumstancesOf(before: RunFacts | undefined, after: RunFacts | undefined): RunCircumstances {
  if (!before || !after) return {};
  const [then, now] = [before.valuesHash, after.valuesHash];
  return {
    places: [describePlace(before), describePlace(after)],
    generic: [before.isGeneric === true, after.isGeneric === true],
    ...(then !== undefined && now !== undefined && { sameParameters: then === now }),
  };
}

/**
 * Equal for the same statement with the same values, written in it or given for its parameters. A plain hash of few
 * values is found by trying them all; keyed with the secret it is not.
 */
function valuesHash(sql: string, parameters: ExplainParams['parameters'], secret: string): string {
  const { kinds, starts, ends } = tokenize(sql, { comments: false });
  const tokens = Array.from(kinds, (kind, i) => {
    const token = sql.slice(starts[i], ends[i]);
    return kind === TokenKind.word ? token.toLowerCase() : token;
  }).filter(token => token !== ';');
  const given = Object.entries(parameters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha256', secret)
    .update(JSON.stringify([tokens, given]))
    .digest('hex')
    .slice(0, 16);
}

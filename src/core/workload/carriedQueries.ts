/**
 * Stands in the queries that Query Tuner itself asks of users' tables, behind SELECT: a server counts and logs them
 * like all others, and they are no part of anybody's workload.
 */
export const OWN_QUERY_MARK = '/* Query Tuner */';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const QUERY = String.raw`(?=(?:select|with|insert|update|delete|merge|values|table)\b|\()`;
const PREPARE = new RegExp(String.raw`^\s*prepare\s+${NAME}\s*(?:\((?:[^()]|\([^()]*\))*\)\s*)?as\s+${QUERY}`, 'iu');
const DECLARE = new RegExp(
  String.raw`^\s*declare\s+${NAME}\s+(?:(?:binary|asensitive|insensitive|no|scroll)\s+)*cursor\s+(?:with(?:out)?\s+hold\s+)?for\s+${QUERY}`,
  'iu',
);
const COPY = /^\s*copy\s*\(([^]*)\)\s*to\s+(?:stdout|program|')/i;

/**
 * The query that a PREPARE, a DECLARE CURSOR or a COPY runs, which `pg_stat_statements` and logs show with them; any
 * other text as it is.
 */
export function carriedQuery(sql: string): string {
  const copied = COPY.exec(sql)?.[1];
  if (copied !== undefined) return copied.trim();
  const before = PREPARE.exec(sql) ?? DECLARE.exec(sql);
  return before ? sql.slice(before[0].length) : sql;
}

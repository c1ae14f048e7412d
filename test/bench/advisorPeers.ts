/** What the algorithms of others reached on the same data and statements, recorded on PostgreSQL 15 with HypoPG. */
export interface Peer {
  readonly name: string;
  /** Most storage the indexes could take, in sizes of the data as HypoPG estimates them; absent where there is no such limit. */
  readonly budget?: number;
  /** Planner cost saved, in percent, by HypoPG's estimate. */
  readonly estimated?: number;
  /** The same with the indexes really built. */
  readonly built?: number;
  /** Run time saved, in percent, with the indexes really built. */
  readonly runTime?: number;
  /** Statements whose run time rose by more than a tenth. */
  readonly slower?: number;
  /** Real size of the indexes in sizes of the data. */
  readonly size?: number;
  readonly optimizerCalls?: number;
  readonly seconds?: number;
}

type Row = readonly [
  name: string,
  budget: number | null,
  estimated: number | null,
  built: number | null,
  runTime: number | null,
  slower: number | null,
  size: number | null,
  optimizerCalls: number | null,
  seconds: number | null,
];

/** Kossmann et al. (VLDB 2020), Dexter, index_advisor of Supabase, DTA of postgres-mcp; `w2` is the greatest width. */
const APP: readonly Row[] = [
  ['DB2Advis w2', 0.25, 57.46, null, null, null, null, 399, 10.5],
  ['Extend w2', 0.25, 63.57, null, null, null, null, 1171, 9.7],
  ['Extend w3', 0.25, 63.57, null, null, null, null, 1243, 13.6],
  ['Drop 10', null, 70.91, null, null, null, null, 478, 5.5],
  ['AutoAdmin w2, 10', null, 72.09, null, null, null, null, 928, 2.0],
  ['Dexter 50', null, 77.24, 77.5, 51.73, 7, 0.229, 123, 0.8],
  ['Extend w2', 0.5, 79.82, 80.08, 58.14, 3, 0.222, 1517, 17.9],
  ['Extend w3', 0.5, 79.95, null, null, null, null, 1817, 11.1],
  ['DB2Advis w2', 0.5, 75.15, 75.43, 58.48, 3, 0.257, 538, 10.2],
  ['Relaxation w2', 0.5, 79.78, 80.11, 65.99, 1, 0.25, 916, 5.0],
  ['Anytime w2', 0.5, 78.26, 78.66, 59.21, 6, 0.27, 2030, 31.1],
  ['DB2Advis w3', 0.5, 62.91, null, null, null, null, 632, 11.2],
  ['Supabase', null, 77.92, 78.22, 54.31, 9, 0.24, 80, 25.5],
  ['AutoAdmin w2, 15', null, 77.32, 77.6, 55.33, 6, 0.312, 1104, 2.3],
  ['Extend w2', 1, 79.9, null, null, null, null, 1550, 18.6],
  ['Extend w3', 1, 80.2, 80.44, 54.77, 4, 0.258, 2037, 10.6],
  ['AutoAdmin w2, 30', null, 79.9, null, null, null, null, 1579, 6.4],
  ['Anytime w2', 1, 80.17, 80.4, 67.29, 0, 0.458, 3121, 90.8],
  ['DB2Advis w2', 1, 80.17, 80.4, 61.03, 3, 0.461, 80, 0.5],
  ['postgres-mcp DTA, 30 s', null, null, 23.55, 35.31, 3, 0.038, null, 30],
];

const OLAP: readonly Row[] = [
  ['Extend w2', 0.25, 65.88, null, null, null, null, 1872, 10.3],
  ['Extend w3', 0.25, 65.88, null, null, null, null, 2180, 15.5],
  ['DB2Advis w2', 0.25, 65.52, null, null, null, null, 1596, 10.9],
  ['Dexter 50', null, 65.33, 65.66, 84.3, 1, 0.082, 81, 2.0],
  ['Drop 10', null, 68.33, null, null, null, null, 1369, 11.5],
  ['Supabase', null, 68.42, 67.44, 86.53, 0, 0.135, 44, 15.8],
  ['Extend w2', 0.5, 71.09, 69.64, 84.94, 2, 0.22, 4181, 33.6],
  ['Extend w3', 0.5, 71.09, null, null, null, null, 4929, 40.3],
  ['DB2Advis w3', 0.5, 69.89, null, null, null, null, 1766, 13.8],
  ['DB2Advis w2', 0.5, 70.15, 68.51, 83, 4, 0.255, 1215, 11.5],
  ['Relaxation w2', 0.5, 71.69, 70.28, 85.15, 1, 0.24, 7632, 73.3],
  ['Anytime w2', 0.5, 71.18, 68.45, 83.16, 1, 0.252, 36419, 261.9],
  ['AutoAdmin w2, 10', null, 71.98, null, null, null, null, 3326, 24.6],
  ['Extend w2', 1, 72.59, null, null, null, null, 5871, 43.7],
  ['AutoAdmin w2, 15', null, 73.49, 70.76, 86, 2, 0.344, 4596, 28.9],
  ['Extend w3', 1, 73.31, 70.59, 85.1, 3, 0.393, 9651, 94.6],
  ['DB2Advis w2', 1, 73.81, 71.01, 84.95, 3, 0.473, 586, 11.9],
  ['Anytime w2', 1, 73.89, 71.04, 84.99, 1, 0.463, 35379, 302.4],
];

export const PEERS: Readonly<Record<string, readonly Peer[]>> = { app: APP.map(asPeer), olap: OLAP.map(asPeer) };

function asPeer([name, budget, estimated, built, runTime, slower, size, optimizerCalls, seconds]: Row): Peer {
  const known = Object.entries({ budget, estimated, built, runTime, slower, size, optimizerCalls, seconds });
  return { name, ...Object.fromEntries(known.filter(([, value]) => value !== null)) };
}

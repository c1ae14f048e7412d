import type { ServerFacts } from '../profile';

/** How connections are shared between the programs of a server. */
export interface PoolPlan {
  /** Server connections that a pooler in transaction mode needs to keep the machine busy. */
  readonly poolSize: number;
  /** Kept for the administrator and for what does not go through the pooler. */
  readonly reserve: number;
  /** Clients that may be connected to the pooler at the same time. */
  readonly clients: number;
  /** Processes that each hold a pool of their own, without a pooler. */
  readonly processes: number;
  /** Connections of each of those. */
  readonly perProcess: number;
  readonly reason: string;
}

/** `superuser_reserved_connections` by default. */
const RESERVED = 3;

/**
 * Pool sizes from connections and cores. Twice the cores and one for the disk is the PostgreSQL wiki's starting point
 * for connections that work at the same time ("Number Of Database Connections"); more only wait in the server instead
 * of in the pooler. It never exceeds what the server allows.
 */
export function planPools(
  { cores, connections, storage }: Pick<ServerFacts, 'cores' | 'connections' | 'storage'>,
  { clients = 1000, processes = 4 }: { readonly clients?: number; readonly processes?: number } = {},
): PoolPlan {
  const usable = Math.max(1, connections - RESERVED);
  const busy = cores * 2 + (storage === 'hdd' ? 1 : 4);
  const poolSize = Math.max(1, Math.min(usable, Math.max(10, busy)));
  const reserve = Math.min(usable - poolSize, Math.max(2, Math.ceil(poolSize / 4)));
  return {
    poolSize,
    reserve: Math.max(0, reserve),
    clients,
    processes,
    perProcess: Math.max(1, Math.floor(usable / Math.max(1, processes))),
    reason: `${cores} cores keep about ${busy} connections busy; the server leaves ${usable} of ${connections} to applications`,
  };
}

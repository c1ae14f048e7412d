import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';

/** What a server says of the machine it runs on; what it does not say is absent. */
export interface Machine {
  readonly ramBytes?: number;
  readonly cores?: number;
}

/**
 * Memory and cores, as a superuser or a member of `pg_read_server_files` may read them on Linux: of the machine, or of
 * the container where its limits are tighter. Empty for everybody else; a connection says nothing of its server's
 * machine.
 */
export async function readMachine(db: PostgresDatabase): Promise<Machine> {
  const read = async (file: string): Promise<string> => {
    try {
      // Files of /proc have no length: so many bytes are asked for instead.
      const [row] = await db.query<{ text: string }>('select pg_catalog.pg_read_file($1, 0, 100000) as text', [file]);
      return row?.text ?? '';
    } catch (error) {
      if (error instanceof DatabaseError && error.kind === 'connection') throw error;
      return '';
    }
  };
  const memory = await read('/proc/meminfo');
  if (memory === '') return {};
  const machine = parseMachine({
    memory,
    processors: await read('/proc/cpuinfo'),
    memoryLimit:
      (await read('/sys/fs/cgroup/memory.max')) || (await read('/sys/fs/cgroup/memory/memory.limit_in_bytes')),
    processorLimit: await read('/sys/fs/cgroup/cpu.max'),
  });
  return machine;
}

/** The contents of /proc/meminfo, /proc/cpuinfo and the files of cgroups. */
export function parseMachine(files: {
  readonly memory: string;
  readonly processors: string;
  readonly memoryLimit: string;
  readonly processorLimit: string;
}): Machine {
  const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(files.memory)?.[1] ?? NaN) * 1024;
  const limit = Number(/^\d+/.exec(files.memoryLimit)?.[0] ?? NaN);
  const count = files.processors.match(/^processor\s*:/gm)?.length ?? NaN;
  const [, quota, period] = /^(\d+) (\d+)/.exec(files.processorLimit) ?? [];
  const ramBytes = smallest(total, limit);
  const cores = smallest(count, Math.max(1, Math.round(Number(quota) / Number(period))));
  return { ...(ramBytes !== undefined && { ramBytes }), ...(cores !== undefined && { cores }) };
}

function smallest(...values: readonly number[]): number | undefined {
  const known = values.filter(value => Number.isFinite(value) && value > 0);
  return known.length > 0 ? Math.min(...known) : undefined;
}

import type { PoolPlan } from './poolSizes';

export const POOL_CLIENTS = ['sqlalchemy', 'asyncpg', 'node-postgres', 'odoo'] as const;
export type PoolClient = (typeof POOL_CLIENTS)[number];

/** Pool settings of an application, so that all its processes together fit into the server. */
export function clientPool(client: PoolClient, { perProcess, processes, reason }: PoolPlan): string {
  const note = `${processes} processes with ${perProcess} connections each: ${reason}`;
  // A steady part, and some more for peaks; SQLAlchemy counts them apart.
  const steady = Math.max(1, Math.ceil(perProcess * 0.6));
  switch (client) {
    case 'sqlalchemy':
      return `# ${note}
engine = create_engine(
    DATABASE_URL,
    pool_size=${steady},
    max_overflow=${perProcess - steady},
    pool_timeout=30,
    pool_recycle=1800,
    pool_pre_ping=True,
)
`;
    case 'asyncpg':
      return `# ${note}
pool = await asyncpg.create_pool(
    dsn=DATABASE_URL,
    min_size=${Math.min(2, perProcess)},
    max_size=${perProcess},
    max_inactive_connection_lifetime=300,
    command_timeout=60,
    # Behind PgBouncer in transaction mode before 1.21: statement_cache_size=0, and no server_settings.
)
`;
    case 'node-postgres':
      return `// ${note}
const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: ${perProcess},
  idleTimeoutMillis: 30_000,
  connectionTimeoutMillis: 10_000,
});
`;
    case 'odoo':
      return `; ${note}
[options]
workers = ${processes}
; Of each process. The default of 64 times the workers is more than most servers allow.
db_maxconn = ${perProcess}
`;
  }
}

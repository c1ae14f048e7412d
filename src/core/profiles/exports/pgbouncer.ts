import type { PoolPlan } from './poolSizes';

export interface PgBouncerTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/**
 * A `pgbouncer.ini` that starts as it is: comments on lines of their own (after a value they would belong to it), only
 * parameters PgBouncer knows, scram instead of md5, and no address open to everybody.
 */
export function pgBouncerIni(
  { host, port, database }: PgBouncerTarget,
  { poolSize, reserve, clients, reason }: PoolPlan,
): string {
  return `; ${reason}
; In transaction mode a server connection is lent for one transaction. What lasts longer does not work through it:
; LISTEN, session advisory locks, SET without LOCAL, temporary tables; and SQL PREPARE. Statements prepared by the
; protocol work from PgBouncer 1.21 on with max_prepared_statements.
[databases]
${iniName(database)} = host=${iniValue(host)} port=${port} dbname=${iniValue(database)}

[pgbouncer]
; Say here which networks may come in; this is the machine itself only.
listen_addr = 127.0.0.1
listen_port = 6432
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
pool_mode = transaction
max_client_conn = ${clients}
default_pool_size = ${poolSize}
reserve_pool_size = ${reserve}
reserve_pool_timeout = 3
; All pools of the database together: the server keeps connections for its administrator.
max_db_connections = ${poolSize + reserve}
server_lifetime = 3600
server_idle_timeout = 600
; A client that waited so long gets an error instead of waiting for ever.
query_wait_timeout = 120
; Drivers send these when they connect; a server connection is shared, so they are not passed on.
ignore_startup_parameters = extra_float_digits,options
`;
}

/** A name before the equals sign stands in double quotes unless it is plain. */
function iniName(name: string): string {
  return /^[\w-]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A value of a connection string: in single quotes, doubled inside. */
function iniValue(value: string): string {
  return /^[\w.:/-]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

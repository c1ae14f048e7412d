import { maintenanceRoutines } from '../../../src/core/advisor/partitions/maintenance/maintenanceRoutines';
import type { MaintenanceRoutines } from '../../../src/core/advisor/partitions/maintenance/maintenanceRoutines';
import type { MaintenanceSpec } from '../../../src/core/advisor/partitions/maintenance/maintenanceSpec';
import { routineNames } from '../../../src/core/advisor/partitions/maintenance/routineNames';
import { quoteLiteral, quoteQualified } from '../../../src/core/sql/identifiers';
import type { TestServer } from '../servers';

/** Partitions as PostgreSQL has them: `name: from up to` in the order of their names. */
const PARTITIONS = `
select c.relname || ': ' || regexp_replace(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$', '\\1 to \\2')
  as line
from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::text::regclass order by c.relname collate "C"`;

/** A table whose partitions are kept by the routines under test. */
export class Maintained {
  readonly routines: MaintenanceRoutines;
  readonly table: string;
  private readonly names;

  constructor(
    private readonly server: TestServer,
    private readonly spec: MaintenanceSpec,
  ) {
    this.routines = maintenanceRoutines(spec);
    this.table = quoteQualified(spec.schema, spec.table);
    this.names = routineNames(spec.table);
  }

  async install(): Promise<this> {
    for (const sql of this.routines.create) await this.server.run(sql);
    return this;
  }

  /** What one run at that moment did, with the warnings it gave. */
  async run(now: string, timeZone = 'UTC'): Promise<string[]> {
    return this.server.db.withSession(async session => {
      await session.execute(`set timezone = '${timeZone}'`);
      const rows = await session.query<{ did: string }>(
        `select did from ${this.routine('maintain')}(${quoteLiteral(now)}) did`,
      );
      return [...rows.map(({ did }) => did), ...session.takeNotices()];
    });
  }

  async runStepwise(now: string): Promise<void> {
    await this.server.run(`call ${this.routine('run')}(${quoteLiteral(now)})`);
  }

  async retirements(now: string): Promise<string[]> {
    const sql = `select sql from ${this.routine('retirements')}(${quoteLiteral(now)}) sql`;
    return (await this.server.db.query<{ sql: string }>(sql)).map(each => each.sql);
  }

  async partitions(timeZone = 'UTC'): Promise<string[]> {
    return this.server.db.withSession(async session => {
      await session.execute(`set timezone = '${timeZone}'`);
      return (await session.query<{ line: string }>(PARTITIONS, [this.table])).map(({ line }) => line);
    });
  }

  private routine(which: 'maintain' | 'run' | 'retirements'): string {
    return quoteQualified(this.spec.routineSchema ?? this.spec.schema, this.names[which]);
  }
}

/** What a query gives in its only column. */
export async function column(server: TestServer, sql: string): Promise<unknown[]> {
  return (await server.db.query(sql)).map(row => Object.values(row)[0]);
}

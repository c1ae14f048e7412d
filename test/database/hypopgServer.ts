import type { IndexDefinition } from '../../src/core/advisor/suggestion';
import { debianPostgresOrSkip } from '../support/debianPostgres';
import { startSystemPostgres, type SystemPostgres } from './systemServer';

/** An index on `device` of a table `reading`, and a statement that it serves. */
export const DEVICE_INDEX: IndexDefinition = {
  schema: 'public',
  relation: 'reading',
  method: 'btree',
  keys: ['device'],
  include: [],
};
export const DEVICE_SQL = 'select * from reading where device = 7';

/** A server that has HypoPG to offer; skips the tests with the reason if there is none. */
export async function startWithHypoPG(test: Mocha.Context): Promise<SystemPostgres> {
  const { bin, environment } = await debianPostgresOrSkip(test, ['postgresql-%', 'postgresql-%-hypopg']);
  return startSystemPostgres(bin, {}, environment);
}

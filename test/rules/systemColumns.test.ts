import assert from 'node:assert/strict';
import { unknownSystemColumn } from '../../src/core/rules/monitoring/unknownSystemColumn';
import { cannotBeSetHere } from '../../src/core/rules/settings/cannotBeSetHere';
import { equalsDefault } from '../../src/core/rules/settings/equalsDefault';
import { unknownSetting } from '../../src/core/rules/settings/unknownSetting';
import { lintText } from './lintText';

const RULES = [unknownSystemColumn, unknownSetting, equalsDefault, cannotBeSetHere];

/** `severity: message` of each finding. */
async function found(text: string, serverVersion?: number): Promise<string[]> {
  const findings = await lintText(text, { rules: RULES, ...(serverVersion !== undefined && { serverVersion }) });
  return findings.map(({ severity, message }) => `${severity}: ${message}`);
}

const READ_TIME = 'SELECT sum(blk_read_time) FROM pg_stat_statements';

describe('rules over what differs between versions', () => {
  it('says from which version on a column has another name', async () => {
    const renamed =
      'blk_read_time is no column of pg_stat_statements since PostgreSQL 17: it is called shared_blk_read_time.';
    assert.deepEqual(await found(READ_TIME, 180_004), [`error: ${renamed}`]);
    assert.deepEqual(await found(READ_TIME, 160_003), []);
    assert.deepEqual(await found(READ_TIME), [`info: ${renamed}`], 'wrong on some versions only');
  });

  it('says where a column moved to', async () => {
    assert.deepEqual(await found('SELECT checkpoints_req FROM pg_stat_bgwriter', 170_000), [
      'error: checkpoints_req is no column of pg_stat_bgwriter since PostgreSQL 17; instead: pg_stat_checkpointer.num_requested.',
    ]);
  });

  it('says that a column or a view is too new for the server', async () => {
    assert.deepEqual(await found('SELECT relname, last_seq_scan FROM pg_stat_user_tables', 150_004), [
      'error: pg_stat_user_tables has the column last_seq_scan since PostgreSQL 16 only; the server is version 15.',
    ]);
    assert.deepEqual(await found('SELECT * FROM pg_stat_io', 150_004), [
      'error: pg_stat_io exists since PostgreSQL 16 only; the server is version 15.',
    ]);
    assert.deepEqual(await found('SELECT last_seq_scan FROM pg_stat_user_tables; SELECT reads FROM pg_stat_io'), []);
  });

  it('knows columns that only some versions in between have', async () => {
    assert.deepEqual(await found('SELECT op_bytes FROM pg_stat_io', 160_000), []);
    assert.match((await found('SELECT op_bytes FROM pg_stat_io', 180_000)).join(), /^error: .*read_bytes/);
  });

  it('knows the settings of the version', async () => {
    assert.deepEqual(await found("SET transaction_timeout = '5s'", 160_000), [
      'error: PostgreSQL has the setting transaction_timeout since version 17 only; the server is version 16.',
    ]);
    assert.deepEqual(await found("SET transaction_timeout = '5s'"), []);
    assert.deepEqual(await found('ALTER SYSTEM SET old_snapshot_threshold = 60', 160_000), []);
    assert.deepEqual(await found('ALTER SYSTEM SET old_snapshot_threshold = 60', 170_000), [
      'error: PostgreSQL has no setting old_snapshot_threshold since version 17.',
    ]);
  });

  it('knows the defaults and contexts of the version', async () => {
    const concurrency = 'ALTER SYSTEM SET effective_io_concurrency = 16';
    assert.deepEqual(await found(concurrency, 180_000), ['hint: 16 is the default of effective_io_concurrency.']);
    assert.deepEqual(await found(concurrency, 170_000), []);
    const workers = 'SET autovacuum_max_workers = 5';
    assert.match((await found(workers, 170_000)).join(), /only when the server starts/);
    assert.match((await found(workers, 180_000)).join(), /read from the configuration/);
  });
});

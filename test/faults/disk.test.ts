import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { installedMajors } from '../../src/database/embeddedBinaries';

interface Outcome {
  readonly skipped?: string;
  readonly isDatabaseError?: boolean;
  readonly message?: string;
  readonly hint?: string;
  readonly sqlState?: string;
  readonly invalid?: number;
  readonly filesBefore?: number;
  readonly filesAfter?: number;
}

describe('a disk that is full', function () {
  this.timeout(60_000);

  it('has no space for an index, and nothing is left of it', function () {
    const skip = (reason: string): never => {
      console.warn(`      skipped: ${reason}`);
      return this.skip();
    };
    if (installedMajors().length === 0) skip('no embedded PostgreSQL is installed');
    // A file system of a megabyte needs no rights in namespaces of one's own, where the system has them.
    if (spawnSync('unshare', ['-rm', 'true']).status !== 0) skip('this system gives no namespaces to mount in');
    const script = path.join(__dirname, 'fullDisk.ts');
    const run = spawnSync('unshare', ['-rm', process.execPath, '--require', 'tsx/cjs', script], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const outcome = JSON.parse(run.stdout) as Outcome;
    if (outcome.skipped) skip(outcome.skipped);
    assert.ok(outcome.isDatabaseError);
    assert.match(outcome.message ?? '', /No space left on device/);
    assert.equal(outcome.sqlState, '53100');
    assert.match(outcome.hint ?? '', /disk space/);
    assert.equal(outcome.invalid, 0);
    assert.equal(outcome.filesAfter, outcome.filesBefore);
  });
});

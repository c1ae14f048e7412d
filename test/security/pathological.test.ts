import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlans } from '../../src/core/plan/readPlans';
import { runCli } from '../support/cli';

/** So long that quadratic work on them would take minutes, where reading them takes a blink. */
const CHARACTERS = 50_000;

/** A hang, on whatever machine. */
const LIMIT_MS = 120_000;

/** What a pattern or a reader may go through again and again, or go back in. */
const UNITS = [
  ...[' ', '\n', '\t', '\r', '\u2028', '(', '_', '"', "'", '0', '=', '-', '+', '@', '\\', 'a', '$', '[', ']', '<', '>'],
  ...['.', ',', ';', ':', '`', 'é', '𝒳', '/*', '*/', '--', '$a$', '{{', '${', '%(', "e'", 'select ', 'a ', '(select '],
  ...['case when ', '"a".', '1e', '-- @budget ', '-- query-tuner-', '| ', '```sql\n', 'sql`', '"""', 'QUERY PLAN '],
  ...['->  Seq Scan ', '  ->  ', '(cost=', 'duration: ', 'LOG:  ', 'create table a (', 'and not '],
];

/** Where the text stands: alone, and where each host language has its SQL. */
const HOSTS: readonly (readonly [ending: string, before: string, after: string])[] = [
  ['sql', '', ''],
  ['select.sql', 'select ', 'x'],
  ['ts', 'const a = sql`', '`'],
  ['py', 'cursor.execute("""', '""")'],
  ['md', '```sql\n', '\n```'],
];

describe('texts made to take long', function () {
  this.timeout(2 * LIMIT_MS);
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'query-tuner-long-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const repeated = (unit: string): string => unit.repeat(Math.floor(CHARACTERS / unit.length));

  for (const [ending, before, after] of HOSTS) {
    it(`are checked all the same: .${ending}`, () => {
      mkdirSync(join(folder, 'files'));
      UNITS.forEach((unit, i) =>
        writeFileSync(join(folder, 'files', `${i}.${ending}`), before + repeated(unit) + after),
      );
      const { signal, status, stderr } = runCli(['lint', 'files/*', '--format', 'json', '--fail-on', 'error'], {
        cwd: folder,
        timeout: LIMIT_MS,
        maxBuffer: 1 << 30,
      });
      assert.equal(signal, null, 'it did not end');
      assert.ok(status === 0 || status === 1, stderr);
    });
  }

  it('are read as plans, or refused', () => {
    for (const unit of UNITS) {
      const { plans, problems } = readPlans(repeated(unit));
      assert.ok(plans.length > 0 || problems.length > 0, JSON.stringify(unit));
    }
  });
});

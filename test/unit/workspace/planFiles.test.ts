import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodePlan, readPlanFile } from '../../../src/workspace/planFiles';

describe('workspace/planFiles', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'query-tuner-files-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('reads files of any length up to the limit, and says what it left out', () => {
    const file = path.join(folder, 'long.log');
    const text = 'größer 123\n'.repeat(200_000);
    writeFileSync(file, text);
    assert.deepEqual(readPlanFile(file), { text });
    const cut = readPlanFile(file, 1_500_000);
    assert.equal(cut.problem, 'only the first 1.5 MB of the file were read');
    assert.ok(text.startsWith(cut.text.replace(/\ufffd+$/, '')));
    assert.equal(Buffer.from(text).subarray(0, 1_500_000).toString(), cut.text);
    const { length } = Buffer.from(text);
    assert.equal(readPlanFile(file, length).problem, undefined, 'just as long as the limit');
  });

  it('knows UTF-16 by its mark, in either order', () => {
    const text = 'Seq Scan on größe';
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    assert.deepEqual(decodePlan(little), { text });
    assert.deepEqual(decodePlan(Buffer.from(little).swap16()), { text });
    assert.deepEqual(decodePlan(Buffer.from(`\ufeff${text}`)), { text });
    assert.deepEqual(decodePlan(new Uint8Array()), { text: '' });
  });

  it('throws what the file system says', () => {
    assert.throws(() => readPlanFile(path.join(folder, 'missing')), { code: 'ENOENT' });
    assert.throws(() => readPlanFile(folder), { code: 'EISDIR' });
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { INDEX_RULES } from '../../src/core/rules/index/index';
import { SCHEMA_RULES } from '../../src/core/rules/schema';
import { catalogOf, lintText } from './lintText';

const FILE = path.join(__dirname, 'cases/index-schema-quiet.sql');
const rules = [...INDEX_RULES, ...SCHEMA_RULES];

describe('core/rules: index and schema rules on schemas of real tools', () => {
  const text = readFileSync(FILE, 'utf8');

  const warningsOf = async (schema?: string): Promise<string[]> => {
    const findings = await lintText(text, { rules, ...(schema !== undefined && { schema }) });
    assert.ok(findings.length > 0, 'the file is read at all');
    return findings
      .filter(({ severity }) => severity === 'warning' || severity === 'error')
      .map(({ rule, range, message }) => {
        const line = text.slice(0, range.start).split('\n').length;
        return `${line}: ${rule}: ${text.slice(range.start, range.end)}: ${message}`;
      });
  };

  it('do not warn of the file alone', async () => {
    assert.deepEqual(await warningsOf(), []);
  });

  it('do not warn of it when a database already has all of it', async () => {
    assert.ok((await catalogOf(text)).relations.length > 20);
    assert.deepEqual(await warningsOf(text), []);
  });
});

import assert from 'node:assert/strict';
import { mergeRules } from '../../../src/core/configuration/configuration';
import { configurationSchema } from '../../../src/core/configuration/configurationSchema';
import { readConfiguration } from '../../../src/core/configuration/readConfiguration';

const RULES = [
  { id: 'query/select-star', title: 'SELECT *' },
  { id: 'query/deep-offset', title: 'a deep OFFSET' },
  { id: 'ddl/truncate', title: 'TRUNCATE' },
];
const read = (text: string) => {
  const { configuration, problems } = readConfiguration(text, configurationSchema(RULES));
  return {
    configuration,
    problems: problems.map(({ message, range }) => `${text.slice(range.start, range.end)}: ${message}`),
  };
};

describe('core/configuration/readConfiguration', () => {
  it('reads everything it knows, with comments and trailing commas', () => {
    const { configuration, problems } = read(`{
      // how we work
      "$schema": "./schema.json", "root": true, "postgresVersion": 16,
      "rules": { "query/*": "info", "query/select-star": "off", },
      "thresholds": { "deepOffsetRows": 50 },
      "exclude": ["vendor/**"], "schemaFiles": ["db/*.sql"],
    }`);
    assert.deepEqual(problems, []);
    assert.deepEqual(configuration, {
      $schema: './schema.json',
      root: true,
      postgresVersion: 16,
      rules: { 'query/*': 'info', 'query/select-star': 'off' },
      thresholds: { deepOffsetRows: 50 },
      exclude: ['vendor/**'],
      schemaFiles: ['db/*.sql'],
    });
  });

  it('says what does not fit and keeps the rest', () => {
    const { configuration, problems } = read(
      '{"rules": {"query/select-star": "loud", "query/nope": "off", "ddl/truncate": "off"}, "postgresVersion": 9, "colour": 1, "exclude": "a"}',
    );
    assert.deepEqual(problems, [
      '"loud": "query/select-star" must be one of error, warning, info, hint, off.',
      '"query/nope": There is nothing called "query/nope" here.',
      '9: "postgresVersion" must be a whole number from 14 to 18.',
      '"colour": There is nothing called "colour" here.',
      '"a": "exclude" must be a list.',
    ]);
    assert.deepEqual(configuration.rules, { 'ddl/truncate': 'off' });
    assert.equal(configuration.postgresVersion, undefined);
  });

  it('reads what it can of a broken file', () => {
    const { configuration, problems } = read('{"postgresVersion": 17, "rules": {');
    assert.equal(configuration.postgresVersion, 17);
    assert.ok(problems.length > 0);
    assert.match(problems.join(), /This is not JSON/);
  });

  for (const text of ['', '[]', 'null', '{"__proto__": {"root": true}}', '{"rules": {"__proto__": "off"}}']) {
    it(`takes nothing from ${text || 'an empty file'}`, () => {
      const { configuration } = read(text);
      assert.ok(!configuration.root);
      assert.deepEqual(Object.keys(configuration.rules ?? {}), []);
    });
  }
});

describe('core/configuration/mergeRules', () => {
  const ids = RULES.map(({ id }) => id);

  it('lets a rule count more than its group, and the inner file more than the outer one', () => {
    assert.deepEqual(
      mergeRules(
        { 'query/select-star': 'error', 'ddl/truncate': 'hint' },
        { 'query/deep-offset': 'warning', 'query/*': 'off' },
        ids,
      ),
      { 'query/select-star': 'off', 'query/deep-offset': 'warning', 'ddl/truncate': 'hint' },
    );
  });
});

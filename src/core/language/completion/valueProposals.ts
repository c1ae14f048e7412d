import type { Catalog } from '../../catalog/catalog';
import { isAlive } from '../../catalog/systemCatalog/lifespan';
import { findSetting, settingNames } from '../../catalog/systemCatalog/serverSettings';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql/identifiers';
import { enumOf, indexOf } from './catalogIndex';
import type { Completion } from './completion';
import type { CompletionContext } from './context';
import { inCase } from './context';
import type { ScopeColumn } from './cursorScope';

/** A column with more different values is not listed. */
const MAX_DISTINCT = 100;
const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']);

/** Labels of an enum, the values of a column that has few, true and false. */
export function addValues(context: CompletionContext, { type, base }: ScopeColumn): void {
  const { collector, catalog, quote } = context;
  if (quote === '"') return;
  const add = (value: string, detail: string, isNumber = false): void => {
    const text = isNumber && quote === '' ? value : quoteLiteral(value);
    const build = (): Completion => ({ label: text, kind: 'value', insertText: text, detail });
    collector.add(value, 'best', build, `value ${value}`);
  };
  const labels = enumOf(catalog, type)?.labels;
  if (labels) {
    for (const label of labels) add(label, type ?? '');
    return;
  }
  if (type === 'boolean' && quote === '') {
    for (const word of ['true', 'false']) {
      const text = inCase(context, word);
      collector.add(word, 'best', () => ({ label: text, kind: 'keyword', insertText: text }), `keyword ${word}`);
    }
    return;
  }
  const statistics = base?.column.statistics;
  if (!statistics || type === undefined || type.endsWith('[]')) return;
  const { distinct, mostCommonValues = [], mostCommonFrequencies = [] } = statistics;
  if (distinct > MAX_DISTINCT || (distinct < 0 && mostCommonValues.length < 2)) return;
  const isNumber = NUMBERS.has(type.replace(/\(.*\)/, ''));
  if (isNumber && quote === "'") return;
  for (const [i, value] of mostCommonValues.slice(0, MAX_DISTINCT).entries()) {
    if (value.length > 60) continue;
    const frequency = mostCommonFrequencies[i];
    add(
      value,
      frequency === undefined ? 'common value' : `in ${Number((frequency * 100).toPrecision(2))} % of the rows`,
      isNumber,
    );
  }
}

/** Names of settings: those that SET can change in a session, or all for SHOW. */
export function addSettings(
  { collector, catalog, major, quote }: CompletionContext,
  statement: 'set' | 'show',
  asString = false,
): void {
  for (const lower of settingNames()) {
    const setting = findSetting(lower, major);
    if (!setting || !isAlive(setting, major) || setting.name === '') continue;
    if (statement === 'set' && setting.context !== 'user' && setting.context !== 'superuser') continue;
    const { name, defaultValue, unit, type } = setting;
    const own = catalog?.settings[name];
    const value =
      own === undefined
        ? `default ${defaultValue === '' ? "''" : defaultValue}${unit === '' ? '' : ` × ${unit}`}`
        : own;
    const insertText = asString || quote === "'" ? `'${name}'` : name;
    collector.add(name, setting.context === 'user' ? 'own' : 'other', () => ({
      label: name,
      kind: 'setting',
      insertText,
      detail: `${type} · ${value}`,
      subject: { kind: 'setting', name },
    }));
  }
}

/** The values a setting can have, as far as they are words. */
export function addSettingValues(context: CompletionContext, name: string): void {
  const { collector, catalog, major, quote } = context;
  const setting = findSetting(name, major);
  const add = (word: string, isKeyword = false): void => {
    const isPlain = isKeyword || quoteIdentifier(word) === word || word === 'on' || word === 'true' || word === 'false';
    const text = isPlain && quote === '' ? (isKeyword ? inCase(context, word) : word) : quoteLiteral(word);
    collector.add(
      word,
      isKeyword ? 'other' : 'own',
      () => ({ label: text, kind: isKeyword ? 'keyword' : 'value', insertText: text }),
      `value ${word}`,
    );
  };
  if (setting?.type === 'bool') for (const word of ['on', 'off']) add(word);
  for (const word of setting?.values ?? []) add(word);
  if (name === 'search_path' && catalog) for (const schema of indexOf(catalog).schemas) add(schema);
  if (quote === '') add('default', true);
}

const TYPES =
  `bigint boolean bytea char(1) cidr date daterange double_precision inet int4range int8range integer interval json jsonb
  jsonpath money numeric numrange real regclass regtype smallint text time timestamp timestamptz tsquery tsrange tstzrange tsvector
  uuid varchar xml int bool oid name point polygon bit macaddr tid xid8 pg_lsn bigserial serial`.split(/\s+/);

/** PostgreSQL's types and users' own. */
export function addTypes({ collector, catalog, quote }: CompletionContext, isColumn: boolean): void {
  for (const type of (catalog as Catalog | undefined)?.types ?? []) {
    const isVisible = catalog?.searchPath.includes(type.schema) ?? false;
    const insertText = isVisible ? quoteIdentifier(type.name) : quoteQualified(type.schema, type.name);
    collector.add(type.name, 'own', () => ({ label: type.name, kind: 'type', insertText, detail: type.kind }));
  }
  if (quote !== '') return;
  for (const word of TYPES) {
    if (word.endsWith('serial') && !isColumn) continue;
    const name = word.replace('_p', ' p').replace('pg lsn', 'pg_lsn');
    collector.add(
      name,
      'common',
      () => ({ label: name, kind: 'type', insertText: name, detail: 'type' }),
      `type ${name}`,
    );
  }
}

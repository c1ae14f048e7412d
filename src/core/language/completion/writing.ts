import type { Catalog, Relation } from '../../catalog/catalog';
import { quoteIdentifier, quoteQualified } from '../../sql/identifiers';
import { findRelation } from '../../catalog/lookup';
import type { CursorTokens } from './cursorTokens';

const TELLTALES = new Set(
  `select from where join left inner on and or not in is null group order by having limit insert into values update set
  delete returning with as create table alter add column drop distinct union all case when then else end exists
  between like using explain analyze begin`.split(/\s+/),
);

/** Whether the statement's keywords are in capitals; if it has none, those before it, or what is being typed. */
export function writesUpperCase(tokens: CursorTokens, typed: string, before: string): boolean {
  let upper = 0;
  let lower = 0;
  const count = (word: string): void => {
    if (word === word.toUpperCase()) upper++;
    else if (word === word.toLowerCase()) lower++;
  };
  for (let i = 0; i < tokens.count; i++) {
    if (i !== tokens.cursor && TELLTALES.has(tokens.lower(i)) && !tokens.is(i - 1, '.')) count(tokens.raw(i));
  }
  if (upper !== lower) return upper > lower;
  if (/^[A-Z]{2,}/.test(typed) || /^[a-z]/.test(typed)) return /^[A-Z]/.test(typed);
  for (const [word] of before.matchAll(/\b[a-z]{2,}\b/gi)) if (TELLTALES.has(word.toLowerCase())) count(word);
  return upper > lower;
}

/** The name as it can be written: without its schema where the search path finds it. */
export function relationName(relation: Relation, catalog: Catalog): string {
  const isVisible = findRelation(catalog, relation.name) === relation;
  return isVisible ? quoteIdentifier(relation.name) : quoteQualified(relation.schema, relation.name);
}

/** A short name for a table that none of those taken is: `o` for orders, `oi` for order_items. */
export function aliasFor(name: string, taken: ReadonlySet<string>): string | undefined {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(word => word !== '');
  const initials = words.map(word => word[0]).join('');
  if (initials === '') return undefined;
  const whole = words.join('');
  const candidates = [initials, whole.slice(0, 2), whole.slice(0, 3)];
  for (let i = 2; i < 20; i++) candidates.push(`${initials}${i}`);
  return candidates.find(alias => !taken.has(alias) && quoteIdentifier(alias) === alias);
}

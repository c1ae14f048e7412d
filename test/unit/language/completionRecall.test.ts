import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { completeAt } from '../../../src/core/language/completion/completeAt';
import { occurrencesAt, placesIn } from '../../../src/core/language/place';
import type { Example } from '../../../src/core/rules/defineRule';
import { RULES } from '../../../src/core/rules/registry';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { identifierOf } from '../../../src/core/sql/identifiers';
import { Script } from '../../../src/core/sql/script';
import { catalogOf } from '../../rules/lintText';

const KINDS = ['column', 'relation', 'alias', 'cte'];

/** A statement of which one name has been taken out, and that name. */
interface Gap {
  readonly text: string;
  readonly offset: number;
  readonly name: string;
  readonly schema: string;
}

const catalogs = new Map<string, Promise<Catalog>>();

function catalogFor(schema: string): Promise<Catalog> {
  const catalog = catalogs.get(schema) ?? catalogOf(schema);
  catalogs.set(schema, catalog);
  return catalog;
}

function textOf(example: Example): string {
  return 'bad' in example ? example.bad : example.good;
}

/** Each name of a table or column in the rules' examples once, as if it had still to be typed. */
async function* gaps(): AsyncIterable<Gap> {
  const grammar = await loadGrammar();
  const seen = new Set<string>();
  for (const example of RULES.flatMap(({ examples }) => examples)) {
    const { schema } = example;
    const sql = textOf(example);
    if (schema === undefined) continue;
    const catalog = await catalogFor(schema);
    for (const place of placesIn(new Script(grammar, sql))) {
      for (const { thing, role, range } of occurrencesAt(place, catalog)) {
        if (!KINDS.includes(thing.kind) || role === 'definition') continue;
        if (thing.kind === 'relation' && !thing.relation) continue;
        const [start, end] = [place.start + range.start, place.start + range.end];
        const text = sql.slice(0, start) + sql.slice(end);
        if (seen.has(`${start} ${text}`)) continue;
        seen.add(`${start} ${text}`);
        yield { text, offset: start, name: identifierOf(sql.slice(start, end)), schema };
      }
    }
  }
}

describe('core/language/completion in the examples of all rules', function () {
  this.timeout(120_000);

  it('finds the names that stand there', async () => {
    const grammar = await loadGrammar();
    const missing: string[] = [];
    let count = 0;
    for await (const { text, offset, name, schema } of gaps()) {
      count++;
      const list = completeAt(new Script(grammar, text), offset, await catalogFor(schema));
      const texts = list?.items.map(({ insertText }) => insertText) ?? [];
      const names = texts.flatMap(proposal => proposal.match(/"(?:[^"]|"")*"|[^.\s]+/g) ?? []).map(identifierOf);
      if (!names.includes(name)) missing.push(`${text.slice(0, offset)}|${text.slice(offset)} <- ${name}`);
    }
    assert.ok(count > 500, `only ${count} names`);
    // An example may use a name where it is wrong, and be about that.
    assert.ok(missing.length <= count / 100, `${missing.length} of ${count}:\n${missing.join('\n')}`);
  });

  it('answers at every place of a text, whole or cut off', async () => {
    const grammar = await loadGrammar();
    const texts = RULES.flatMap(({ examples }) => examples.map(textOf));
    for (const [i, text] of texts.entries()) {
      for (let offset = i % 9; offset <= text.length; offset += 9) {
        for (const script of [new Script(grammar, text), new Script(grammar, text.slice(0, offset))]) {
          const list = completeAt(script, offset, undefined);
          if (list) assert.ok(list.range.start <= offset && offset <= list.range.end, text);
        }
      }
    }
  });
});

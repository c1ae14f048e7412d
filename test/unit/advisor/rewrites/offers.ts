import assert from 'node:assert/strict';
import { rewritesOf, rewrittenText } from '../../../../src/core/advisor/rewrites/registry';
import type { Rewrite } from '../../../../src/core/advisor/rewrites/rewrite';
import { loadGrammar } from '../../../../src/core/sql/grammar';
import { Script } from '../../../../src/core/sql/script';
import { catalogOf } from '../../../rules/lintText';

/** A rewrite and the statement after it. */
export interface Offer extends Rewrite {
  /** Of one line: line breaks and indentation are blanks. */
  readonly text: string;
}

/** What is offered for a single statement; `schema` is DDL with sizes as `catalogOf` reads them. */
export async function offersOf(sql: string, schema?: string, serverVersion?: number): Promise<Offer[]> {
  const script = new Script(await loadGrammar(), sql);
  const [located] = script.statements;
  assert.ok(located && !located.statement.syntaxError, `does not parse: ${sql}`);
  const catalog = schema === undefined ? undefined : await catalogOf(schema);
  return rewritesOf(located, { catalog, serverVersion }).map(rewrite => ({
    ...rewrite,
    text: rewrittenText(sql, located, rewrite).replace(/\s+/g, ' '),
  }));
}

/** The one offer of a rewrite; fails if there is none, or if what it gives does not parse. */
export async function offerOf(id: string, sql: string, schema?: string, serverVersion?: number): Promise<Offer> {
  const offers = (await offersOf(sql, schema, serverVersion)).filter(each => each.id === id);
  assert.equal(offers.length, 1, `${offers.length} offers of ${id} for ${sql}`);
  const [offer] = offers;
  for (const { statement } of new Script(await loadGrammar(), offer!.text).statements)
    assert.equal(statement.syntaxError, undefined, `${offer!.text}: ${statement.syntaxError?.message}`);
  return offer!;
}

/** Fails if the rewrite is offered for any of the statements. */
export async function offersNone(id: string, schema: string | undefined, ...statements: string[]): Promise<void> {
  for (const sql of statements) {
    const offers = await offersOf(sql, schema);
    assert.deepEqual(
      offers.filter(each => each.id === id).map(({ text }) => text),
      [],
      sql,
    );
  }
}

/** `provably equal`, or the differences it says. */
export function equalityOf({ equality }: Rewrite): string | readonly string[] {
  return equality.kind === 'provably equal' ? equality.kind : equality.differences;
}

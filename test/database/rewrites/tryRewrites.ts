import type pg from 'pg';
import { rewritesOf, rewrittenText } from '../../../src/core/advisor/rewrites/registry';
import type { Rewrite } from '../../../src/core/advisor/rewrites/rewrite';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { applyEdits } from '../../../src/core/rules/applyFixes';
import type { Grammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';
import { compareTexts, type Compared } from './compareTexts';
import type { GeneratedStatement, RewriteShape } from './shape';

/** A statement of a shape and one rewrite of it. */
export interface RewriteCase {
  readonly shape: RewriteShape;
  readonly generated: GeneratedStatement;
  readonly rewrite: Rewrite;
  readonly original: string;
  readonly rewritten: string;
}

/** The rewrites that are offered for a statement; of several in a text, for the first of them. */
export function casesOf(
  shape: RewriteShape,
  generated: GeneratedStatement,
  grammar: Grammar,
  catalog: Catalog,
): RewriteCase[] {
  const { sql } = generated;
  const { statements } = new Script(grammar, sql);
  const [located] = statements;
  if (!located) throw new Error(`no statement: ${sql}`);
  if (located.statement.syntaxError) throw new Error(`${located.statement.syntaxError.message}: ${sql}`);
  const around = { catalog, script: { text: sql, statements, index: 0 } };
  const isAlone = statements.length === 1;
  return rewritesOf(located, around).map(rewrite => ({
    shape,
    generated,
    rewrite,
    original: isAlone ? located.statement.text : sql,
    rewritten: isAlone ? rewrittenText(sql, located, rewrite) : applyEdits(sql, rewrite.edits),
  }));
}

export type Judgement =
  | { readonly kind: 'equal' }
  /** A difference that the rewrite names applies to these rows. */
  | { readonly kind: 'may differ' }
  /** It needs checking, and the shape does not know by what. */
  | { readonly kind: 'not judged' }
  /** The original fails on these rows. */
  | { readonly kind: 'fails anyway' }
  | { readonly kind: 'failure'; readonly reason: string };

/** Runs both forms on the rows at hand, unless a difference that the rewrite names applies to them. */
export async function judge(client: pg.Client, grammar: Grammar, one: RewriteCase): Promise<Judgement> {
  const { rewrite, generated, shape } = one;
  const { equality } = rewrite;
  const named = generated.differences?.[rewrite.id];
  let applies: string | undefined;
  if (equality.kind === 'needs checking') {
    if (!named) {
      if (!shape.rewrites.includes(rewrite.id)) return { kind: 'not judged' };
      return failure(`needs checking by "${equality.differences.join('; ')}", of which the shape says nothing`);
    }
    const unknown = equality.differences.filter(text => !named.some(({ says }) => says.test(text)));
    if (unknown.length > 0) return failure(`names a difference that the shape does not: ${unknown.join('; ')}`);
    const said = named.filter(({ says }) => equality.differences.some(text => says.test(text)));
    applies = said.map(each => `(${each.applies})`).join(' OR ');
  }
  const compared = await compareTexts(client, grammar, {
    original: one.original,
    rewritten: one.rewritten,
    parameters: generated.parameters ?? [],
    ...(applies !== undefined && { applies }),
  });
  return judgementOf(compared);
}

function judgementOf(compared: Compared): Judgement {
  switch (compared.kind) {
    case 'equal':
      return { kind: 'equal' };
    case 'applies':
      return { kind: 'may differ' };
    case 'original fails':
      // Class 22 is about the rows; anything else is a statement nobody could run.
      return compared.code.startsWith('22') ? { kind: 'fails anyway' } : failure(`cannot run: ${compared.message}`);
    case 'different':
      return failure(compared.reason);
  }
}

function failure(reason: string): Judgement {
  return { kind: 'failure', reason };
}

/** Whether both forms differ on the rows at hand, whatever the rewrite says. */
export async function reallyDiffers(client: pg.Client, grammar: Grammar, one: RewriteCase): Promise<boolean> {
  const { original, rewritten, generated } = one;
  const compared = await compareTexts(client, grammar, {
    original,
    rewritten,
    parameters: generated.parameters ?? [],
  });
  return compared.kind === 'different';
}

import { rewritesOf, rewrittenText } from '../../../../src/core/advisor/rewrites/registry';
import type { Catalog } from '../../../../src/core/catalog/catalog';
import type { Rewrite } from '../../../../src/core/advisor/rewrites/rewrite';
import { applyEdits } from '../../../../src/core/rules/applyFixes';
import { loadGrammar } from '../../../../src/core/sql/grammar';
import { Script } from '../../../../src/core/sql/script';
import { catalogOf } from '../../../rules/lintText';

/** A rewrite with the text of the whole document after it. */
export interface Offered extends Rewrite {
  readonly becomes: string;
  /** The rewritten statement alone. */
  readonly statement: string;
}

/** All rewrites of the statements of a text. */
export async function offered(text: string, schema?: string): Promise<Offered[]> {
  return offeredWith(text, schema === undefined ? undefined : await knownCatalog(schema));
}

const catalogs = new Map<string, Promise<Catalog>>();

/** Most cases speak of the same tables. */
function knownCatalog(schema: string): Promise<Catalog> {
  const known = catalogs.get(schema) ?? catalogOf(schema);
  catalogs.set(schema, known);
  return known;
}

/** The same with a catalog that is known already. */
export async function offeredWith(text: string, catalog: Catalog | undefined): Promise<Offered[]> {
  const { statements } = new Script(await loadGrammar(), text);
  return statements.flatMap((located, index) =>
    rewritesOf(located, { ...(catalog && { catalog }), script: { text, statements, index } }).map(rewrite => ({
      ...rewrite,
      becomes: applyEdits(text, rewrite.edits),
      statement: rewrittenText(text, located, rewrite),
    })),
  );
}

/** What PostgreSQL's grammar says against a text; undefined if it parses. */
export async function syntaxErrorIn(text: string): Promise<string | undefined> {
  const script = new Script(await loadGrammar(), text);
  return script.statements
    .map(({ statement }) => statement.syntaxError?.message)
    .find(message => message !== undefined);
}

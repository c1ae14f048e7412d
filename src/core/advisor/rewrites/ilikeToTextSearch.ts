import type { NodeFields, NodeMatch } from '../../rules/nodeIndex';
import { asColumn, filteredQuery, list, operatorOf, stringConstant } from '../../rules/support/expressions';
import { hasTrigramIndex } from '../../rules/support/indexKeys';
import { typeFamily } from '../../rules/support/columnTypes';
import { matchBelow, textOfTree } from '../../rules/support/trees';
import { quoteLiteral } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, needsChecking } from './rewrite';

export const ilikeToTextSearch = defineRewrite({
  id: 'ilike-to-text-search',
  title: 'Search for the words with full text search',
  why: "ILIKE with a wildcard in front reads every row. Two changes help: a trigram index (CREATE INDEX ... USING gin (column gin_trgm_ops), extension pg_trgm) serves the statement as it is; full text search with a GIN index on to_tsvector('simple', column) finds whole words.",
  nodes: ['AEXPR_ILIKE'],
  find(context) {
    const searches = new Map(
      context.find('AEXPR_ILIKE').flatMap(test => {
        const search = searchOf(context, test);
        return search ? [[test.fields, search] as const] : [];
      }),
    );
    const found = new Map<NodeFields, readonly Search[]>();
    for (const search of searches.values()) {
      const or = search.test.parent?.type === 'BoolExpr' ? search.test.parent : undefined;
      if (or?.fields.boolop !== 'OR_EXPR') {
        found.set(search.test.fields, [search]);
        continue;
      }
      // One arm that reads all rows is enough for all of them to be read.
      const arms = list(or.fields.args).map(arm => searches.get(unwrap(arm)?.fields ?? {}));
      if (arms.every(arm => arm !== undefined)) found.set(or.fields, arms);
    }
    return [...found.values()].map(arms => rewritten(context, arms));
  },
});

interface Search {
  readonly test: NodeMatch;
  readonly words: string;
  readonly newText: string;
}

function searchOf({ statement, resolve }: RewriteContext, test: NodeMatch): Search | undefined {
  const { lexpr, rexpr } = test.fields;
  const words = /^%([\p{L}\p{N}]+(?: [\p{L}\p{N}]+)*)%$/u.exec(stringConstant(rexpr) ?? '')?.[1];
  const column = asColumn(lexpr);
  const match = matchBelow(test, 'lexpr', lexpr);
  const text = textOfTree(statement, lexpr);
  if (operatorOf(test.fields) !== '~~*' || !words || unwrap(rexpr)?.type !== 'A_Const') return undefined;
  if (!column || !match || text === undefined || !filteredQuery(test)) return undefined;
  const known = resolve(match);
  const family = typeFamily(known?.column.type);
  if ((known && family !== 'text' && family !== 'char') || hasTrigramIndex(known?.relation, column)) return undefined;
  const call = words.includes(' ') ? 'phraseto_tsquery' : 'plainto_tsquery';
  return { test, words, newText: `to_tsvector('simple', ${text}) @@ ${call}('simple', ${quoteLiteral(words)})` };
}

function rewritten({ rangeOf }: RewriteContext, searches: readonly Search[]): FoundRewrite {
  const ranges = searches.map(({ test }) => rangeOf(test));
  const words = [...new Set(searches.map(search => search.words))].join(', ');
  return {
    range: { start: ranges[0]!.start, end: ranges.at(-1)!.end },
    edits: searches.map(({ newText }, i) => ({ range: ranges[i]!, newText })),
    equality: needsChecking(
      `whole words are found, and no longer ${words} within a longer word`,
      'it needs a GIN index on the expression, or it is slower than before',
    ),
  };
}

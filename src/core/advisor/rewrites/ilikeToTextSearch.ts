import { asColumn, filteredQuery, operatorOf, stringConstant } from '../../rules/support/expressions';
import { hasTrigramIndex } from '../../rules/support/indexKeys';
import { typeFamily } from '../../rules/support/columnTypes';
import { matchBelow, textOfTree } from '../../rules/support/trees';
import { quoteLiteral } from '../../sql/identifiers';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite } from './rewrite';
import { defineRewrite, needsChecking } from './rewrite';

export const ilikeToTextSearch = defineRewrite({
  id: 'ilike-to-text-search',
  title: 'Search for the words with full text search',
  why: "ILIKE with a wildcard in front reads every row. Two changes help: a trigram index (CREATE INDEX ... USING gin (column gin_trgm_ops), extension pg_trgm) serves the statement as it is; full text search with a GIN index on to_tsvector('simple', column) finds whole words.",
  nodes: ['AEXPR_ILIKE'],
  find({ find, statement, rangeOf, resolve }) {
    return find('AEXPR_ILIKE').flatMap((test): FoundRewrite[] => {
      const words = /^%([\p{L}\p{N}]+(?: [\p{L}\p{N}]+)*)%$/u.exec(stringConstant(test.fields.rexpr) ?? '')?.[1];
      const column = asColumn(test.fields.lexpr);
      const match = matchBelow(test, 'lexpr', test.fields.lexpr);
      const text = textOfTree(statement, test.fields.lexpr);
      if (operatorOf(test.fields) !== '~~*' || !words || unwrap(test.fields.rexpr)?.type !== 'A_Const') return [];
      if (!column || !match || text === undefined || !filteredQuery(test)) return [];
      const known = resolve(match);
      const family = typeFamily(known?.column.type);
      if ((known && family !== 'text' && family !== 'char') || hasTrigramIndex(known?.relation, column)) return [];
      const call = words.includes(' ') ? 'phraseto_tsquery' : 'plainto_tsquery';
      const range = rangeOf(test);
      const newText = `to_tsvector('simple', ${text}) @@ ${call}('simple', ${quoteLiteral(words)})`;
      return [
        {
          range,
          edits: [{ range, newText }],
          equality: needsChecking(
            `whole words are found, and no longer ${words} within a longer word`,
            'it needs a GIN index on the expression, or it is slower than before',
          ),
        },
      ];
    });
  },
});

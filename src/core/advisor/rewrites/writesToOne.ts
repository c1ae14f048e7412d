import type { Catalog } from '../../catalog/catalog';
import type { SourceRange } from '../../base/sourceRange';
import { asColumn, contains, list } from '../../rules/support/expressions';
import { conjuncts, rangeOfTree } from '../../rules/support/trees';
import { TokenKind, tokenize } from '../../sql/lexer';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import { defineRewrite, needsChecking } from './rewrite';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { commentsIn } from './support/comments';
import { equalSides } from './support/conditions';
import { isSteady } from './support/steady';

/** The same UPDATE or DELETE for one value after the other. */
export const writesToOne = defineRewrite({
  id: 'writes-to-one',
  title: 'Write all rows with one statement',
  why: 'Each statement is sent, parsed and planned by itself, and outside a transaction waits for its own commit. One statement with a list of values does that once.',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['UpdateStmt', 'DeleteStmt'],
  find: context => runOf(context) ?? [],
});

/** As for INSERTs: a statement much longer than this is unpleasant to read. */
const MOST_VALUES = 1000;

function runOf({ statement, before, following, catalog }: RewriteContext): FoundRewrite[] | undefined {
  const places = placesOf(statement, catalog);
  const words = wordsOf(statement);
  if (places.length === 0) return undefined;
  const differsFrom = (other: ParsedStatement, between: string): Place | undefined => {
    if (!/^\s*;\s*$/.test(between) || other.kind !== statement.kind || commentsIn(other.text, whole(other)).length > 0)
      return undefined;
    const theirs = wordsOf(other);
    const different = words.texts.flatMap((word, i) => (word === theirs.texts[i] ? [] : [i]));
    const [at] = different;
    if (theirs.texts.length !== words.texts.length || different.length !== 1 || theirs.kinds[at!] !== words.kinds[at!])
      return undefined;
    return places.find(({ value }) => value.start === words.starts[at!]);
  };
  // Offered at the first of them.
  if (before && differsFrom(before.statement, before.between)) return undefined;
  let place: Place | undefined;
  let end = 0;
  const values: string[] = [];
  for (const next of following()) {
    const found = differsFrom(next.statement, next.between);
    if (!found || (place && place !== found) || values.length + 1 >= MOST_VALUES) break;
    place = found;
    const theirs = wordsOf(next.statement);
    values.push(theirs.texts[words.starts.indexOf(found.value.start)]!);
    end = next.start + next.statement.text.length;
  }
  if (!place) return undefined;
  const first = statement.text.slice(place.value.start, place.value.end);
  // What is written twice for one value is written once.
  if (new Set([first, ...values]).size <= values.length) return undefined;
  return [
    {
      title: `Write the rows of these ${values.length + 1} values with one statement`,
      range: { start: 0, end: statement.text.length },
      edits: [
        { range: place.comparison, newText: `${place.column} IN (${[first, ...values].join(', ')})` },
        { range: { start: statement.text.length, end }, newText: '' },
      ],
      equality: needsChecking(
        'if one row is refused, none is written; outside a transaction the rows before it now stay',
        'triggers for each statement run once and no longer for each value',
      ),
    },
  ];
}

/** `id = 5` in WHERE. */
interface Place {
  readonly comparison: SourceRange;
  readonly column: string;
  readonly value: SourceRange;
}

const OTHER_CLAUSES = ['fromClause', 'usingClause', 'withClause', 'returningClause', 'returningList'];

/** The comparisons with a constant that could be a list, in a statement that looks at one row at a time. */
function placesOf(statement: ParsedStatement, catalog: Catalog | undefined): Place[] {
  const node = unwrap(statement.tree);
  if (!node || statement.placeholders.length > 0 || commentsIn(statement.text, whole(statement)).length > 0) return [];
  const { fields } = node;
  const isPlain = OTHER_CLAUSES.every(clause => fields[clause] === undefined) && isSteady(fields, catalog);
  if (!isPlain || contains(fields, type => type === 'SubLink')) return [];
  const written = new Set(list(fields.targetList).map(target => unwrap(target)?.fields.name));
  return conjuncts(fields.whereClause).flatMap(condition => {
    const [left, right] = equalSides(condition) ?? [];
    const column = asColumn(left);
    const comparison = rangeOfTree(statement, condition);
    const value = rangeOfTree(statement, right);
    const name = rangeOfTree(statement, left);
    if (!column || unwrap(right)?.type !== 'A_Const' || !comparison || !value || !name || written.has(column.name))
      return [];
    return [{ comparison, value, column: statement.text.slice(name.start, name.end) }];
  });
}

function whole({ text }: ParsedStatement): SourceRange {
  return { start: 0, end: text.length };
}

/** Tokens in one spelling; names that are quoted, and strings, as they are. */
function wordsOf({ text }: ParsedStatement): {
  readonly texts: string[];
  readonly kinds: readonly number[];
  readonly starts: readonly number[];
} {
  const { kinds, starts, ends } = tokenize(text, { comments: false });
  const texts = kinds.map((kind, i) => {
    const token = text.slice(starts[i], ends[i]);
    return kind === TokenKind.word ? token.toLowerCase() : token;
  });
  return { texts, kinds, starts };
}

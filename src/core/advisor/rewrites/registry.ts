import { shiftRange } from '../../base/sourceRange';
import type { SourceRange } from '../../base/sourceRange';
import type { Catalog } from '../../catalog/catalog';
import { applyEdits } from '../../rules/applyFixes';
import { indexOf, viewOf } from '../../rules/statementView';
import { keepsPlaceholders } from '../../rules/support/keptPlaceholders';
import { DEFAULT_THRESHOLDS } from '../../rules/thresholds';
import type { Thresholds } from '../../rules/thresholds';
import { editsKeepBody } from '../../sql/bodies/bodyEdits';
import type { BodyContext, LocatedStatement, ParsedStatement } from '../../sql/statement';
import { BLOCK_REWRITES } from './blockRewrites';
import type { FoundRewrite, Rewrite, RewriteContext, RewriteDefinition } from './rewrite';
import { offsetToKeyset } from './offsetToKeyset';
import { inListToArray } from './inListToArray';
import { insertsToOne } from './insertsToOne';
import { havingToWhere } from './havingToWhere';
import { timePartsToRange } from './timePartsToRange';
import { truncatedTimeToRange } from './truncatedTimeToRange';
import { subqueryToGroupedJoin } from './subqueryToGroupedJoin';
import { subqueryToLeftJoin } from './subqueryToLeftJoin';
import { subqueriesToLateral } from './subqueriesToLateral';
import { intervalToBareColumn } from './intervalToBareColumn';
import { randomOrderToSample } from './randomOrderToSample';
import { conditionIntoCte } from './conditionIntoCte';
import { cteMaterialized, cteNotMaterialized } from './cteMaterialization';
import { ilikeToTextSearch } from './ilikeToTextSearch';
import { fixesAsRewrites } from './ruleFixes';
import { losesComment } from './support/comments';

/** The rewrites that no rule's fix makes, in the order they are offered. */
export const REWRITES: readonly RewriteDefinition[] = [
  offsetToKeyset,
  inListToArray,
  insertsToOne,
  havingToWhere,
  timePartsToRange,
  truncatedTimeToRange,
  subqueryToGroupedJoin,
  subqueryToLeftJoin,
  subqueriesToLateral,
  intervalToBareColumn,
  randomOrderToSample,
  conditionIntoCte,
  cteMaterialized,
  cteNotMaterialized,
  ilikeToTextSearch,
  ...BLOCK_REWRITES,
];

/** What is known beside the statement. */
export interface RewriteSurroundings {
  /** Without it little can be proved: most rewrites are then offered as ones to check, or not at all. */
  readonly catalog?: Catalog;
  /** `server_version_num`, when no catalog of a server says it. */
  readonly serverVersion?: number;
  readonly thresholds?: Thresholds;
  /** The script the statement is part of, for what joins several into one. */
  readonly script?: ScriptAround;
  /** Told when a rewrite fails on a statement; the others go on. Without it the failure is thrown. */
  readonly rewriteFailed?: (rewrite: string, error: unknown) => void;
}

/** A document of statements that run one after the other, and which of them is looked at. */
export interface ScriptAround {
  readonly text: string;
  readonly statements: readonly LocatedStatement[];
  readonly index: number;
}

/** Other ways to write a statement, with offsets of its document: our own rewrites, then what rules' fixes make of it. */
export function rewritesOf(located: LocatedStatement, around: RewriteSurroundings = {}): Rewrite[] {
  const { statement, range } = located;
  if (statement.syntaxError) return [];
  const own = [...findIn(statement, around, neighboursOf(around.script)), ...rewritesInBodies(statement, around)];
  const seen = new Set<string>();
  return [...own, ...fixesAsRewrites(statement, around)]
    .filter(({ edits }) => {
      const key = JSON.stringify(edits);
      return !seen.has(key) && seen.add(key);
    })
    .map(rewrite => shiftRewrite(rewrite, range.start));
}

/** What a rewrite takes the place of: the statement, or of a rewrite that joins several, all of them. */
export function rewrittenRange({ range }: LocatedStatement, rewrite: Pick<Rewrite, 'range'>): SourceRange {
  return { start: range.start, end: Math.max(range.end, rewrite.range.end) };
}

/** The text of that range after the rewrite. */
export function rewrittenText(document: string, located: LocatedStatement, rewrite: Rewrite): string {
  const { start, end } = rewrittenRange(located, rewrite);
  const own = rewrite.edits.map(edit => ({ ...edit, range: shiftRange(edit.range, -start) }));
  return applyEdits(document.slice(start, end), own);
}

function rewritesInBodies(outer: ParsedStatement, around: RewriteSurroundings): Rewrite[] {
  return outer.inner.flatMap(inner =>
    inner.statement.syntaxError
      ? []
      : findIn(inner.statement, around, NOBODY, inner.body)
          .filter(({ edits }) => editsKeepBody(outer, inner, edits))
          .map(rewrite => shiftRewrite(rewrite, inner.range.start)),
  );
}

type Neighbours = Pick<RewriteContext, 'before' | 'following'>;

const NOBODY: Neighbours = { before: undefined, following: () => [] };

function neighboursOf(script: ScriptAround | undefined): Neighbours {
  if (!script) return NOBODY;
  const { text, statements, index } = script;
  const { start, end } = statements[index]!.range;
  const previous = statements[index - 1];
  return {
    before: previous && { statement: previous.statement, between: text.slice(previous.range.end, start) },
    *following() {
      let last = end;
      for (const { statement, range } of statements.slice(index + 1)) {
        yield { statement, start: range.start - start, between: text.slice(last, range.start) };
        last = range.end;
      }
    },
  };
}

function findIn(
  statement: ParsedStatement,
  { catalog, serverVersion, thresholds = DEFAULT_THRESHOLDS, rewriteFailed }: RewriteSurroundings,
  neighbours: Neighbours,
  body?: BodyContext,
): Rewrite[] {
  const { tree } = statement;
  if (tree === undefined) return [];
  const index = indexOf(tree);
  const types = new Set(index.types);
  const wanted = REWRITES.filter(
    ({ nodes, mentions, inBodies }) =>
      (!body || inBodies) && nodes?.some(type => types.has(type)) !== false && mentions?.test(statement.text) !== false,
  );
  if (wanted.length === 0) return [];
  const version = catalog?.serverVersion ?? serverVersion;
  const context = { ...viewOf(statement, index, { catalog, serverVersion: version, body }), thresholds, ...neighbours };
  return wanted.flatMap(definition => {
    try {
      return definition
        .find(context)
        .filter(({ edits }) => edits.length > 0 && !losesComment(statement, edits))
        .map(found => asRewrite(definition, found, statement));
    } catch (error) {
      if (!rewriteFailed) throw error;
      rewriteFailed(definition.id, error);
      return [];
    }
  });
}

function asRewrite(definition: RewriteDefinition, found: FoundRewrite, statement: ParsedStatement): Rewrite {
  const { id, guideline } = definition;
  const { range, edits, equality, title = definition.title, why = definition.why } = found;
  const isKept = equality.kind === 'needs checking' || keepsPlaceholders(statement, edits);
  return {
    id,
    title,
    range,
    edits,
    equality: isKept ? equality : { kind: 'needs checking', differences: ['it takes other parameters than now'] },
    why,
    ...(guideline && { guideline }),
  };
}

function shiftRewrite(rewrite: Rewrite, by: number): Rewrite {
  return {
    ...rewrite,
    range: shiftRange(rewrite.range, by),
    edits: rewrite.edits.map(({ range, newText }) => ({ range: shiftRange(range, by), newText })),
  };
}

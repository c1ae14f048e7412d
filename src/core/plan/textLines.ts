/** How the lines of a text plan are told apart. */

/** Where a node's figures begin; blanks may be missing or be too many where lines were broken and joined. */
const FIGURES_START = /\((?:cost ?=|actual (?:time|rows) ?=|actualtime=|actualrows=|never ?executed\))/;

/** A node line's label and figures; undefined if the line shows no figures. */
export function splitFigures(text: string): { readonly label: string; readonly figures: string } | undefined {
  const match = FIGURES_START.exec(text);
  return match ? { label: text.slice(0, match.index).trimEnd(), figures: text.slice(match.index) } : undefined;
}

/** `CTE x`, `InitPlan 1 (returns $0)`, `SubPlan 2`, and the bare `SubPlan` of old servers. */
export const SUBPLAN_LABEL = /^(?:CTE \S.*|(?:InitPlan|SubPlan)(?: [\w$]+(?: \(returns [^)]*\))?)?)$/;

export const ARROW = /^->\s*(?=\S)/;

/** `Filter: ...`, `Planning:`; a cast (`Text::date`) is none. */
export const DETAIL_LINE = /^[A-Z][\w /()-]{0,60}:(?:\s|$)/;

export const STATEMENT_LINE =
  /^(?:Planning|Planning [Tt]ime|Execution [Tt]ime|Total runtime|Settings|JIT|Trigger .*|Query Identifier|Serialization|Query Text|Query Parameters)(?::|$)/;

/** What a ModifyTable over several tables repeats of each. */
export const TARGET_LINE = /^(?:Foreign )?(?:Insert|Update|Delete|Merge) on \S/;

/** psql's footer and timing in any language, prompts, comments, and the words of other clients. */
export const NOISE =
  /^(?:\(\d+ .*\)|\p{L}+ ?: [\d.,]+ ms.*|EXPLAIN\b.*|[#;]+ .*|\S*[=-][#>](?: .*)?|\.{3,}|Query returned .*|Total query runtime.*|\d+ rows? .*)$/iu;

const NODE_WORDS =
  /^(?:(?:Parallel|Partial|Finalize|Async) )*(?:[A-Z][A-Za-z ]* Scan(?: Backward)?(?: (?:on|using) \S.*)?|(?:Foreign )?(?:Insert|Update|Delete|Merge) on \S.*|(?:Hash|Merge|Nested Loop)(?: (?:Left|Right|Full|Semi|Anti|Right Semi|Right Anti))?(?: Join)?|(?:Hash)?SetOp .*|Custom Scan \(.*|(?:Mixed|Group|Hash)?Aggregate|Result|Append|Merge ?Append|(?:Incremental )?Sort|Limit|Unique|Materialize|Memoize|Gather(?: Merge)?|LockRows|WindowAgg|ProjectSet|Recursive Union|Group|ModifyTable|Bitmap(?:And|Or))$/;

/** A node without costs: only the words tell it from any other line. */
export function looksLikeNode(label: string): boolean {
  return label.length < 400 && /^[A-Z]/.test(label) && !/[;,]$/.test(label) && NODE_WORDS.test(label);
}

/** True if the line begins something of its own; false if it may continue the line before. */
export function beginsItem(text: string): boolean {
  return (
    ARROW.test(text) ||
    DETAIL_LINE.test(text) ||
    SUBPLAN_LABEL.test(text) ||
    TARGET_LINE.test(text) ||
    NOISE.test(text) ||
    (/^[A-Z]/.test(text) && (splitFigures(text) !== undefined || looksLikeNode(text)))
  );
}

/** The column a line's text stands in; editors and terminals put tabs in place of eight blanks. */
export function columnOf(line: string): number {
  let column = 0;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '\t') column += 8;
    else if (char === ' ') column++;
    else break;
  }
  return column;
}

import type { SourceRange } from '../base/sourceRange';
import type { Catalog } from '../catalog/catalog';
import type { BodyContext, ParsedStatement } from '../sql/statement';
import type { FileContext } from './fileContext';
import type { Fix, GuidelineRef, RelatedRange, Severity } from './finding';
import type { NodeMatch } from './nodeIndex';
import type { ResolvedColumn } from './statementView';
import type { Thresholds } from './thresholds';

export type { ResolvedColumn } from './statementView';

/** What a rule may ask for beside the statement. A rule that lacks its input is skipped. */
export type Need = 'catalog' | 'file';

/** The names in braces of a message: `'{count} rows'` has `count`. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type ValuesOf<Text extends string> = [Placeholders<Text>] extends [never]
  ? { readonly values?: undefined }
  : { readonly values: Readonly<Record<Placeholders<Text>, string | number>> };

/** A finding before the linter adds the rule's id, severity and text. Ranges are relative to the statement. */
export type Report<Messages extends Readonly<Record<string, string>>> = {
  [Key in keyof Messages & string]: {
    readonly at: SourceRange;
    readonly message: Key;
    /** Replaces the rule's own severity, when the evidence at hand says more or less. */
    readonly severity?: Severity;
    readonly fixes?: readonly Fix[];
    readonly related?: readonly RelatedRange[];
    readonly evidence?: string;
  } & ValuesOf<Messages[Key]>;
}[keyof Messages & string];

/** What a rule sees of one statement. */
export interface RuleContext<Messages extends Readonly<Record<string, string>>, Needs extends Need> {
  /** Parsed without error. */
  readonly statement: ParsedStatement;
  /** Present if known; always present for a rule that declares `needs: ['catalog']`. */
  readonly catalog: 'catalog' extends Needs ? Catalog : Catalog | undefined;
  /** `server_version_num` of the server the SQL is for, 180004; undefined if nobody said. */
  readonly serverVersion: number | undefined;
  readonly thresholds: Thresholds;
  /** Set when the statement stands in the body of a function, procedure or DO block. */
  readonly body: BodyContext | undefined;
  /** What the statements before and after it do; only for a rule that declares `needs: ['file']`. */
  readonly file: 'file' extends Needs ? FileContext : undefined;
  /** Nodes of the statement by type, outermost first; the tree is walked once for all rules. */
  find(type: string): readonly NodeMatch[];
  /** Text range of a node, or of the nearest node around it that has one; the whole statement at worst. */
  rangeOf(node: NodeMatch): SourceRange;
  /**
   * What a `ColumnRef` of the statement means: the relation and its column, through aliases, CTEs, subqueries and
   * views' names. Undefined when the catalog does not know it or it could mean several things. The column is not
   * `notNull` where an outer join may have put NULL in its place.
   */
  resolve(column: NodeMatch): ResolvedColumn | undefined;
  report(report: Report<Messages>): void;
}

/** A statement that must be flagged. */
export interface BadExample {
  readonly title: string;
  readonly bad: string;
  /** The flagged text, quoted. Several findings are quoted in the order of the text. */
  readonly flags: string | readonly string[];
  /** The text after applying the first fix of each finding. */
  readonly fixed?: string;
  /** DDL the catalog is built from; the example runs without a catalog otherwise. */
  readonly schema?: string;
}

/** A statement that must not be flagged. */
export interface GoodExample {
  readonly title: string;
  readonly good: string;
  readonly schema?: string;
}

export type Example = BadExample | GoodExample;

interface RuleFacts {
  /** `group/slug`; the file is the slug in camel case. */
  readonly id: string;
  /** The version of the product that first had it. */
  readonly since: string;
  readonly severity: Severity;
  /** Off unless the configuration names it: conventions on which good teams differ. */
  readonly optional?: boolean;
  readonly title: string;
  readonly guideline?: GuidelineRef;
  /** Root types of the statements it looks at (`SelectStmt`); all when absent. */
  readonly kinds?: readonly string[];
  /**
   * Node types without which it finds nothing: statements that have none of them are passed over. Spares a rule over
   * window functions the look at thousands of INSERTs; all statements when absent. Clauses, operators and kinds
   * of `A_Expr` are listed beside the types, see `NodeIndex`.
   */
  readonly nodes?: readonly string[];
  /** Text without which it finds nothing, likewise. It must match however the word is written, `u&"pg\\005flocks"` too. */
  readonly mentions?: RegExp;
  /** Markdown, a short paragraph each. */
  readonly docs: { readonly problem: string; readonly why: string; readonly whenToIgnore: string };
  /** Run as tests and shown on the rule's page. At least one bad and one good. */
  readonly examples: readonly Example[];
}

/** What the author writes. */
export interface RuleDefinition<
  Messages extends Readonly<Record<string, string>>,
  Needs extends Need,
> extends RuleFacts {
  readonly needs?: readonly Needs[];
  /** Sentences by key, with `{placeholders}` filled from the report's values. */
  readonly messages: Messages;
  check(context: RuleContext<Messages, Needs>): void;
}

/** A rule as the registry and the linter see it: the types of its messages are forgotten. */
export interface Rule extends RuleFacts {
  readonly needs: readonly Need[];
  readonly messages: Readonly<Record<string, string>>;
  /** The linter hands over what `needs` asks for, which this type no longer shows. */
  check(context: RuleContext<Readonly<Record<string, string>>, never>): void;
}

/**
 * Declares a rule. A report with an unknown message key, or without the values its message asks for, does not
 * compile.
 */
export function defineRule<const Messages extends Readonly<Record<string, string>>, Needs extends Need = never>(
  definition: RuleDefinition<Messages, Needs>,
): Rule {
  return { ...definition, needs: definition.needs ?? [] } as unknown as Rule;
}

/** `{count} rows` with `{ count: 3 }` is `3 rows`. A placeholder without a value stays visible. */
export function fillMessage(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  const pieces = partsOf(text);
  let filled = pieces[0]!;
  for (let i = 1; i < pieces.length; i += 2) {
    const name = pieces[i]!;
    filled += (name in values ? String(values[name]) : `{${name}}`) + pieces[i + 1]!;
  }
  return filled;
}

/** By message, of which there are some hundreds: a large file fills the same one thousands of times. */
const parts = new Map<string, readonly string[]>();

/** Text, name of a placeholder, text, name, ..., text. */
function partsOf(text: string): readonly string[] {
  let found = parts.get(text);
  if (!found) parts.set(text, (found = text.split(/\{(\w+)\}/)));
  return found;
}

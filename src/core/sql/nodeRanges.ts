import type { SourceRange } from '../base/sourceRange';
import { SPAN_OF } from './nodeSpans';
import type { Span } from './tokenIndex';
import { TokenIndex } from './tokenIndex';
import type { TypedNode } from './walk';
import { childrenOf, unwrap, wrappedNodes } from './walk';

/** What the span functions of the node types are given to work with. */
export interface SpanContext {
  readonly tokens: TokenIndex;
  /** The span of a node below; undefined if it cannot be told. */
  spanOf(type: string, fields: object): Span | undefined;
  /** The smallest span around all nodes within a field's value, or around nothing. */
  spanOfAll(value: unknown, around?: Span): Span | undefined;
  spanOfChildren(type: string, fields: object, around?: Span): Span | undefined;
}

/**
 * Text ranges of parse tree nodes. PostgreSQL keeps only one location per expression, often that of its operator, and
 * none for many clauses; the rest is found from the tokens around the parts, grown until parentheses balance.
 *
 * Parentheses around a whole expression do not belong to it.
 */
export class NodeRanges implements SpanContext {
  private index: TokenIndex | undefined;
  private readonly known = new Map<object, Span | undefined>();

  constructor(private readonly sql: string) {}

  get tokens(): TokenIndex {
    this.index ??= new TokenIndex(this.sql);
    return this.index;
  }

  /** UTF-16 range in the statement; undefined if the node has no text of its own or is nested too deeply. */
  rangeOf(type: string, fields: object): SourceRange | undefined {
    try {
      this.prepareLeftSide(type, fields);
      const span = this.spanOf(type, fields);
      return span && this.tokens.toRange(span);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** A long chain of UNION or `+` is as deep as it is long, on its left: from the bottom up nothing is recursive. */
  private prepareLeftSide(type: string, fields: object): void {
    const chain: TypedNode[] = [];
    let node: TypedNode | undefined = { type, fields: fields as Record<string, unknown> };
    while (node && !this.known.has(node.fields)) {
      chain.push(node);
      const larg: unknown = node.type === 'SelectStmt' ? node.fields['larg'] : undefined;
      node = larg ? { type: 'SelectStmt', fields: larg as Record<string, unknown> } : unwrap(node.fields['lexpr']);
    }
    for (let i = chain.length - 1; i > 0; i--) this.spanOf(chain[i]!.type, chain[i]!.fields);
  }

  /** The range of a name of so many parts at a byte location. */
  rangeOfName(location: number | undefined, parts: number): SourceRange | undefined {
    const first = location !== undefined && location < 0 ? this.droppedName(-1 - location) : this.tokens.at(location);
    if (first < 0) return undefined;
    return this.tokens.toRange([first, Math.min(first + 2 * (parts - 1), this.tokens.nameEnd(first))]);
  }

  /** The first token of the n-th name (from 0) after DROP TABLE [IF EXISTS]. */
  private droppedName(position: number): number {
    const { tokens } = this;
    let index = 1;
    while (['table', 'view', 'materialized', 'foreign'].includes(tokens.word(index))) index++;
    if (tokens.word(index) === 'if') index += 2;
    for (let i = 0; i < position; i++) index = tokens.nameEnd(index) + 2;
    return index < tokens.count ? index : -1;
  }

  spanOf(type: string, fields: object): Span | undefined {
    if (this.known.has(fields)) return this.known.get(fields);
    const find = SPAN_OF[type];
    const span = find ? find(fields as Record<string, unknown>, this) : this.spanOfUnknown(type, fields);
    this.known.set(fields, span);
    return span;
  }

  spanOfAll(value: unknown, around?: Span): Span | undefined {
    let span = around;
    for (const { type, fields } of wrappedNodes(value)) span = union(span, this.spanOf(type, fields));
    return span;
  }

  spanOfChildren(type: string, fields: object, around?: Span): Span | undefined {
    let span = around;
    for (const child of childrenOf(type, fields)) span = union(span, this.spanOf(child.type, child.fields));
    return span;
  }

  private spanOfUnknown(type: string, fields: object): Span | undefined {
    const { location } = fields as { location?: number };
    const own = location === undefined ? -1 : this.tokens.at(location);
    const span = this.spanOfChildren(type, fields, own < 0 ? undefined : [own, own]);
    return span && this.tokens.balance(span);
  }
}

/** The smallest span that holds both. */
export function union(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (!a || !b) return a ?? b;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

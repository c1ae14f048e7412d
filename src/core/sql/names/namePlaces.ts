import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../statement';
import type { TypedNode } from '../walk';
import { unwrap, wrappedNodes } from '../walk';
import { bare, strings } from './nodes';
import type { ColumnUse, Cte, Fields, JoinSource, Output, Source, TargetColumn, WindowDefinition } from './scope';
import { StatementTokens } from './statementTokens';

/**
 * Where the names of a statement stand. The grammar gives no place to aliases, to the columns of USING and to many
 * others: they are found from the tokens after what they belong to, and only given if they read as expected.
 */
export class NamePlaces {
  readonly tokens: StatementTokens;

  constructor(private readonly statement: ParsedStatement) {
    this.tokens = new StatementTokens(statement.text);
  }

  /** Each part of a column's name; a star is the last. */
  parts({ fields, parts, star }: ColumnUse): (SourceRange | undefined)[] {
    return this.dotted(fields, star ? [...parts, '*'] : parts);
  }

  /** Schema and name of a table, as far as written. */
  relation(fields: Fields): (SourceRange | undefined)[] {
    const names = [fields.catalogname, fields.schemaname, fields.relname].filter(name => typeof name === 'string');
    return this.dotted(fields, names);
  }

  functionName(fields: Fields): (SourceRange | undefined)[] {
    const names = strings(fields.funcname);
    const found = this.at(fields);
    // The location is that of the name, unless the call begins before it (`a AT TIME ZONE b`).
    return found === undefined ? [] : names.map((name, i) => this.tokens.rangeIfNamed(found + 2 * i, name));
  }

  /** The alias after an item of FROM or a target. */
  alias(source: Source): SourceRange | undefined {
    if (!source.aliased || source.name === undefined) return undefined;
    const index = source.kind === 'merged' ? this.mergedAlias(source.join) : this.aliasIndex(source.node);
    return index === undefined ? undefined : this.tokens.rangeIfNamed(index, source.name);
  }

  /** A name in the parentheses after an alias, or after a CTE's name. */
  columnAlias(of: Source | Cte, position: number): SourceRange | undefined {
    const isCte = 'query' in of && 'addedColumns' in of;
    const names = isCte ? of.columnNames : of.columnAliases;
    const before = isCte ? this.at(of.fields) : this.aliasIndex(of.node);
    const name = names[position];
    if (before === undefined || name === undefined || this.tokens.text(before + 1) !== '(') return undefined;
    return this.tokens.rangeIfNamed(before + 2 + 2 * position, name);
  }

  cte({ fields, name }: Cte): SourceRange | undefined {
    const index = this.at(fields);
    return index === undefined ? undefined : this.tokens.rangeIfNamed(index, name);
  }

  /** The alias of a column of the result, if it is written. */
  outputAlias(output: Output): SourceRange | undefined {
    if (output.kind !== 'expression' || !output.named) return undefined;
    const value = unwrap(output.value);
    const range = value && this.statement.rangeOf(value.type, value.fields);
    if (!range) return undefined;
    return this.tokens.rangeIfNamed(this.afterAs(this.tokens.afterClosing(this.tokens.from(range.end))), output.name);
  }

  /** The expression of a column of the result, without its alias. */
  outputValue(output: Output): SourceRange | undefined {
    if (output.kind !== 'expression') return undefined;
    const value = unwrap(output.value);
    return value && this.statement.rangeOf(value.type, value.fields);
  }

  target({ node, name, query }: TargetColumn): SourceRange | undefined {
    if (node.type !== 'IndexElem') {
      const index = this.at(node.fields);
      return index === undefined ? undefined : this.tokens.rangeIfNamed(index, name);
    }
    // Index elements have no place: they stand at the beginning of an item of ON CONFLICT (...).
    const conflict = bare(query.node.fields.onConflictClause);
    const infer = bare(conflict?.infer);
    const start = infer && this.at(infer);
    if (start === undefined) return undefined;
    for (let i = start; i < this.tokens.closing(start); i++) {
      const before = this.tokens.text(i);
      const found = before === '(' || before === ',' ? this.tokens.rangeIfNamed(i + 1, name) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  /** The columns of USING (...). */
  using(join: JoinSource): (SourceRange | undefined)[] {
    const open = this.usingIndex(join.node.fields);
    return open === undefined ? [] : join.using.map((name, i) => this.tokens.rangeIfNamed(open + 1 + 2 * i, name));
  }

  window({ name, fields }: WindowDefinition): SourceRange | undefined {
    const open = this.at(fields);
    return open === undefined ? undefined : this.tokens.rangeIfNamed(open - 2, name);
  }

  windowUse({ name, fields }: WindowDefinition): SourceRange | undefined {
    const index = this.at(fields);
    if (index === undefined) return undefined;
    return this.tokens.rangeIfNamed(this.tokens.text(index) === '(' ? index + 1 : index, name);
  }

  private dotted(fields: Fields, names: readonly string[]): (SourceRange | undefined)[] {
    const first = this.at(fields);
    if (first === undefined) return names.map(() => undefined);
    return names.map((name, i) => {
      const index = first + 2 * i;
      if (name === '*') return this.tokens.text(index) === '*' ? this.tokens.range(index) : undefined;
      return this.tokens.rangeIfNamed(index, name);
    });
  }

  /** The token at a node's location. Of all nodes that have one, a parameter is no more than that token. */
  private at({ location }: Fields): number | undefined {
    const range = this.statement.rangeOf('ParamRef', { location });
    if (!range) return undefined;
    const index = this.tokens.from(range.start);
    return index < this.tokens.count ? index : undefined;
  }

  /** The token of an alias after an item of FROM; undefined if it is not where it should be. */
  private aliasIndex(node: TypedNode): number | undefined {
    const end = this.bodyEnd(node);
    return end === undefined ? undefined : this.afterAs(end);
  }

  private afterAs(index: number): number {
    return this.tokens.word(index) === 'as' ? index + 1 : index;
  }

  /** The token after an item of FROM, before its alias. */
  private bodyEnd({ type, fields }: TypedNode): number | undefined {
    const { tokens } = this;
    switch (type) {
      case 'RangeVar': {
        const first = this.at(fields);
        if (first === undefined) return undefined;
        const next = tokens.nameEnd(first) + 1;
        return tokens.afterClosing(tokens.text(next) === '*' ? next + 1 : next);
      }
      case 'RangeSubselect': {
        const inner = unwrap(fields.subquery);
        const range = inner && this.statement.rangeOf(inner.type, inner.fields);
        return range && tokens.afterClosing(tokens.from(range.end));
      }
      case 'RangeFunction':
        return this.functionEnd(fields);
      case 'RangeTableFunc':
      case 'JsonTable': {
        const first = this.at(fields);
        return first === undefined ? undefined : tokens.closing(first + 1) + 1;
      }
      case 'JoinExpr': {
        const end = this.joinEnd(fields);
        return end === undefined ? undefined : tokens.afterClosing(end);
      }
      default:
        return undefined;
    }
  }

  private functionEnd(fields: Fields): number | undefined {
    const { tokens } = this;
    const call = unwrap((wrappedNodes(fields.functions).at(-1)?.fields.items as readonly unknown[] | undefined)?.[0]);
    const range = call && this.statement.rangeOf(call.type, call.fields);
    if (!range) return undefined;
    let next = tokens.from(range.end);
    if (fields.is_rowsfrom === true) {
      if (tokens.word(next) === 'as' && tokens.text(next + 1) === '(') next = tokens.closing(next + 1) + 1;
      next = tokens.afterClosing(next);
    }
    return tokens.word(next) === 'with' && tokens.word(next + 1) === 'ordinality' ? next + 2 : next;
  }

  /** The token after an item of FROM with everything that belongs to it. */
  private itemEnd(node: TypedNode): number | undefined {
    const end = this.bodyEnd(node);
    if (end === undefined || !bare(node.fields.alias)) return end;
    const alias = this.afterAs(end);
    return this.tokens.text(alias + 1) === '(' ? this.tokens.closing(alias + 1) + 1 : alias + 1;
  }

  private joinEnd(fields: Fields): number | undefined {
    const { tokens } = this;
    const quals = unwrap(fields.quals);
    if (quals) {
      const range = this.statement.rangeOf(quals.type, quals.fields);
      return range && tokens.from(range.end);
    }
    if (strings(fields.usingClause).length === 0) {
      const right = unwrap(fields.rarg);
      return right && this.itemEnd(right);
    }
    const open = this.usingIndex(fields);
    if (open === undefined) return undefined;
    const after = tokens.closing(open) + 1;
    return bare(fields.join_using_alias) ? after + 2 : after;
  }

  /** The parenthesis of USING (...). */
  private usingIndex(fields: Fields): number | undefined {
    const { tokens } = this;
    const right = unwrap(fields.rarg);
    const end = right && this.itemEnd(right);
    if (end === undefined) return undefined;
    for (let i = end; i < tokens.count; i++) {
      if (tokens.word(i) === 'using' && tokens.text(i + 1) === '(') return i + 1;
      if (tokens.text(i) === '(') i = tokens.closing(i);
    }
    return undefined;
  }

  private mergedAlias({ node }: JoinSource): number | undefined {
    const open = this.usingIndex(node.fields);
    return open === undefined ? undefined : this.afterAs(this.tokens.closing(open) + 1);
  }
}

let last: { readonly statement: ParsedStatement; readonly places: NamePlaces } | undefined;

/** The places of a statement's names. Those of the statement asked about last are kept. */
export function placesOf(statement: ParsedStatement): NamePlaces {
  if (last?.statement !== statement) last = { statement, places: new NamePlaces(statement) };
  return last.places;
}

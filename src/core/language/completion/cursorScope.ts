import { functionResult } from '../../catalog/binding/functionColumns';
import type { Catalog, Column, Relation } from '../../catalog/catalog';
import { findRelation } from '../../catalog/lookup';
import { isAlive } from '../../catalog/systemCatalog/lifespan';
import { systemRelations } from '../../catalog/systemCatalog/systemCatalog';
import type { CursorTokens } from './cursorTokens';
import { builtinsNamed } from './builtins';
import { endsOperand } from './operands';
import type { CteText, QueryBlock, SourceText } from './queryBlocks';
import { itemsOf, readBlock } from './queryBlocks';
import { isQueryGroup, isRecursive, parents, seesOuter, visibleSources } from './visibility';

/** A column that can be named at the cursor. */
export interface ScopeColumn {
  readonly name: string;
  readonly type?: string;
  readonly base?: { readonly relation: Relation; readonly column: Column };
}

/** An item of FROM with what is known of it. */
export interface ScopeSource {
  /** What its columns are qualified with; undefined for a subquery without an alias. */
  readonly name?: string;
  readonly text: SourceText;
  readonly relation?: Relation;
  readonly cte?: CteText;
  columns(): readonly ScopeColumn[];
}

/** One query around the cursor. */
export interface ScopeLevel {
  readonly block: QueryBlock;
  readonly sources: readonly ScopeSource[];
}

/** Deeper subqueries are not looked into. */
const MAX_DEPTH = 12;

/** What can be named at the cursor: the queries around it, the innermost first, and the WITH queries in sight. */
export class CursorScope {
  readonly levels: readonly ScopeLevel[];
  readonly ctes: readonly CteText[];
  private readonly major: number | undefined;

  constructor(
    readonly tokens: CursorTokens,
    readonly catalog: Catalog | undefined,
  ) {
    this.major = catalog?.serverVersion === undefined ? undefined : Math.floor(catalog.serverVersion / 10_000);
    const opens = [...parents(tokens)].filter(open => open < 0 || isQueryGroup(tokens, open));
    const blocks = opens.map((open, i) => ({
      open,
      inner: i === 0 ? tokens.cursor : opens[i - 1]!,
      block: readBlock(tokens, open, i === 0 ? tokens.cursor : opens[i - 1]!),
    }));
    this.ctes = blocks.flatMap(({ block, inner }) => block.ctes.filter(cte => this.isCteInSight(cte, inner)));
    const levels: ScopeLevel[] = [];
    let isVisible = true;
    for (const [i, { block, inner }] of blocks.entries()) {
      if (i > 0) isVisible = seesOuter(tokens, inner, block);
      if (!isVisible) continue;
      levels.push({ block, sources: visibleSources(block, inner).map(source => this.sourceOf(source, 0)) });
    }
    this.levels = levels;
  }

  /** Those of the innermost query. */
  get sources(): readonly ScopeSource[] {
    return this.levels[0]?.sources ?? [];
  }

  get block(): QueryBlock | undefined {
    return this.levels[0]?.block;
  }

  /** The source a qualifier means, from the inside out. */
  sourceNamed(qualifier: readonly string[]): ScopeSource | undefined {
    const name = qualifier.at(-1);
    const schema = qualifier.at(-2);
    for (const { sources } of this.levels) {
      const found = sources.find(
        source => source.name === name && (schema === undefined || source.relation?.schema === schema),
      );
      if (found) return found;
    }
    return undefined;
  }

  /** The column a name means, if it is one only. */
  columnNamed(parts: readonly string[]): ScopeColumn | undefined {
    const name = parts.at(-1);
    if (parts.length > 1)
      return this.sourceNamed(parts.slice(0, -1))
        ?.columns()
        .find(column => column.name === name);
    for (const { sources } of this.levels) {
      const found = sources.flatMap(source => source.columns().find(column => column.name === name) ?? []);
      if (found.length > 0) return found.length === 1 ? found[0] : undefined;
    }
    return undefined;
  }

  /** The columns of the result that the innermost query is a part of. */
  outputs(): readonly ScopeColumn[] {
    const { block } = this;
    if (!block) return [];
    if (!block.isLaterArm) return this.outputsOf(block, this.sources);
    return this.columnsOfQuery(this.openOf(block), 0);
  }

  /** The parenthesis that a query stands in, or -1. */
  openOf(block: QueryBlock): number {
    return this.tokens.parent(block.first);
  }

  /** The columns of a query's result, as far as its select list tells. */
  outputsOf(block: QueryBlock, sources: readonly ScopeSource[], depth = 0): ScopeColumn[] {
    const { tokens } = this;
    const list =
      block.clauses.find(({ keyword }) => keyword === 'returning') ??
      block.clauses.find(({ keyword }) => keyword === 'select' || keyword === 'values');
    if (!list) return [];
    let { from } = list;
    from++;
    if (list.keyword === 'values') {
      const open = from;
      return tokens.is(open, '(')
        ? itemsOf(tokens, open + 1, tokens.close(open)).map((_, i) => ({ name: `column${i + 1}` }))
        : [];
    }
    if (tokens.is(from, 'all', 'distinct')) from++;
    if (tokens.is(from, 'on') && tokens.is(from + 1, '(')) from = tokens.after(from + 1);
    return itemsOf(tokens, from, list.to).flatMap(item => this.outputOf(item, sources, depth));
  }

  sourceOf(text: SourceText, depth: number): ScopeSource {
    const { table } = text;
    const cte =
      text.kind === 'table' && table && table.schema === undefined
        ? this.ctes.find(({ name }) => name === table.name)
        : undefined;
    const relation =
      text.kind === 'table' && table && !cte && this.catalog
        ? findRelation(this.catalog, table.name, table.schema)
        : undefined;
    let known: readonly ScopeColumn[] | undefined;
    const name = text.alias ?? table?.name;
    return {
      text,
      ...(name !== undefined && { name }),
      ...(relation && { relation }),
      ...(cte && { cte }),
      columns: () => (known ??= renamed(this.columnsOf(text, relation, cte, depth), text.columnNames)),
    };
  }

  private columnsOf(
    text: SourceText,
    relation: Relation | undefined,
    cte: CteText | undefined,
    depth: number,
  ): readonly ScopeColumn[] {
    if (relation) return columnsOfRelation(relation);
    if (depth > MAX_DEPTH) return [];
    if (cte) return this.columnsOfCte(cte, depth + 1);
    if (text.kind === 'subquery' && text.open !== undefined) return this.columnsOfQuery(text.open, depth + 1);
    if (text.kind === 'function') return this.columnsOfFunction(text);
    const system = text.table && systemRelations().get(text.table.name);
    if (!system || (text.table?.schema ?? 'pg_catalog') !== 'pg_catalog') return [];
    return [...system.columns].flatMap(([name, lifespan]) => (isAlive(lifespan, this.major) ? { name } : []));
  }

  columnsOfCte(cte: CteText, depth = 0): readonly ScopeColumn[] {
    return renamed(this.columnsOfQuery(cte.open, depth), cte.columnNames);
  }

  private columnsOfQuery(open: number, depth: number): readonly ScopeColumn[] {
    if (depth > MAX_DEPTH) return [];
    const block = readBlock(this.tokens, open);
    const inner = new Map(block.ctes.map(cte => [cte.name, cte]));
    const sources = block.sources.map(source => {
      const own = source.table && source.table.schema === undefined ? inner.get(source.table.name) : undefined;
      if (!own) return this.sourceOf(source, depth);
      const columns = (): readonly ScopeColumn[] => this.columnsOfCte(own, depth + 1);
      return { text: source, name: source.alias ?? own.name, cte: own, columns };
    });
    return this.outputsOf(block, sources, depth);
  }

  private columnsOfFunction({ table, alias }: SourceText): readonly ScopeColumn[] {
    const result = functionResult(table, [], this.catalog);
    if (!result) return [];
    if (result.kind === 'row') return result.columns;
    const name = alias ?? table?.name;
    return name === undefined ? [] : [{ name, ...(result.type !== undefined && { type: result.type }) }];
  }

  private outputOf(
    item: { readonly from: number; readonly to: number },
    sources: readonly ScopeSource[],
    depth: number,
  ): ScopeColumn[] {
    const { tokens } = this;
    const { from } = item;
    let { to } = item;
    if (to <= from || (from === tokens.cursor && to === from + 1)) return [];
    if (tokens.is(to - 1, '*') && (to - from === 1 || tokens.is(to - 2, '.'))) {
      const qualifier = tokens.qualifierBefore(to - 1);
      return sources
        .filter(source => qualifier.length === 0 || source.name === qualifier.at(-1))
        .flatMap(source => [...source.columns()]);
    }
    let name: string | undefined;
    const last = to - 1;
    if (tokens.is(last - 1, 'as') && tokens.isName(last)) {
      name = tokens.name(last);
      to -= 2;
    } else if (tokens.isName(last) && last > from && last !== tokens.cursor && endsOperand(tokens, last - 1)) {
      name = tokens.name(last);
      to--;
    }
    const value = this.valueOf(from, to, sources);
    const own = name ?? value?.name;
    if (own === undefined || depth > MAX_DEPTH) return [];
    return [{ ...value, name: own }];
  }

  /** A column, a call or a cast that is all of an expression. */
  private valueOf(from: number, to: number, sources: readonly ScopeSource[]): ScopeColumn | undefined {
    const { tokens } = this;
    const cast = findAtLevel(tokens, from, to, i => tokens.is(i, '::'));
    if (cast >= 0) {
      const inner = this.valueOf(from, cast, sources);
      const type = tokens.text.slice(tokens.start(cast + 1), tokens.start(to - 1)) + tokens.raw(to - 1);
      return inner && { name: inner.name, type };
    }
    if (tokens.isName(from) && tokens.is(from + 1, '(') && tokens.after(from + 1) === to) {
      const results = new Set(builtinsNamed(tokens.name(from)).map(({ result }) => result));
      const [type] = results;
      return { name: tokens.name(from), ...(results.size === 1 && type !== undefined && { type }) };
    }
    if (tokens.is(from, 'case')) return { name: 'case' };
    if (!tokens.isName(to - 1) || to - 1 === tokens.cursor) return undefined;
    const qualifier = tokens.qualifierBefore(to - 1);
    if (to - 1 - 2 * qualifier.length !== from) return undefined;
    const name = tokens.name(to - 1);
    const candidates = sources
      .filter(source => qualifier.length === 0 || source.name === qualifier.at(-1))
      .flatMap(source => source.columns().find(column => column.name === name) ?? []);
    return { ...(candidates.length === 1 ? candidates[0] : {}), name };
  }

  private isCteInSight(cte: CteText, inner: number): boolean {
    const { tokens } = this;
    if (cte.open < inner && tokens.close(cte.open) < inner) return true;
    // In its own query only if it is recursive.
    return cte.open <= inner && isRecursive(tokens, cte.open);
  }
}

export function columnsOfRelation(relation: Relation): readonly ScopeColumn[] {
  return relation.columns.map(column => ({ name: column.name, type: column.type, base: { relation, column } }));
}

function renamed(columns: readonly ScopeColumn[], names: readonly string[]): readonly ScopeColumn[] {
  if (names.length === 0) return columns;
  return [...names.map((name, i) => ({ ...columns[i], name })), ...columns.slice(names.length)];
}

function findAtLevel(tokens: CursorTokens, from: number, to: number, fits: (i: number) => boolean): number {
  for (let i = from; i < to; i = tokens.after(i)) if (fits(i)) return i;
  return -1;
}

import type { SourceRange } from '../../base/sourceRange';
import { namesOf } from '../../sql/names/namesOf';
import { bare, strings } from '../../sql/names/nodes';
import { placesOf } from '../../sql/names/namePlaces';
import type { ColumnUse, JoinSource, Query, Source } from '../../sql/names/scope';
import type { ParsedStatement } from '../../sql/statement';
import type { TypedNode } from '../../sql/walk';
import { unwrap, walk, wrappedNodes } from '../../sql/walk';
import type { ColumnOfSource } from './columnOrigins';
import { originsOf, originsOfColumn, usesIn } from './columnOrigins';
import type { ConditionMarks } from './conditions';
import { marksOfSql } from './conditions';
import { addTo } from './grouping';
import type { Block, StatementBlocks } from './statementBlocks';
import { leafSources } from './statementBlocks';

/** A condition of WHERE, ON, USING or HAVING, of those that AND combines. */
export interface Conjunct {
  readonly range: SourceRange;
  readonly block: Block;
  readonly isHaving: boolean;
  /** What each column it mentions may be called. */
  readonly columns: readonly (readonly ColumnOfSource[])[];
  readonly marks: ConditionMarks;
  /** The queries it asks. */
  readonly sublinks: readonly Query[];
  /** Two sides whose columns of the same name are equal. */
  readonly natural?: JoinSource;
}

/** The conditions of a statement, found by block and column name. */
export interface Conjuncts {
  of(block: Block): readonly Conjunct[];
  named(block: Block, column: string): readonly Conjunct[];
  /** Those that name no column. */
  natural(block: Block): readonly Conjunct[];
  asking(query: Query): Conjunct | undefined;
}

interface BlockConjuncts {
  readonly list: readonly Conjunct[];
  readonly named: ReadonlyMap<string, readonly Conjunct[]>;
  readonly natural: readonly Conjunct[];
}

/** Conditions are read block by block, when a plan asks for them. */
export function readConjuncts(blocks: StatementBlocks): Conjuncts {
  const byBlock = new Map<Block, BlockConjuncts>();
  let asked: Map<Query, Conjunct> | undefined;
  const read = (block: Block): BlockConjuncts => {
    const known = byBlock.get(block);
    if (known) return known;
    const list = conjunctsOf(block, blocks);
    const named = new Map<string, Conjunct[]>();
    for (const conjunct of list) {
      const names = new Set(conjunct.columns.flatMap(column => column.map(({ name }) => name)));
      for (const name of names) addTo(named, name, conjunct);
    }
    const entry = { list, named, natural: list.filter(each => each.natural) };
    byBlock.set(block, entry);
    return entry;
  };
  return {
    of: block => read(block).list,
    natural: block => read(block).natural,
    named: (block, column) => read(block).named.get(column) ?? [],
    asking: query => {
      asked ??= new Map(
        blocks.all.flatMap(block => read(block).list.flatMap(each => each.sublinks.map(link => [link, each] as const))),
      );
      return asked.get(query);
    },
  };
}

function conjunctsOf(block: Block, blocks: StatementBlocks): Conjunct[] {
  const { statement } = blocks;
  const { query } = block;
  const { fields } = query.node;
  const found: Conjunct[] = [];
  const conflict = bare(fields.onConflictClause);
  const { columns } = namesOf(statement);
  for (const clause of [fields.whereClause, fields.joinCondition, conflict?.whereClause]) {
    for (const node of andParts(clause)) add(node, false);
  }
  for (const node of andParts(fields.havingClause)) add(node, true);
  for (const source of query.sources) {
    if (source.kind !== 'join') continue;
    for (const node of andParts(source.node.fields.quals)) add(node, false);
    found.push(...sharedColumns(source, block, statement));
  }
  return found;

  /** `x IN (SELECT y ...)` compares x with y, `(a, b) IN (SELECT c, d ...)` each with its partner. */
  function comparedPairs({ query: inner, tested }: Sublink): ColumnUse[][] {
    if (tested === undefined) return [];
    const row = unwrap(tested);
    const sides = row?.type === 'RowExpr' ? wrappedNodes(row.fields.args) : wrappedNodes(tested);
    return sides.map(({ type, fields: own }, i) => {
      const output = inner.outputs[i];
      const other = output?.kind === 'expression' ? usesIn(output.value, columns) : [];
      return [...usesIn({ [type]: own }, columns), ...other];
    });
  }

  function add(node: TypedNode, isHaving: boolean): void {
    const range = statement.rangeOf(node.type, node.fields);
    if (!range) return;
    const sublinks = sublinkQueries(node, blocks);
    const all = {
      range,
      block,
      isHaving,
      marks: marksOfSql(ownText(statement.text, range, node, statement)),
      sublinks: sublinks.map(each => each.query),
    };
    const pairs = sublinks.flatMap(comparedPairs);
    const compared = pairs.length > 0 ? pairs : [usesIn({ [node.type]: node.fields }, columns)];
    for (const uses of compared) {
      found.push({ ...all, columns: uses.filter(use => !use.star).map(use => originsOf(use, columns)) });
    }
  }
}

/** The text of a condition without the queries within, whose words would mislead. */
function ownText(text: string, range: SourceRange, node: TypedNode, statement: ParsedStatement): string {
  let own = '';
  let at = range.start;
  for (const query of outerQueries(node)) {
    const inner = statement.rangeOf(query.type, query.fields);
    if (!inner || inner.start < at || inner.end > range.end) continue;
    own += text.slice(at, inner.start);
    at = inner.end;
  }
  return own + text.slice(at, range.end);
}

function outerQueries(node: TypedNode): TypedNode[] {
  const queries: TypedNode[] = [];
  walk({ [node.type]: node.fields }, (type, fields) => {
    if (type !== 'SelectStmt') return undefined;
    queries.push({ type, fields });
    return false;
  });
  return queries;
}

interface Sublink {
  readonly query: Query;
  /** What stands before IN or the operator of ANY and ALL. */
  readonly tested: unknown;
}

function sublinkQueries(node: TypedNode, blocks: StatementBlocks): Sublink[] {
  const found: Sublink[] = [];
  walk({ [node.type]: node.fields }, (type, fields) => {
    if (type === 'SelectStmt') return false;
    const block = type === 'SubLink' ? blocks.at(unwrap(fields.subselect)?.fields ?? fields) : undefined;
    if (block) found.push({ query: block.query, tested: fields.testexpr });
    return undefined;
  });
  return found;
}

/** The parts of a chain of AND. */
function andParts(clause: unknown): TypedNode[] {
  const parts: TypedNode[] = [];
  const pending = wrappedNodes(clause).reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'BoolExpr' && node.fields.boolop === 'AND_EXPR')
      pending.push(...wrappedNodes(node.fields.args).reverse());
    else parts.push(node);
  }
  return parts;
}

/** `USING (a, b)` says `left.a = right.a` and so on; NATURAL the same of columns it does not name. */
function sharedColumns(join: JoinSource, block: Block, statement: ParsedStatement): Conjunct[] {
  const shared = {
    block,
    isHaving: false,
    marks: { operators: new Set(['=']), constants: new Set<string>() },
    sublinks: [],
  };
  if (join.natural) {
    const range = naturalPlace(join, statement);
    return range ? [{ ...shared, range, columns: [], natural: join }] : [];
  }
  const range = usingPlace(join, statement);
  if (!range) return [];
  const sides = leafSources([join.left, join.right]);
  return strings(join.node.fields.usingClause).map(name => ({
    ...shared,
    range,
    columns: [sides.flatMap(source => originsOfColumn(source, name, namesOf(statement).columns))],
  }));
}

/** `USING (...)`, which stands before the ON of nothing else. */
function usingPlace(join: JoinSource, statement: ParsedStatement): SourceRange | undefined {
  const { tokens } = placesOf(statement);
  const right = sourceEnd(join.right, statement);
  if (right === undefined) return undefined;
  for (let i = tokens.from(right); i < tokens.count; i++) {
    if (tokens.word(i) === 'using' && tokens.text(i + 1) === '(') {
      return { start: tokens.range(i).start, end: tokens.range(tokens.closing(i + 1)).end };
    }
    if (tokens.word(i) === 'where' || tokens.word(i) === 'on') return undefined;
  }
  return undefined;
}

function sourceEnd(source: Source, statement: ParsedStatement): number | undefined {
  const node = source.kind === 'subquery' ? source.query.node : source.node;
  return statement.rangeOf(node.type, node.fields)?.end;
}

function naturalPlace(join: JoinSource, statement: ParsedStatement): SourceRange | undefined {
  const { tokens } = placesOf(statement);
  const node = join.right.kind === 'subquery' ? join.right.query.node : join.right.node;
  const start = statement.rangeOf(node.type, node.fields)?.start;
  if (start === undefined) return undefined;
  let last = tokens.from(start) - 1;
  while (tokens.text(last) === '(' || tokens.word(last) === 'lateral') last--;
  for (let i = last; i >= 0 && i > last - 4; i--) {
    if (tokens.word(i) === 'natural') return { start: tokens.range(i).start, end: tokens.range(last).end };
  }
  return undefined;
}

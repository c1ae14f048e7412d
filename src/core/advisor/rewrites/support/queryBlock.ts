import type { SourceRange } from '../../../base/sourceRange';
import type { Column, Relation } from '../../../catalog/catalog';
import type { Binder } from '../../../catalog/binding/binder';
import { binderOf } from '../../../catalog/binding/binder';
import { expressionType } from '../../../catalog/binding/expressionType';
import type { NodeFields, NodeMatch } from '../../../rules/nodeIndex';
import { asColumn, contains, integerConstant, list } from '../../../rules/support/expressions';
import { fromItems } from '../../../rules/support/fromItems';
import type { FromItem } from '../../../rules/support/fromItems';
import { textOfTree } from '../../../rules/support/trees';
import type { ParsedStatement } from '../../../sql/statement';
import { outputName } from '../../../sql/names/outputName';
import type { ColumnUse, Source } from '../../../sql/names/scope';
import { unwrap, walk } from '../../../sql/walk';
import type { RewriteContext } from '../rewrite';
import { blockClausesOf } from './blockClauses';
import type { BlockClauses } from './blockClauses';

/** Which items of a block's FROM an expression names. */
export interface BlockMentions {
  readonly items: ReadonlySet<FromItem>;
  /** False if it has a name whose item cannot be told. */
  readonly isCertain: boolean;
}

/** A column of an item of a block's FROM. */
export interface BlockColumn {
  readonly item: FromItem;
  readonly name: string;
  /** Set if the catalog knows it, through subqueries too. */
  readonly relation?: Relation;
  readonly column?: Column;
  /** True only if it is known never to be NULL here, outer joins counted. */
  readonly notNull: boolean;
}

/** A SELECT with FROM, with its clauses, the items of its FROM, and what expressions in it name. */
export class QueryBlock {
  private constructor(
    readonly statement: ParsedStatement,
    readonly node: NodeMatch,
    readonly clauses: BlockClauses,
    readonly items: readonly FromItem[],
    private readonly sources: ReadonlyMap<Source, FromItem>,
    private readonly binder: Binder,
  ) {}

  /** Undefined for VALUES, set operations, SELECT without FROM, and where the parts cannot be told. */
  static read({ statement, catalog }: RewriteContext, node: NodeMatch): QueryBlock | undefined {
    if (node.type !== 'SelectStmt' || node.fields.larg || node.fields.valuesLists || node.fields.intoClause)
      return undefined;
    const clauses = blockClausesOf(statement, node.fields);
    const binder = binderOf(statement, catalog);
    const query = binder.queryOf({ SelectStmt: node.fields });
    if (!clauses || !query) return undefined;
    const items = fromItems(node, catalog);
    const sources = new Map<Source, FromItem>();
    for (const source of query.sources) {
      const item = items.find(({ fields }) => fields === source.node.fields);
      if (item) sources.set(source, item);
    }
    return sources.size === items.length && items.length > 0
      ? new QueryBlock(statement, node, clauses, items, sources, binder)
      : undefined;
  }

  get fields(): NodeFields {
    return this.node.fields;
  }

  text(range: SourceRange): string {
    return this.statement.text.slice(range.start, range.end);
  }

  /** Text of a node; undefined if it has no place of its own. */
  textOf(tree: unknown): string | undefined {
    return textOfTree(this.statement, tree);
  }

  /** The items that names in an expression mean, in subqueries too. */
  mentions(tree: unknown): BlockMentions {
    const named = new Set<FromItem>();
    let isCertain = true;
    walk(tree, (type, fields) => {
      if (type !== 'ColumnRef') return;
      const found = this.itemsOf(fields);
      if (found === undefined) isCertain = false;
      else for (const item of found) named.add(item);
    });
    return { items: named, isCertain };
  }

  /** The column an expression is; undefined for anything else, and if it cannot be told. */
  column(tree: unknown): BlockColumn | undefined {
    const name = asColumn(tree)?.name;
    const fields = unwrap(tree)?.fields;
    if (name === undefined || !fields) return undefined;
    const binding = this.binder.bindFields(fields);
    // In ORDER BY a bare name is that of the result first.
    if (binding.kind === 'output') return this.column(this.outputNamed(name));
    const use = this.binder.names.columns.get(fields);
    const source = binding.kind === 'column' ? binding.column.source : use && this.sourceOf(use);
    const item = source && this.sources.get(source);
    if (!item || binding.kind === 'row' || binding.kind === 'star' || binding.kind === 'system column')
      return undefined;
    const known = binding.kind === 'column' ? binding.column : undefined;
    return {
      item,
      name,
      ...known?.base,
      notNull: known?.base?.column.notNull === true && !known.nullExtended,
    };
  }

  /** What a name of the result or a position stands for in GROUP BY and ORDER BY; anything else is itself. */
  meant(tree: unknown): unknown {
    const node = unwrap(tree);
    const position = node?.type === 'A_Const' ? integerConstant(tree) : undefined;
    if (position !== undefined) return unwrap(list(this.fields.targetList)[position - 1])?.fields.val ?? tree;
    if (node?.type !== 'ColumnRef' || this.binder.bindFields(node.fields).kind !== 'output') return tree;
    return this.outputNamed(asColumn(tree)?.name ?? '') ?? tree;
  }

  /** The type of an expression where it is plain to see, as `format_type` prints it. */
  typeOf(tree: unknown): string | undefined {
    return expressionType(tree, fields => {
      const binding = this.binder.bindFields(fields);
      return binding.kind === 'column' ? binding.column.type : undefined;
    });
  }

  /** The items a name means, none for one from outside; undefined if it cannot be told. */
  private itemsOf(fields: object): readonly FromItem[] | undefined {
    const use = this.binder.names.columns.get(fields);
    if (!use) return undefined;
    const binding = this.binder.bind(use);
    if (binding.kind === 'output') {
      const { items, isCertain } = this.mentions(this.outputNamed(binding.column.name));
      return isCertain ? [...items] : undefined;
    }
    if (binding.kind === 'star') {
      const stars = binding.sources.flatMap(source => this.leaves(source));
      return stars.flatMap(source => this.sources.get(source) ?? []);
    }
    const source =
      binding.kind === 'column'
        ? binding.column.source
        : binding.kind === 'row' || binding.kind === 'system column'
          ? binding.source
          : this.sourceOf(use);
    if (!source || source.kind === 'join' || source.kind === 'merged') return undefined;
    const item = this.sources.get(source);
    return item ? [item] : [];
  }

  /** The expression that a name of the result stands for; undefined for a star's column. */
  private outputNamed(name: string): unknown {
    const named = list(this.fields.targetList).filter(target => {
      const { name: alias, val } = unwrap(target)?.fields ?? {};
      return (typeof alias === 'string' ? alias : outputName(val)) === name;
    });
    return named.length === 1 ? unwrap(named[0])?.fields.val : undefined;
  }

  private leaves(source: Source): Source[] {
    return source.kind === 'join' ? [...this.leaves(source.left), ...this.leaves(source.right)] : [source];
  }

  /** By its qualifier; without one if there is a single item it can belong to. */
  private sourceOf(use: ColumnUse): Source | undefined {
    if (use.parts.length > 1) return this.binder.qualifier(use);
    const [only, ...others] = use.scope.items;
    const isAlone = others.length === 0 && use.scope.outer === undefined && use.output === undefined;
    return isAlone && only?.kind !== 'join' ? only : undefined;
  }
}

/** True if the block has none of the clauses that are not named: GROUP BY, DISTINCT, windows, locks and the like. */
export function hasOnly({ fields }: Pick<QueryBlock, 'fields'>, ...allowed: readonly string[]): boolean {
  return CLAUSES.every(clause => fields[clause] === undefined || allowed.includes(clause));
}

const CLAUSES = [
  'distinctClause',
  'groupClause',
  'havingClause',
  'windowClause',
  'sortClause',
  'limitCount',
  'limitOffset',
  'lockingClause',
  'withClause',
];

/**
 * True if it names `ctid` and the like, a whole row, or a table with its schema: what a subquery in the place of the
 * table has not.
 */
export function hasSystemColumns({ fields, items }: QueryBlock): boolean {
  const names = new Set(items.map(({ name }) => name));
  const columns = new Set(items.flatMap(({ relation }) => relation?.columns.map(({ name }) => name) ?? []));
  return contains(fields, (type, node) => {
    if (type !== 'ColumnRef') return false;
    const parts = list(node.fields).map(part => unwrap(part)?.fields.sval);
    const name = typeof parts.at(-1) === 'string' ? String(parts.at(-1)) : undefined;
    if (parts.length > 2 || name === undefined) return parts.length > 2;
    return SYSTEM_COLUMNS.has(name) || (parts.length === 1 && names.has(name) && !columns.has(name));
  });
}

const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** The same range without blanks at its ends. */
export function trimmed(text: string, { start, end }: SourceRange): SourceRange {
  const part = text.slice(start, end);
  return { start: end - part.trimStart().length, end: start + part.trimEnd().length };
}

import { typeFamily } from '../../../rules/support/columnTypes';
import type { NodeFields } from '../../../rules/nodeIndex';
import { functionName, list } from '../../../rules/support/expressions';
import { unwrap } from '../../../sql/walk';
import type { QueryBlock } from './queryBlock';

/** An aggregate computed in two steps: over the rows of a group first, then over those groups. */
export interface PartialAggregate {
  /** What the first step selects, without names. */
  readonly partials: readonly string[];
  /** The second step, over the names the partials are given; `optional` if a group may have no row of the first step. */
  whole(names: readonly string[], optional: boolean): string;
  /** False where the order of additions can change the last digits. */
  readonly isExact: boolean;
}

/** The two steps of an aggregate; undefined for one that has none, or whose type is not known. */
export function partialAggregate(block: QueryBlock, fields: NodeFields): PartialAggregate | undefined {
  const name = functionName(fields);
  const [argument] = list(fields.args);
  const text = block.textOf(argument);
  const filter = fields.agg_filter === undefined ? '' : ` FILTER (WHERE ${block.textOf(fields.agg_filter) ?? ''})`;
  if (fields.agg_distinct || fields.agg_order || fields.agg_within_group || fields.over || list(fields.args).length > 1)
    return undefined;
  if (fields.agg_filter !== undefined && block.textOf(fields.agg_filter) === undefined) return undefined;
  if (name === 'count' && fields.agg_star === true)
    return {
      partials: [`count(*)${filter}`],
      // A row without a match is a row all the same, unless FILTER asks for more.
      whole: ([rows], optional) => `sum(${optional ? `coalesce(${rows!}, ${filter === '' ? 1 : 0})` : rows!})::bigint`,
      isExact: true,
    };
  if (text === undefined || argument === undefined) return undefined;
  const type = block.typeOf(argument) ?? (isExtract(argument) ? 'numeric' : undefined);
  const family = typeFamily(type);
  const isExact = family === 'integer' || family === 'numeric';
  const count: PartialAggregate = {
    partials: [`count(${text})${filter}`],
    whole: ([rows], optional) => `${optional ? `coalesce(sum(${rows!}), 0)` : `sum(${rows!})`}::bigint`,
    isExact: true,
  };
  switch (name) {
    case 'count':
      return count;
    case 'sum': {
      const isBig = /^(?:bigint|int8)/.test(type ?? '');
      if (!isExact && family !== 'float') return undefined;
      // The sum of integers is a bigint, and the sum of those a numeric.
      const cast = family === 'integer' && !isBig ? '::bigint' : '';
      return { partials: [`sum(${text})${filter}`], whole: ([sum]) => `sum(${sum!})${cast}`, isExact };
    }
    case 'avg':
      if (!isExact && family !== 'float') return undefined;
      return {
        partials: [`sum(${text})${filter}`, ...count.partials],
        whole: ([sum, rows]) => `sum(${sum!}) / nullif(sum(${rows!}), 0)${isExact ? '' : '::float8'}`,
        isExact,
      };
    case 'min':
    case 'max':
    case 'bool_and':
    case 'bool_or':
    case 'every':
      return { partials: [`${name}(${text})${filter}`], whole: ([value]) => `${name}(${value!})`, isExact: true };
    default:
      return undefined;
  }
}

/** `extract(epoch from x)`, a numeric since PostgreSQL 14. */
function isExtract(tree: unknown): boolean {
  const node = unwrap(tree);
  return node?.type === 'FuncCall' && functionName(node.fields) === 'extract';
}

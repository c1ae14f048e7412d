import { walk } from '../../sql/walk';
import { asNode, child } from '../indexes/parseTree';
import type { AdvisedStatement, TableUse } from './keyUse';

/** A DELETE of what has grown old: what dropping a partition does in milliseconds. */
export interface RetentionDelete {
  readonly statement: AdvisedStatement;
  /** How old rows get, as it stands there: `90 days`; absent if a parameter tells it. */
  readonly keep?: string;
  /** It deletes only some of the old rows: then a partition cannot go as a whole. */
  readonly isPartial: boolean;
}

/** DELETEs of a table by an upper bound on a column, whatever else they ask. */
export function retentionDeletes(column: string, uses: readonly TableUse[]): RetentionDelete[] {
  return uses.flatMap(({ statement, accesses }) => {
    const [access] = accesses;
    if (statement.statement.kind !== 'DeleteStmt' || !access?.range.has(column)) return [];
    const isPartial = access.equality.size > 0 || access.join.size > 0 || access.range.size > 1;
    const keep = intervalIn(statement.statement.tree);
    return [{ statement, isPartial, ...(keep === undefined ? {} : { keep }) }];
  });
}

/** The one interval of a statement, if it has one that reads like a number of days, weeks, months or years. */
function intervalIn(tree: unknown): string | undefined {
  const found: string[] = [];
  walk(tree, (type, fields) => {
    if (type !== 'TypeCast') return;
    const names = asNode(fields['typeName'])?.['names'];
    const isInterval = Array.isArray(names) && names.some(name => child(name, 'String')?.['sval'] === 'interval');
    const text = asNode(child(fields['arg'], 'A_Const')?.['sval'])?.['sval'];
    if (isInterval && typeof text === 'string') found.push(text.trim().toLowerCase());
  });
  const [only] = found;
  return found.length === 1 && only !== undefined && /^[1-9]\d{0,4} (?:day|week|month|year)s?$/.test(only)
    ? only
    : undefined;
}

/** Mean days of an interval as above. */
export function daysOf(keep: string): number {
  const [count, unit = ''] = keep.split(' ');
  const days = { day: 1, week: 7, month: 365.2425 / 12, year: 365.2425 }[unit.replace(/s$/, '')] ?? NaN;
  return Number(count) * days;
}

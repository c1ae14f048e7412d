import { isAlive, parseLifespan } from './lifespan';
import type { Lifespan } from './lifespan';
import { SYSTEM_COLUMNS } from './systemColumns';

/** A catalog or system view, or a view of pg_stat_statements, with the columns of all versions from 14 to 18. */
export interface SystemRelation extends Lifespan {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Lifespan>;
}

const EVERYWHERE: Lifespan = {};
/** Every table row has them; a view does not, but nobody asks one. */
const ROW_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax']);

let relations: ReadonlyMap<string, SystemRelation> | undefined;

/** All of them, by name; read from the data once. */
export function systemRelations(): ReadonlyMap<string, SystemRelation> {
  relations ??= new Map(SYSTEM_COLUMNS.map(readRelation).map(relation => [relation.name, relation]));
  return relations;
}

function readRelation(line: string): SystemRelation {
  const colon = line.indexOf(': ');
  const columns = line
    .slice(colon + 2)
    .split(' ')
    .map(parseLifespan);
  return { ...parseLifespan(line.slice(0, colon)), columns: new Map(columns.map(column => [column.name, column])) };
}

/** The versions that have a column, row columns such as `xmin` among them; undefined if none from 14 to 18 does. */
export function findSystemColumn(relation: SystemRelation, column: string): Lifespan | undefined {
  return relation.columns.get(column) ?? (ROW_COLUMNS.has(column) ? EVERYWHERE : undefined);
}

/** The columns of one version. */
export function columnsIn(relation: SystemRelation, major: number): string[] {
  return [...relation.columns].filter(([, lifespan]) => isAlive(lifespan, major)).map(([name]) => name);
}

import type { Catalog } from '../../catalog/catalog';
import { contains, functionName, list, stringValue } from './expressions';

/** Built-in functions whose `pg_proc.provolatile` is `v`, and those of uuid-ossp, as far as they serve as defaults. */
const VOLATILE: ReadonlySet<string> = new Set([
  ...['random', 'random_normal', 'clock_timestamp', 'timeofday', 'nextval', 'gen_random_uuid', 'gen_random_bytes'],
  ...['uuidv4', 'uuidv7', 'uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4'],
]);

/** The first function in a default that gives each row another value. */
export function volatileCall(expression: unknown, catalog: Catalog | undefined): string | undefined {
  let found: string | undefined;
  contains(expression, (type, fields) => {
    if (type !== 'FuncCall' || found !== undefined) return false;
    const name = stringValue(list(fields.funcname).at(-1));
    const routines = catalog?.functions?.filter(routine => routine.name === name) ?? [];
    const isVolatile =
      routines.length > 0
        ? routines.every(({ volatility }) => volatility === 'volatile')
        : VOLATILE.has(functionName(fields) ?? name ?? '');
    if (isVolatile) found = name;
    return isVolatile;
  });
  return found;
}

import { DatabaseError, type Row } from '../../core/ports';
import type { LibraryState } from '../../core/profiles/preload';
import type { PostgresDatabase } from '../connect';

/**
 * Whether libraries can be loaded, without loading them: their files are looked for where the server would look
 * (`dynamic_library_path`). A role that may not list folders learns what the extensions on the server say.
 */
export async function readLibraries(
  db: PostgresDatabase,
  names: readonly string[],
): Promise<ReadonlyMap<string, LibraryState>> {
  if (names.length === 0) return new Map();
  const ask = async <T extends Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[] | undefined> => {
    try {
      return await db.query<T>(sql, parameters);
    } catch (error) {
      if (error instanceof DatabaseError && error.kind !== 'connection') return undefined;
      throw error;
    }
  };
  const files = await ask<{ file: string }>(
    `select pg_catalog.pg_ls_dir(folder, true, false) as file from (
       select replace(part, '$libdir', (select setting from pg_catalog.pg_config where name = 'PKGLIBDIR')) as folder
       from unnest(string_to_array(coalesce(nullif(current_setting('dynamic_library_path'), ''), '$libdir'), ':')) part
     ) as folders`,
  );
  const known = new Set(files?.map(({ file }) => file.replace(/\.(so|dll|dylib)$/, '')));
  const extensions = await ask<{ name: string }>(
    'select name::text from pg_catalog.pg_available_extensions where name = any ($1)',
    [names],
  );
  const available = new Set(extensions?.map(({ name }) => name));
  const stateOf = async (name: string): Promise<LibraryState> => {
    if (/[/\\]/.test(name)) {
      const found = await ask<{ there: boolean }>(
        'select (pg_catalog.pg_stat_file($1, true)).size is not null or (pg_catalog.pg_stat_file($2, true)).size is not null as there',
        [name, `${name}.so`],
      );
      return found === undefined ? 'unknown' : found[0]?.there ? 'present' : 'absent';
    }
    if (files) return known.has(name.replace(/\.(so|dll|dylib)$/, '')) ? 'present' : 'absent';
    return available.has(name) ? 'present' : 'unknown';
  };
  const states = new Map<string, LibraryState>();
  for (const name of names) states.set(name, await stateOf(name));
  return states;
}

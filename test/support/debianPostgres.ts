import { execFileSync } from 'node:child_process';
import { debianPackagesOrSkip, type DebianRoot } from './debianPackages';

/** Programs of the newest PostgreSQL that this Debian has: `psql`, and the server with extensions. */
export interface DebianPostgres extends DebianRoot {
  /** Folder of `psql`, `postgres`, `initdb`. */
  readonly bin: string;
}

/**
 * @param packages with `%` for the major version: `postgresql-%-cron`.
 * Ends the suite, with the reason printed, where they cannot be had.
 */
export async function debianPostgresOrSkip(
  context: Mocha.Context,
  packages: readonly string[],
): Promise<DebianPostgres> {
  const major = newestMajor();
  const root = await debianPackagesOrSkip(
    context,
    packages.map(name => name.replace('%', major)),
  );
  return { ...root, bin: root.file(`usr/lib/postgresql/${major}/bin`) };
}

function newestMajor(): string {
  try {
    const names = execFileSync('apt-cache', ['pkgnames', 'postgresql-client-'], { encoding: 'utf8' });
    const majors = [...names.matchAll(/^postgresql-client-(\d+)$/gm)].map(match => Number(match[1]));
    if (majors.length > 0) return String(Math.max(...majors));
  } catch {
    // No apt here: the packages will not be had either, and that is said then.
  }
  return '15';
}

/** What `pg_settings` says of where a value comes from. */
export interface SettingOrigin {
  readonly source: string;
  readonly sourceFile?: string | null;
  readonly sourceLine?: number | null;
}

/** Where a value comes from, in words: `postgresql.conf, line 12`. */
export function describeOrigin({ source, sourceFile, sourceLine }: SettingOrigin): string {
  switch (source) {
    case 'default':
      return 'PostgreSQL’s default';
    case 'override':
      return 'fixed by the server itself';
    case 'configuration file': {
      if (!sourceFile) return 'a configuration file';
      const file = sourceFile.split(/[/\\]/).at(-1) ?? sourceFile;
      if (file === 'postgresql.auto.conf') return 'ALTER SYSTEM (postgresql.auto.conf)';
      return sourceLine ? `${file}, line ${sourceLine}` : file;
    }
    case 'command line':
      return 'the command line of the server';
    case 'environment variable':
      return 'an environment variable of the server';
    case 'database':
      return 'ALTER DATABASE';
    case 'user':
      return 'ALTER ROLE';
    case 'database user':
      return 'ALTER ROLE .. IN DATABASE';
    default:
      return source;
  }
}

/** Why a value of ALTER SYSTEM does not count where this one stands; undefined if it does. */
export function goesBeforeAlterSystem({ source }: SettingOrigin): string | undefined {
  switch (source) {
    case 'command line':
      return 'the server was started with this setting on its command line, which goes before ALTER SYSTEM';
    case 'environment variable':
      return 'an environment variable of the server goes before ALTER SYSTEM';
    case 'database':
    case 'user':
    case 'database user':
      return `ALTER DATABASE or ALTER ROLE (${source}) goes before ALTER SYSTEM for this session`;
    default:
      return undefined;
  }
}

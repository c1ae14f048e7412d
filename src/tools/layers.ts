/** Who may import whom. `types` are folders of which only types may be imported. */
export interface Layer {
  readonly folders: readonly string[];
  readonly types?: readonly string[];
  /** Package names; a trailing `*` stands for any ending. */
  readonly packages: readonly string[];
}

export const LAYERS: Readonly<Record<string, Layer>> = {
  core: { folders: ['core'], packages: [] },
  protocol: { folders: ['protocol', 'core'], packages: [] },
  database: {
    folders: ['database', 'core'],
    packages: ['pg', 'pg-connection-string', 'pgpass', '@electric-sql/pglite', 'node:*'],
  },
  workspace: { folders: ['workspace', 'core'], packages: ['picomatch', 'node:*'] },
  server: {
    folders: ['server', 'core', 'protocol', 'database', 'workspace'],
    packages: ['vscode-languageserver*', 'node:*'],
  },
  cli: { folders: ['cli', 'core', 'database', 'workspace'], packages: ['node:*'] },
  extension: {
    folders: ['extension', 'protocol', 'core/base'],
    types: ['core'],
    packages: ['vscode', 'vscode-languageclient*', 'node:*'],
  },
  webview: {
    folders: ['webview', 'protocol', 'core/base', 'core/plan'],
    types: ['core'],
    packages: ['preact*', 'd3-hierarchy'],
  },
};

/** Inside core: each folder and those it stands on. Files directly in core tie all of them together. */
export const CORE_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  sql: ['base'],
  catalog: ['base', 'sql'],
  plan: ['base', 'sql', 'catalog'],
  guidelines: ['base'],
  rules: ['base', 'sql', 'catalog', 'plan', 'guidelines'],
  configuration: ['base', 'rules', 'health', 'profiles'],
  workload: ['base', 'sql', 'plan'],
  language: ['base', 'sql', 'catalog', 'rules', 'guidelines'],
  advisor: ['base', 'sql', 'catalog', 'plan', 'rules', 'guidelines'],
  profiles: ['base', 'sql', 'catalog', 'guidelines'],
  health: ['base', 'sql', 'catalog', 'guidelines'],
  benchmark: ['base'],
  maintenance: ['base', 'sql', 'guidelines'],
  monitoring: ['base', 'health'],
  budgets: ['base', 'sql', 'plan', 'rules'],
  report: ['base', 'sql', 'catalog', 'plan', 'rules', 'advisor', 'profiles', 'health', 'budgets', 'guidelines'],
};

/** Files that cross a border on purpose, with what they may import beyond their layer, and why. */
export const BORDER_CROSSINGS: Readonly<Record<string, readonly string[]>> = {
  // `query-tuner lsp` starts the language server that other editors use.
  'cli/commands/lsp.ts': ['server'],
  // The pages and texts it makes of saved plans are those of the plan's page.
  'cli/savedPlans.ts': ['protocol', 'webview/plan/exports'],
  // The version it prints is written once, in the manifest.
  'cli/version.ts': ['../package.json'],
};

/** The borders as tables in Markdown. */
export function layerTables(): string {
  const code = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');
  const layers = Object.entries(LAYERS).map(([name, { folders, types = [], packages }]) => {
    const below = [...folders.filter(folder => folder !== name).map(folder => `\`${folder}\``)];
    const named = types.map(folder => `types of \`${folder}\``);
    return `| \`src/${name}\` | ${[...below, ...named].join(', ')} | ${code(packages)} |`;
  });
  const core = Object.entries(CORE_FOLDERS).map(([name, below]) => `| \`core/${name}\` | ${code(below)} |`);
  return [
    '| Folder | imports | packages |',
    '| --- | --- | --- |',
    ...layers,
    '',
    '| Folder | imports |',
    '| --- | --- |',
    ...core,
  ].join('\n');
}

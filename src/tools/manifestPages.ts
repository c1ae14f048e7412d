/** Pages about what package.json contributes: commands and settings. */

interface Setting {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly order?: number;
}

interface Command {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
}

interface Menu {
  readonly command: string;
  readonly when?: string;
}

export interface ContributingManifest {
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: { readonly commandPalette?: readonly Menu[] };
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly mac?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

/**
 * The manifest with the texts of package.nls.json in their places.
 * @throws Error for a key without a text.
 */
export function withTexts(manifest: string, texts: Readonly<Record<string, string>>): ContributingManifest {
  return JSON.parse(manifest, (_key, value: unknown) => {
    const key = typeof value === 'string' ? /^%([\w.-]+)%$/.exec(value)?.[1] : undefined;
    if (key === undefined) return value;
    const text = texts[key];
    if (text === undefined) throw new Error(`package.nls.json has no text for ${key}`);
    return text;
  }) as ContributingManifest;
}

/** Every command that a person can run by name, in the order of their titles. */
export function commandsPage({ contributes }: ContributingManifest): string {
  const hidden = new Set(
    (contributes.menus.commandPalette ?? []).filter(({ when }) => when === 'false').map(({ command }) => command),
  );
  const keys = new Map(
    contributes.keybindings.map(({ command, key, mac }) => [command, mac ? `${key} (${mac})` : key]),
  );
  const rows = contributes.commands
    .filter(({ command }) => !hidden.has(command))
    .sort((one, other) => one.title.localeCompare(other.title, 'en'))
    .map(({ command, title }) => `| ${title} | \`${command}\` | ${keys.get(command) ?? ''} |`);
  return page('Commands', 'All are in the palette under "Query Tuner".', ['Command', 'Id', 'Key'], rows);
}

/** Every setting with its default, in the order in which the settings editor shows them. */
export function settingsPage({ contributes }: ContributingManifest): string {
  const rows = Object.entries(contributes.configuration.properties)
    .sort(([, one], [, other]) => (one.order ?? 0) - (other.order ?? 0))
    .map(([name, setting]) => `| \`${name}\` | ${shownDefault(setting)} | ${describe(setting)} |`);
  return page(
    'Settings',
    'Machine settings cannot be set by a workspace.',
    ['Setting', 'Default', 'What it does'],
    rows,
  );
}

function shownDefault({ default: value }: Setting): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? '_see the settings editor_' : `\`${text}\``;
}

function describe({ markdownDescription, description, enum: values }: Setting): string {
  const text = (markdownDescription ?? description ?? '').replace(/\s*\n\s*/g, ' ');
  return (values ? `${text} One of ${values.map(value => `\`${value}\``).join(', ')}.` : text).replaceAll('|', '\\|');
}

function page(title: string, about: string, columns: readonly string[], rows: readonly string[]): string {
  const head = [`| ${columns.join(' | ')} |`, `| ${columns.map(() => '---').join(' | ')} |`];
  const note = '<!-- made by npm run generate -->';
  return `# ${title}\n\n${note}\n<!-- prettier-ignore-start -->\n\n${about}\n\n${[...head, ...rows].join('\n')}\n\n<!-- prettier-ignore-end -->\n`;
}

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import Module from 'node:module';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

interface Command {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
}

interface Setting {
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly scope?: string;
  readonly order?: number;
  readonly default?: unknown;
}

interface Manifest {
  readonly engines: { readonly vscode: string; readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly grammars: readonly { readonly path: string; readonly scopeName: string }[];
  };
}

function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')) as T;
}

/** The commands that the extension registers when it starts, found by starting it in front of an editor of cardboard. */
async function registeredCommands(): Promise<string[]> {
  const commands: string[] = [];
  const cardboard = new Proxy(function () {}, {
    get(target, name) {
      if (name === 'prototype') return target.prototype as unknown;
      // a setting that is a list is an empty one
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      // no promise
      if (name === 'then' || typeof name === 'symbol') return undefined;
      if (name === 'registerCommand') return (id: string) => (commands.push(id), { dispose: () => undefined });
      if (name === 'list' || name === 'textDocuments' || name === 'subscriptions') return [];
      if (name === 'fsPath' || name === 'extensionPath') return ROOT;
      if (name === 'languageId') return 'plaintext';
      return cardboard as unknown;
    },
    set: () => true,
    apply: () => cardboard as unknown,
    construct: () => cardboard,
  }) as unknown as object;

  // an import copies a module's members, so they have names: those that the extension uses
  const words = sources().matchAll(/\bvscode\.(\w+)|\b(LanguageClient|TransportKind|LSPErrorCodes|ResponseError)\b/g);
  const editor = Object.fromEntries([...words].map(([, member, client]) => [member ?? client, cardboard]));
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load;
  loader._load = (request, ...rest) =>
    request === 'vscode' || request.startsWith('vscode-languageclient') ? editor : load(request, ...rest);
  try {
    // loaded here, while the editor is stood in for
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { activate } = require('../../src/extension/activate') as { activate(context: unknown): Promise<void> };
    await activate(cardboard);
  } finally {
    loader._load = load;
  }
  return commands;
}

/** Every source file of the extension and the server, as one text. */
function sources(): string {
  return ['src/extension', 'src/server']
    .flatMap(folder =>
      fs
        .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter(file => file.endsWith('.ts'))
        .map(file => fs.readFileSync(path.join(ROOT, folder, file), 'utf8')),
    )
    .join('\n');
}

describe('package.json', () => {
  const manifest = readJson<Manifest>('package.json');
  const { contributes } = manifest;
  const contributed = contributes.commands.map(({ command }) => command);

  it('contributes exactly the commands that the extension registers', async () => {
    assert.deepEqual((await registeredCommands()).sort(), [...contributed].sort());
  });

  it('gives each command a title and the category, and menus and keys only to commands there are', () => {
    for (const { command, title, category } of contributes.commands) {
      assert.ok(title, command);
      assert.equal(category, 'Query Tuner', command);
    }
    for (const { command } of [...Object.values(contributes.menus).flat(), ...contributes.keybindings]) {
      assert.ok(contributed.includes(command), command);
    }
  });

  it('names only commands of the manifest in lenses', () => {
    const inCode = new Set([...sources().matchAll(/command: '(queryTuner\.[\w.]+)'/g)].map(match => match[1] ?? ''));
    for (const command of inCode) assert.ok(contributed.includes(command), command);
  });

  it('describes each setting, says its scope, order and default, and the code reads it', () => {
    const code = sources();
    const orders = new Set<number | undefined>();
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.ok(name.startsWith('queryTuner.'), name);
      assert.ok(setting.description ?? setting.markdownDescription, `${name} has no description`);
      assert.ok(setting.scope, `${name} has no scope`);
      assert.notEqual(setting.default, undefined, `${name} has no default`);
      assert.ok(!orders.has(setting.order), `${name} shares its order`);
      orders.add(setting.order);
      const key = name.slice('queryTuner.'.length);
      assert.ok(code.includes(`'${key}'`) || code.includes(`'${name}'`), `nobody reads ${name}`);
    }
  });

  it('lets no workspace choose where to connect', () => {
    assert.equal(contributes.configuration.properties['queryTuner.connections']?.scope, 'machine');
    const { untrustedWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.ok(untrustedWorkspaces.restrictedConfigurations.includes('queryTuner.connections'));
  });

  it('has types for the floor of its engines, not for newer ones', () => {
    const floor = /^\^(\d+\.\d+)\./.exec(manifest.engines.vscode)?.[1];
    assert.ok(floor);
    assert.ok(manifest.devDependencies['@types/vscode']?.startsWith(`${floor}.`));
    const node = /(\d+)/.exec(manifest.engines.node)?.[1];
    assert.ok(manifest.devDependencies['@types/node']?.startsWith(`${node}.`));
  });

  it('pins every package to one version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.ok(versions.length > 0);
    for (const [name, version] of versions) assert.match(version, /^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  });

  it('points to grammars that are there and whose patterns compile', () => {
    for (const grammar of contributes.grammars) {
      const content = readJson<{ scopeName: string }>(grammar.path);
      assert.equal(content.scopeName, grammar.scopeName);
      for (const [, pattern] of JSON.stringify(content).matchAll(/"(?:match|begin|end)":("(?:[^"\\]|\\.)*")/g)) {
        assert.doesNotThrow(() => new RegExp(JSON.parse(pattern ?? '""') as string));
      }
    }
  });
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { BORDER_CROSSINGS, CORE_FOLDERS, LAYERS } from '../../src/tools/layers';

const SOURCE = path.join(__dirname, '../../src');

/** The shapes of a finding and of the ports may be named from anywhere in core: they are types without code. */
const SHARED_TYPES = ['core/rules/finding', 'core/ports'];

/** The one file that may load the SQL grammar, and where its types may be named. */
const GRAMMAR_FILE = 'core/sql/grammar.ts';

/** The one file that may load the reader of JSON with comments. */
const CONFIGURATION_READER = 'core/configuration/readConfiguration.ts';

interface Import {
  /** Path below `src`, with `/`. */
  readonly from: string;
  readonly specifier: string;
  readonly onlyTypes: boolean;
}

describe('architecture', () => {
  const imports = sourceFiles(SOURCE).flatMap(readImports);
  const shipped = imports.filter(({ from }) => layerOf(from) in LAYERS);

  it('sees the imports of every layer that has files', () => {
    assert.ok(shipped.length > 50, `only ${shipped.length} imports found`);
  });

  it('imports only the layers below', () => {
    assert.deepEqual(
      shipped
        .filter(isRelative)
        .filter(entry => !mayImportFolder(entry))
        .map(describeImport),
      [],
    );
  });

  it('imports only the packages of its layer', () => {
    assert.deepEqual(
      shipped
        .filter(entry => !isRelative(entry))
        .filter(entry => !mayImportPackage(entry))
        .map(describeImport),
      [],
    );
  });

  it('keeps the folders of core in order', () => {
    const inside = shipped.filter(entry => isRelative(entry) && coreFolder(entry.from) !== undefined);
    assert.deepEqual(inside.filter(entry => !mayImportCoreFolder(entry)).map(describeImport), []);
  });

  it('knows every folder of core', () => {
    const folders = readdirSync(path.join(SOURCE, 'core'), { withFileTypes: true }).filter(entry =>
      entry.isDirectory(),
    );
    assert.deepEqual(
      folders.map(({ name }) => name).filter(name => !(name in CORE_FOLDERS)),
      [],
    );
  });

  it('leaves tools out of everything that ships', () => {
    assert.deepEqual(
      shipped.filter(entry => isRelative(entry) && target(entry).startsWith('tools/')).map(describeImport),
      [],
    );
  });
});

function mayImportFolder(entry: Import): boolean {
  const layer = LAYERS[layerOf(entry.from)]!;
  const aim = target(entry);
  const extra = BORDER_CROSSINGS[entry.from] ?? [];
  const folders = entry.onlyTypes ? [...layer.folders, ...(layer.types ?? [])] : layer.folders;
  return [...folders, ...extra].some(folder => aim === folder || aim.startsWith(`${folder}/`));
}

function mayImportPackage({ from, specifier, onlyTypes }: Import): boolean {
  if (from === GRAMMAR_FILE && specifier === 'libpg-query') return true;
  if (from === CONFIGURATION_READER && specifier === 'jsonc-parser') return true;
  if (from.startsWith('core/sql/') && specifier === '@pgsql/types' && onlyTypes) return true;
  const name = builtinModules.includes(specifier) ? `node:${specifier}` : specifier;
  return LAYERS[layerOf(from)]!.packages.some(allowed =>
    allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed || name.startsWith(`${allowed}/`),
  );
}

function mayImportCoreFolder(entry: Import): boolean {
  const own = coreFolder(entry.from)!;
  const aim = target(entry);
  if (entry.onlyTypes && SHARED_TYPES.includes(aim)) return true;
  const aimed = coreFolder(aim);
  if (aimed === undefined) return !aim.startsWith('core/');
  return aimed === own || (CORE_FOLDERS[own]?.includes(aimed) ?? false);
}

function coreFolder(file: string): string | undefined {
  return /^core\/([^/]+)\//.exec(file)?.[1];
}

function layerOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}

function isRelative({ specifier }: Import): boolean {
  return specifier.startsWith('.');
}

function target({ from, specifier }: Import): string {
  return path.posix.join(path.posix.dirname(from), specifier);
}

function describeImport({ from, specifier, onlyTypes }: Import): string {
  return `${from} imports ${onlyTypes ? 'types of ' : ''}${specifier}`;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(full);
    return /\.(?:ts|tsx|mjs)$/.test(entry.name) ? [full] : [];
  });
}

function readImports(file: string): Import[] {
  const from = path.relative(SOURCE, file).split(path.sep).join('/');
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'/gm);
  const calls = text.matchAll(/\b(?:import|require)\(\s*'([^']+)'\s*\)/g);
  return [
    ...[...statements].map(match => ({ from, specifier: match[2]!, onlyTypes: match[1] !== undefined })),
    ...[...calls].map(match => ({ from, specifier: match[1]!, onlyTypes: false })),
  ];
}

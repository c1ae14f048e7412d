import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { emptyCatalog, type Catalog } from '../core/catalog/catalog';
import { DdlReader } from '../core/catalog/catalogFromDdl';
import { appliedVersions, upPartOf } from '../core/catalog/migrationText';
import { migrationVersion } from '../core/catalog/schemaFileNames';
import type { Grammar } from '../core/sql/grammar';
import { findSchemaFiles, isSchemaFile, type SchemaProject } from './schemaFileSearch';

/** A file beyond this is data. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** Work longer than this lets requests in between. */
const SLICE_MS = 8;
/** Files often change several at a time (a checkout), and keys come faster than this. */
const REBUILD_DELAY_MS = 400;

export interface SchemaFolder {
  readonly uri: string;
  /** Globs relative to the folder instead of the usual names of schema files and migrations. */
  readonly patterns?: readonly string[];
}

export interface SchemaFilesOptions {
  readonly grammar: Grammar;
  /** Open documents: their text counts instead of the file's. */
  readonly openDocuments?: () => Iterable<{ readonly uri: string; readonly text: string }>;
  /** Catalogs were built anew: documents may be checked again. */
  readonly rebuilt?: () => void;
  readonly failed?: (error: unknown) => void;
  readonly delayMs?: number;
}

/** What one project's files say. */
interface ProjectCatalog {
  readonly root: string;
  readonly catalog: Catalog;
  /** For each file the schema before it: what its own statements find when they run. */
  readonly before: ReadonlyMap<string, Catalog>;
}

interface FolderState {
  readonly folder: SchemaFolder;
  readonly root: string;
  projects: readonly ProjectCatalog[];
  timer: NodeJS.Timeout | undefined;
  reading: AbortController | undefined;
  done: Promise<void>;
}

/** The schema as the workspace's SQL files define it: one catalog for each project, without any connection. */
export class SchemaFiles {
  readonly #options: SchemaFilesOptions;
  #folders: FolderState[] = [];

  constructor(options: SchemaFilesOptions) {
    this.#options = options;
  }

  /** The folders of the workspace; what is known of those that stay as they were is kept. */
  setFolders(folders: readonly SchemaFolder[]): void {
    const old = this.#folders;
    this.#folders = folders.flatMap(folder => {
      const root = pathOf(folder.uri);
      if (root === undefined) return [];
      const same = old.find(state => state.root === root && isSamePatterns(state.folder, folder));
      return [same ?? { folder, root, projects: [], timer: undefined, reading: undefined, done: Promise.resolve() }];
    });
    for (const state of old) if (!this.#folders.includes(state)) stop(state);
    for (const state of this.#folders) if (!old.includes(state)) this.#rebuild(state);
  }

  /**
   * The schema a document's statements see: for a migration what the files before it have made, for any other document
   * what all files of its project make. Undefined if there is none or it is not read yet. The same object until the
   * files change.
   */
  catalogFor(uri: string): Catalog | undefined {
    const file = pathOf(uri);
    if (file === undefined) return undefined;
    const state = this.#folders.find(({ root }) => isWithin(root, file));
    if (!state) return undefined;
    for (const { before } of state.projects) {
      const own = before.get(file);
      if (own) return own.relations.length > 0 ? own : undefined;
    }
    const around = state.projects
      .filter(({ root }) => isWithin(root, file))
      .sort((a, b) => b.root.length - a.root.length);
    return (around[0] ?? (state.projects.length === 1 ? state.projects[0] : undefined))?.catalog;
  }

  /** Files were made, changed or deleted (`workspace/didChangeWatchedFiles`). */
  filesChanged(uris: readonly string[]): void {
    const files = uris.flatMap(uri => pathOf(uri) ?? []);
    for (const state of this.#folders) {
      if (files.some(file => concerns(state, file))) this.#schedule(state);
    }
  }

  /** An open document has another text: only those that define the schema matter. */
  documentChanged(uri: string): void {
    const file = pathOf(uri);
    if (file === undefined) return;
    for (const state of this.#folders) {
      if (state.projects.some(({ before }) => before.has(file))) this.#schedule(state);
    }
  }

  /** Resolves when everything asked for so far is read. */
  async settled(): Promise<void> {
    for (const state of this.#folders) {
      if (state.timer) this.#rebuild(state);
      await state.done;
    }
  }

  dispose(): void {
    this.#folders.forEach(stop);
    this.#folders = [];
  }

  #schedule(state: FolderState): void {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => this.#rebuild(state), this.#options.delayMs ?? REBUILD_DELAY_MS);
  }

  #rebuild(state: FolderState): void {
    stop(state);
    const abort = new AbortController();
    state.reading = abort;
    state.done = this.#read(state, abort.signal).catch((error: unknown) => this.#options.failed?.(error));
  }

  async #read(state: FolderState, signal: AbortSignal): Promise<void> {
    const projects: ProjectCatalog[] = [];
    for (const project of await findSchemaFiles(state.root, state.folder.patterns, signal)) {
      const read = await this.#readProject(project, signal);
      if (signal.aborted) return;
      if (read) projects.push(read);
    }
    if (signal.aborted) return;
    const isSilent = projects.length === 0 && state.projects.length === 0;
    state.projects = projects;
    if (!isSilent) this.#options.rebuilt?.();
  }

  async #readProject(project: SchemaProject, signal: AbortSignal): Promise<ProjectCatalog | undefined> {
    const reader = new DdlReader(this.#options.grammar, emptyCatalog('ddl'));
    const before = new Map<string, Catalog>();
    const open = this.#openByPath();
    const readFile = async (file: string): Promise<string> => {
      before.set(file, reader.catalog());
      const { uri, text } = await contentOf(file, open);
      await readInSlices(reader, upPartOf(text), uri, signal);
      return text;
    };
    let isApplied: (file: string) => boolean = () => false;
    if (project.dumps.length > 0) {
      const texts: string[] = [];
      for (const file of project.dumps) texts.push(await readFile(file));
      const versions = appliedVersions(texts.join('\n'));
      // A dump that does not list its migrations is taken to contain them all.
      isApplied = file => versions === undefined || versions.has(migrationVersion(file) ?? '');
    }
    for (const file of project.migrations) {
      if (signal.aborted) return undefined;
      // What an old migration found is gone: the dump has the schema after it.
      if (isApplied(file)) before.set(file, emptyCatalog('ddl'));
      else await readFile(file);
    }
    const catalog = reader.catalog();
    return catalog.relations.length > 0 ? { root: project.root, catalog, before } : undefined;
  }

  #openByPath(): Map<string, OpenFile> {
    const open = [...(this.#options.openDocuments?.() ?? [])];
    return new Map(open.flatMap(document => [[pathOf(document.uri) ?? '', document] as const]));
  }
}

interface OpenFile {
  readonly uri: string;
  readonly text: string;
}

/** No text for a file that is gone or too large to be a schema. */
async function contentOf(file: string, open: ReadonlyMap<string, OpenFile>): Promise<OpenFile> {
  const document = open.get(file);
  if (document) return document;
  const uri = pathToFileURL(file).href;
  try {
    const { size } = await fs.stat(file);
    return { uri, text: size > MAX_FILE_BYTES ? '' : (await fs.readFile(file, 'utf8')).replace(/^\uFEFF/, ' ') };
  } catch {
    return { uri, text: '' };
  }
}

async function readInSlices(reader: DdlReader, text: string, uri: string, signal: AbortSignal): Promise<void> {
  let end = performance.now() + SLICE_MS;
  const reading = reader.read(text, uri);
  while (!reading.next().done) {
    if (performance.now() < end) continue;
    await nextTurn();
    if (signal.aborted) return;
    end = performance.now() + SLICE_MS;
  }
}

function stop(state: FolderState): void {
  clearTimeout(state.timer);
  state.timer = undefined;
  state.reading?.abort();
}

/** True for a schema file, known or new, and for a folder that holds known ones. */
function concerns({ root, folder, projects }: FolderState, file: string): boolean {
  if (!isWithin(root, file)) return false;
  if (isSchemaFile(root, file, folder.patterns)) return true;
  const below = file + path.sep;
  return projects.some(({ before }) => [...before.keys()].some(known => known === file || known.startsWith(below)));
}

function isSamePatterns(a: SchemaFolder, b: SchemaFolder): boolean {
  return (a.patterns ?? []).join('\n') === (b.patterns ?? []).join('\n');
}

/** Documents that are in no file (untitled, in a virtual workspace) have no path. */
function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return path.normalize(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}

function isWithin(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

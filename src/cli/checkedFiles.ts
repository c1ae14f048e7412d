import path from 'node:path';
import type { Catalog } from '../core/catalog/catalog';
import type { Grammar } from '../core/sql/grammar';
import { ConfigurationFiles, type FolderConfiguration } from '../workspace/configurationFiles';
import { filesOfGlobs, findFiles } from '../workspace/findFiles';
import type { Options } from './arguments';
import { SchemaFiles } from './schemaFiles';
import { UsageError } from './usage';

/** A file that a command looks into, with what its configuration and schema say about it. */
export interface CheckedFile {
  /** As it was named, or `-`. */
  readonly file: string;
  /** Absolute; standard input counts as a file of the current folder, or as the one it is said to be. */
  readonly asIf: string;
  readonly configuration: FolderConfiguration;
  /** Of the server, or of the schema files for this file; undefined without any. */
  readonly catalog: Catalog | undefined;
}

/**
 * The files, folders and globs of a command line, each file once, without those that the configuration leaves out. The
 * server is asked only if there are any.
 * @throws UsageError if nothing matches, or a configuration is wrong
 */
export async function checkedFiles(
  options: Options,
  operands: readonly string[],
  grammar: Grammar,
  readServer: () => Promise<Catalog | undefined>,
): Promise<CheckedFile[]> {
  const cwd = process.cwd();
  const found = findFiles(operands, cwd);
  if (found.length === 0) throw new UsageError(`no file matches ${operands.join(' ')}.`);
  const server = await readServer();
  const checked: CheckedFile[] = [];
  const configurations = new ConfigurationFiles();
  const schemas = new SchemaFiles(grammar, new Set(found.map(file => path.resolve(cwd, file))));
  const given = options.schema && findFiles(options.schema, cwd).map(file => path.resolve(cwd, file));
  for (const file of found) {
    const asIf = path.resolve(cwd, file === '-' ? (options['stdin-filename'] ?? 'stdin.sql') : file);
    const configuration = configurations.forFile(asIf);
    const [problem] = configurations.problemsFor(path.dirname(asIf));
    if (problem) {
      const { line, column, message } = problem;
      throw new UsageError(`${path.relative(cwd, problem.file)}:${line}:${column}: ${message}`);
    }
    if (configuration.isExcluded(asIf) && !operands.includes(file)) continue;
    const { schemaFiles } = configuration;
    const files = given ?? (schemaFiles && filesOfGlobs(schemaFiles.folder, schemaFiles.globs));
    checked.push({ file, asIf, configuration, catalog: server ?? (files && schemas.catalogFor(asIf, files)) });
  }
  return checked;
}

import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { ConfigurationFileProblem, ConfigurationFiles } from '../workspace/configurationFiles';
import { SOURCE } from './convert';

/** Shows what does not count in configuration files, at its place in them, whether they are open or not. */
export class ConfigurationDiagnostics {
  readonly #configurations: ConfigurationFiles;
  readonly #publish: (uri: string, diagnostics: Diagnostic[]) => void;
  #shown: ReadonlySet<string> = new Set();

  constructor(configurations: ConfigurationFiles, publish: (uri: string, diagnostics: Diagnostic[]) => void) {
    this.#configurations = configurations;
    this.#publish = publish;
  }

  /** For the configuration files that reach these files and folders; those shown before and right now are cleared. */
  show(files: readonly string[], folders: readonly string[]): void {
    const byFile = new Map<string, ConfigurationFileProblem[]>();
    for (const folder of new Set([...folders, ...files.map(file => path.dirname(file))])) {
      const own = new Map<string, ConfigurationFileProblem[]>();
      for (const problem of this.#configurations.problemsFor(folder)) {
        const before = own.get(problem.file) ?? [];
        if (!before.some(other => isSamePlace(other, problem))) own.set(problem.file, [...before, problem]);
      }
      for (const [file, problems] of own) byFile.set(file, problems);
    }
    for (const file of this.#shown) if (!byFile.has(file)) this.#publish(pathToFileURL(file).href, []);
    for (const [file, problems] of byFile) this.#publish(pathToFileURL(file).href, problems.map(toDiagnostic));
    this.#shown = new Set(byFile.keys());
  }
}

/** A comma too many makes several mistakes; the first says it. */
function isSamePlace(a: ConfigurationFileProblem, b: ConfigurationFileProblem): boolean {
  return a.line === b.line && a.column === b.column;
}

function toDiagnostic({ line, column, message }: ConfigurationFileProblem): Diagnostic {
  const position = { line: line - 1, character: column - 1 };
  return {
    range: { start: position, end: position },
    severity: DiagnosticSeverity.Warning,
    source: SOURCE,
    message: `${message} The rest of the file counts.`,
  };
}

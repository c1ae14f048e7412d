import type { Diagnostic } from 'vscode-languageserver';
import type { SourceRange } from '../core/base/sourceRange';
import { rangeContains, rangesOverlap } from '../core/base/sourceRange';
import type { Catalog } from '../core/catalog/catalog';
import type { Finding } from '../core/rules/finding';
import { lintStatement, ScriptLinter } from '../core/rules/linter';
import type { LintOptions } from '../core/rules/linter';
import { ScriptFindings } from '../core/rules/scriptFindings';
import type { ServerSettings } from '../protocol/server';
import type { ConfigurationFiles } from '../workspace/configurationFiles';
import { toDiagnostics } from './convert';
import { fileOfUri } from './fileOfUri';
import type { ScriptDocument } from './scriptDocument';

/** How long one stretch of work on a large document may keep requests waiting. */
const SLICE_MS = 20;

/** What the checks depend on beside the document. */
export interface CheckContext {
  readonly configurations: ConfigurationFiles;
  settings(): ServerSettings;
  catalogFor(document: ScriptDocument): Catalog | undefined;
  /** A rule threw; it is told once. */
  ruleFailed(rule: string, error: unknown): void;
}

/** Checks open documents, each with a linter of its own that remembers the statements it knows. */
export class DocumentChecks {
  readonly #linters = new WeakMap<ScriptDocument, ScriptLinter>();
  /** Documents whose statements are still being worked on. */
  readonly #unready = new WeakSet<ScriptDocument>();
  readonly #failedRules = new Set<string>();
  readonly #context: CheckContext;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  #linterOf(document: ScriptDocument): ScriptLinter {
    const known = this.#linters.get(document);
    if (known) return known;
    const linter = new ScriptLinter(document.script);
    this.#linters.set(document, linter);
    return linter;
  }

  /** Works on the statements of a document for a moment; undefined when all are done. */
  prepare(document: ScriptDocument): (() => Diagnostic[]) | undefined {
    const options = this.#optionsFor(document);
    const linter = this.#linterOf(document);
    if (!options) return undefined;
    const end = performance.now() + SLICE_MS;
    const done = linter.warm(options, () => performance.now() > end);
    const isReady = done === document.script.statements.length;
    if (isReady) this.#unready.delete(document);
    else this.#unready.add(document);
    if (isReady) return undefined;
    return () => toDiagnostics(document, linter.lintFirst(options, done), this.#context.settings().rulePages);
  }

  /** All findings of a document. */
  lint(document: ScriptDocument): ScriptFindings {
    const options = this.#optionsFor(document);
    return options ? this.#linterOf(document).lint(options) : new ScriptFindings([], () => undefined);
  }

  /** Findings that touch a range, without waiting for the rest of a large document. */
  findingsIn(document: ScriptDocument, range: SourceRange): Finding[] {
    const options = this.#optionsFor(document);
    if (!options) return [];
    if (!this.#unready.has(document)) return this.#linterOf(document).lint(options).touching(range);
    const near = document.script.statements.filter(
      ({ range: own }) => rangesOverlap(own, range) || rangeContains(own, range.start),
    );
    return near.flatMap(located => lintStatement(located, options));
  }

  /** By the settings of the editor and, above them, the configuration files around the document; none if excluded. */
  #optionsFor(document: ScriptDocument): LintOptions | undefined {
    const catalog = this.#context.catalogFor(document);
    const file = fileOfUri(document.uri);
    const configuration = file === undefined ? undefined : this.#context.configurations.forFile(file);
    if (file !== undefined && configuration?.isExcluded(file)) return undefined;
    return {
      severities: { ...this.#context.settings().severities, ...configuration?.severities },
      ruleFailed: this.#ruleFailed,
      isolated: document.isHost,
      ...(configuration && { thresholds: configuration.thresholds }),
      ...(configuration?.serverVersion !== undefined && { serverVersion: configuration.serverVersion }),
      ...(catalog && { catalog }),
    };
  }

  /** One rule that fails takes nothing from the others; each is told once. */
  readonly #ruleFailed = (rule: string, error: unknown): void => {
    if (this.#failedRules.has(rule)) return;
    this.#failedRules.add(rule);
    this.#context.ruleFailed(rule, error);
  };
}

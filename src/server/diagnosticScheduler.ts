import type { Diagnostic } from 'vscode-languageserver';
import type { ScriptDocument } from './scriptDocument';

/** Starts and stops a timer; a test gives one it can fire by hand. */
export interface Timer {
  start(run: () => void, delayMs: number): unknown;
  stop(handle: unknown): void;
}

const NODE_TIMER: Timer = {
  start: (run, delayMs) => {
    if (delayMs > 0) {
      const timeout = setTimeout(run, delayMs);
      return () => clearTimeout(timeout);
    }
    // Requests that have come are read in between; a timeout of 0 would idle a millisecond after each slice of work.
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
  stop: handle => (handle as () => void)(),
};

/** Keys come faster than this when somebody types; one run serves them all. */
export const DEBOUNCE_MS = 30;

/** A large file shows its first findings after this many slices of work, the rest when all is done. */
const FIRST_SHOWN_SLICE = 5;

export interface DiagnosticSink {
  /**
   * Works on a document for a moment. Gives undefined when it is ready to be checked at once, else what is known so
   * far, as a function because it is not always shown; it is then called again, and requests are answered in between.
   */
  prepare(document: ScriptDocument): (() => Diagnostic[]) | undefined;
  check(document: ScriptDocument): Diagnostic[];
  publish(uri: string, version: number, diagnostics: Diagnostic[]): void;
  failed(error: unknown): void;
}

/** One pending run per document. What was found for a version that is gone is dropped. */
export class DiagnosticScheduler {
  readonly #pending = new Map<string, unknown>();
  readonly #sink: DiagnosticSink;
  readonly #timer: Timer;

  constructor(sink: DiagnosticSink, timer: Timer = NODE_TIMER) {
    this.#sink = sink;
    this.#timer = timer;
  }

  schedule(document: ScriptDocument, delayMs = DEBOUNCE_MS): void {
    this.cancel(document.uri);
    this.#pending.set(
      document.uri,
      this.#timer.start(() => this.#run(document), delayMs),
    );
  }

  cancel(uri: string): void {
    const handle = this.#pending.get(uri);
    if (handle !== undefined) this.#timer.stop(handle);
    this.#pending.delete(uri);
  }

  dispose(): void {
    for (const uri of [...this.#pending.keys()]) this.cancel(uri);
  }

  #run(document: ScriptDocument, slices = 0): void {
    this.#pending.delete(document.uri);
    const { version } = document;
    try {
      const known = this.#sink.prepare(document);
      if (known && slices === FIRST_SHOWN_SLICE) this.#sink.publish(document.uri, version, known());
      if (known) {
        this.#pending.set(
          document.uri,
          this.#timer.start(() => this.#run(document, slices + 1), 0),
        );
        return;
      }
      const diagnostics = this.#sink.check(document);
      if (document.version === version) this.#sink.publish(document.uri, version, diagnostics);
    } catch (error) {
      this.#sink.failed(error);
    }
  }
}

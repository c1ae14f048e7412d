import type { Diagnostic } from 'vscode-languageserver';
import type { ScriptDocument } from './scriptDocument';

/** Starts and stops a timer; a test gives one it can fire by hand. */
export interface Timer {
  start(run: () => void, delayMs: number): unknown;
  stop(handle: unknown): void;
}

const NODE_TIMER: Timer = {
  start: (run, delayMs) => setTimeout(run, delayMs),
  stop: handle => clearTimeout(handle as NodeJS.Timeout),
};

/** Keys come faster than this when somebody types; one run serves them all. */
export const DEBOUNCE_MS = 30;

export interface DiagnosticSink {
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

  #run(document: ScriptDocument): void {
    this.#pending.delete(document.uri);
    const { version } = document;
    try {
      const diagnostics = this.#sink.check(document);
      if (document.version === version) this.#sink.publish(document.uri, version, diagnostics);
    } catch (error) {
      this.#sink.failed(error);
    }
  }
}

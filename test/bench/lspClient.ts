import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createMessageConnection,
  type MessageConnection,
} from 'vscode-languageserver/node';

interface DiagnosticsEvent {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly unknown[];
}

/** A language server as a process of its own, with the CPU time it has used. */
export class MeasuredServer {
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  #waiting: ((event: DiagnosticsEvent) => void) | undefined;

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#process = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = this.#process;
    if (!stdin || !stdout) throw new Error(`${command} has no pipes`);
    this.#connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.#connection.onNotification('textDocument/publishDiagnostics', (event: DiagnosticsEvent) =>
      this.#waiting?.(event),
    );
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onRequest('window/workDoneProgress/create', () => null);
    this.#connection.listen();
  }

  async initialize(rootUri: string): Promise<void> {
    await this.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: 'bench' }],
      capabilities: {
        textDocument: { publishDiagnostics: { versionSupport: true } },
        workspace: { configuration: true },
      },
    });
    await this.#connection.sendNotification('initialized', {});
  }

  notify(method: string, params: object): Promise<void> {
    return this.#connection.sendNotification(method, params);
  }

  /** Sends a notification and waits for the diagnostics that follow; undefined if none come in time. */
  async diagnosticsAfter(method: string, params: object, limitMs: number): Promise<DiagnosticsEvent | undefined> {
    const event = new Promise<DiagnosticsEvent | undefined>(resolve => {
      const timer = setTimeout(() => resolve(undefined), limitMs);
      this.#waiting = received => {
        clearTimeout(timer);
        resolve(received);
      };
    });
    await this.notify(method, params);
    return event;
  }

  /** CPU time of the process with all its threads, in ms. Reads /proc, so Linux only; ticks are 10 ms. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  threads(): number {
    return readdirSync(`/proc/${this.#process.pid}/task`).length;
  }

  stop(): void {
    this.#connection.dispose();
    this.#process.kill('SIGTERM');
  }
}

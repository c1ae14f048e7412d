import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createMessageConnection,
  type MessageConnection,
} from 'vscode-languageserver/node';

interface InitializeAnswer {
  readonly capabilities: { readonly diagnosticProvider?: unknown };
}

interface DiagnosticsEvent {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly unknown[];
}

/** A language server as a process of its own, with the CPU time it has used. */
export class MeasuredServer {
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #program: string;
  #pulls = false;
  #waiting: ((event: DiagnosticsEvent) => void) | undefined;
  #last = { at: 0, diagnostics: 0 };

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#program = realpathSync(command);
    this.#process = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = this.#process;
    if (!stdin || !stdout) throw new Error(`${command} has no pipes`);
    this.#connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.#connection.onNotification('textDocument/publishDiagnostics', (event: DiagnosticsEvent) =>
      this.#received(event),
    );
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onRequest('window/workDoneProgress/create', () => null);
    this.#connection.listen();
  }

  async initialize(rootUri: string): Promise<void> {
    const { capabilities } = await this.#connection.sendRequest<InitializeAnswer>('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: 'bench' }],
      capabilities: {
        textDocument: { publishDiagnostics: { versionSupport: true }, diagnostic: {} },
        workspace: { configuration: true },
      },
    });
    this.#pulls = Boolean(capabilities.diagnosticProvider);
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
    if (this.#pulls) this.#pull(params);
    return event;
  }

  /** Some servers do not publish diagnostics, they are asked for them. */
  #pull(params: object): void {
    const { uri } = (params as { textDocument: { uri: string } }).textDocument;
    this.#connection
      .sendRequest<{ items?: unknown[] }>('textDocument/diagnostic', { textDocument: { uri } })
      .then(({ items = [] }) => this.#received({ uri, diagnostics: items }))
      .catch((error: Error) => console.log(`textDocument/diagnostic: ${error.message}`));
  }

  #received(event: DiagnosticsEvent): void {
    this.#last = { at: performance.now(), diagnostics: event.diagnostics.length };
    this.#waiting?.(event);
  }

  /** Waits until the server has nothing more to do; says when the last diagnostics came and how many they were. */
  async settled(): Promise<{ readonly at: number; readonly diagnostics: number }> {
    let quiet = 0;
    for (let before = this.cpuMs(); quiet < 3;) {
      await new Promise(resolve => setTimeout(resolve, 400));
      const now = this.cpuMs();
      // A clock tick of 10 ms may be anything; on a busy machine work comes in spurts.
      quiet = now - before <= 10 ? quiet + 1 : 0;
      before = now;
    }
    return this.#last;
  }

  /** Most memory the server's processes ever held, in MB, each at its own peak. Linux only. */
  peakMemoryMB(): number {
    return this.#processes().reduce((sum, pid) => sum + peakMemoryOf(pid), 0) / 1000;
  }

  /**
   * CPU time of the server in ms, all threads, and of every other process of the same program: one peer works in a
   * daemon beside the process it is started as. Reads /proc, so Linux only; ticks are 10 ms.
   */
  cpuMs(): number {
    return this.#processes().reduce((sum, pid) => sum + cpuOf(pid), 0);
  }

  #processes(): string[] {
    const daemons = this.#program === realpathSync(process.execPath) ? [] : processesOf(this.#program);
    return [...new Set([String(this.#process.pid), ...daemons])];
  }

  stop(): void {
    this.#connection.dispose();
    this.#process.kill('SIGTERM');
  }
}

function processesOf(program: string): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/exe`) === program;
    } catch {
      return false;
    }
  });
}

function cpuOf(pid: string): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** `VmHWM`, in kB. */
function peakMemoryOf(pid: string): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import type { FailureData, ProgressParams, ServerRequest, ServerRequests } from '../../src/protocol/server';

/** What a request is refused with. */
export type Failure = Error & { readonly code?: number; readonly data?: FailureData };

/** `RequestCancelled` of the Language Server Protocol. */
export const REQUEST_CANCELLED = -32800;

/** What the request ends with, which must not succeed. */
export async function refusalOf(request: Promise<unknown>): Promise<Failure> {
  return request.then(
    () => assert.fail('it did not fail'),
    (error: Failure) => error,
  );
}

const SERVER = path.resolve(__dirname, '../../dist/server.js');

/** The built language server in a process of its own, as an editor starts it. */
export class ServerProcess {
  readonly progress: ProgressParams[] = [];

  static async start(options: { readonly nodeFlags?: readonly string[] } = {}): Promise<ServerProcess> {
    const child = spawn(process.execPath, [...(options.nodeFlags ?? []), SERVER, '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    });
    const client = createProtocolConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    );
    client.onError(() => undefined);
    child.stdin!.on('error', () => undefined);
    const server = new ServerProcess(child, client);
    client.onNotification('queryTuner/progress', (params: ProgressParams) => server.progress.push(params));
    client.listen();
    await client.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: { trusted: true },
    });
    await client.sendNotification('initialized', {});
    return server;
  }

  private constructor(
    readonly child: ChildProcess,
    private readonly client: ProtocolConnection,
  ) {}

  request<R extends ServerRequest>(
    request: R,
    params: ServerRequests[R]['params'],
    token?: CancellationToken,
  ): Promise<ServerRequests[R]['result']> {
    return this.client.sendRequest(request, params, token);
  }

  /** Nobody says goodbye. */
  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    this.client.dispose();
  }

  /** As an editor does when its window is closed. */
  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    await this.client.sendRequest('shutdown');
    await this.client.sendNotification('exit');
    await ended;
    this.client.dispose();
  }
}

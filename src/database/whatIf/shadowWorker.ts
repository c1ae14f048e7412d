/**
 * A PostgreSQL planner in a worker thread. It only ever plans: nothing here executes a user's statement. Requests are
 * answered in their order, one at a time.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ShadowAnswer, ShadowCall, ShadowWorkerData } from './shadowProtocol';
import { openPlanner } from './worker/openPlanner';
import { Planner } from './worker/planner';
import { StepFailed } from './worker/sqlText';

const data = workerData as ShadowWorkerData;
const opened = openPlanner(data).then(db => new Planner(db, data.assetsDir));
let queue: Promise<unknown> = opened.catch(() => undefined);

parentPort?.on('message', ({ id, request }: ShadowCall) => {
  queue = queue.then(async () => {
    try {
      const value = await (await opened).answer(request);
      reply({ id, ok: true, ...value });
    } catch (error) {
      reply({
        id,
        ok: false,
        message: (error as Error).message,
        sqlState: error instanceof StepFailed ? error.sqlState : (error as { code?: string }).code,
        what: error instanceof StepFailed ? error.what : undefined,
      });
    }
  });
});

function reply(answer: ShadowAnswer): void {
  parentPort?.postMessage(answer);
}

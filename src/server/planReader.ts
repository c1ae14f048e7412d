/** Reads saved plans in a thread of its own, so that a long log keeps nobody waiting. The other end is the extension. */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readPlans } from '../core/plan/readPlans';
import { Channel } from '../protocol/channel';
import type { SavedPlanReader, SavedPlanReading, SavedPlanSource } from '../protocol/savedPlan';
import { problemText, savedPlanEntry, savedPlanView, type SavedPlans } from '../protocol/savedPlanView';
import { decodePlan, readPlanFile } from '../workspace/planFiles';

let saved: SavedPlans | undefined;

function read(source: SavedPlanSource): SavedPlanReading {
  saved = undefined;
  const { text, problem } = 'file' in source ? readPlanFile(path.resolve(source.file)) : decodePlan(source.bytes);
  const { plans, problems } = readPlans(text);
  const reading = { plans, problems: problem === undefined ? problems : [{ message: problem }, ...problems] };
  saved = { name: source.name, text, reading };
  return { plans: plans.map(savedPlanEntry), problems: reading.problems.map(problemText) };
}

const port = parentPort;
if (port) {
  new Channel<SavedPlanReader, object>(
    {
      post: message => port.postMessage(message),
      onMessage: listener => {
        port.on('message', listener);
        return { dispose: () => port.off('message', listener) };
      },
    },
    {
      read: source => Promise.resolve(read(source)),
      view: index => {
        if (!saved) return Promise.reject(new Error('Nothing was read.'));
        return Promise.resolve(savedPlanView(saved, index));
      },
    },
  );
}

/** Reads saved plans in a thread of its own, so that a long log keeps nobody waiting. The other end is the extension. */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { PlanTree } from '../core/plan/planTree';
import { readPlans } from '../core/plan/readPlans';
import { Channel } from '../protocol/channel';
import type { SavedPlanReader, SavedPlanReading, SavedPlanSource } from '../protocol/savedPlan';
import { problemText, savedPlanEntry, savedPlanView, type SavedPlans } from '../protocol/savedPlanView';
import { decodePlan, fileProblem, readPlanFile, type PlanFile } from '../workspace/planFiles';

let saved: SavedPlans | undefined;

function read(source: SavedPlanSource): SavedPlanReading {
  saved = undefined;
  const { text, problem } = 'file' in source ? readFile(source.file) : decodePlan(source.bytes);
  const { plans, problems } = readPlans(text);
  const reading = { plans, problems: problem === undefined ? problems : [{ message: problem }, ...problems] };
  saved = { name: source.name, text, reading };
  return { plans: plans.map(savedPlanEntry), problems: reading.problems.map(problemText) };
}

function readFile(file: string): PlanFile {
  try {
    return readPlanFile(path.resolve(file));
  } catch (error) {
    throw new Error(`It cannot be read: ${fileProblem(error)}.`);
  }
}

function at(index: number): { readonly plans: SavedPlans; readonly tree: PlanTree } {
  const tree = saved?.reading.plans[index];
  if (!saved || !tree) throw new RangeError(`No plan ${index + 1} was read.`);
  return { plans: saved, tree };
}

const reader: { [K in keyof SavedPlanReader]: (...args: Parameters<SavedPlanReader[K]>) => unknown } = {
  read,
  view: index => savedPlanView(at(index).plans, index),
  json: index => JSON.stringify([at(index).tree.raw], null, 2),
  lineOf(index, nodeId) {
    const { tree } = at(index);
    return (nodeId === null ? undefined : tree.nodes[nodeId]?.line) ?? tree.source?.line ?? null;
  },
};

const port = parentPort;
if (port) {
  new Channel<typeof reader, object>(
    {
      post: message => port.postMessage(message),
      onMessage: listener => {
        port.on('message', listener);
        return { dispose: () => port.off('message', listener) };
      },
    },
    reader,
  );
}

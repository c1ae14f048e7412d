import { benchAdvisor } from './advisor';
import { benchHealth } from './health';
import { benchLint } from './lint';
import { benchLsp } from './lsp';
import { benchPartition } from './partition';
import { benchPlan } from './plan';
import { benchRewrites } from './rewrites';

/** Each prints its figures, ours beside what they are compared with. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  lsp: benchLsp,
  lint: benchLint,
  plan: benchPlan,
  advisor: benchAdvisor,
  partition: benchPartition,
  rewrites: benchRewrites,
  health: benchHealth,
};

/** `npm run bench [-- name ...]`: all of them, or those named. */
async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const unknown = names.find(name => !(name in BENCHES));
  if (unknown !== undefined) throw new Error(`no bench "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}`);
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) await BENCHES[name]!();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

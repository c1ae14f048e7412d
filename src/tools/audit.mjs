/**
 * Asks the registry for known vulnerabilities of what is installed: `node src/tools/audit.mjs`. Fails on high and
 * critical ones. A registry that answers no such question (a mirror, no network) is said, and is no failure.
 */
import { spawnSync } from 'node:child_process';
import { ROOT, childEnvironment } from './terminal.mjs';

const LIMIT_MS = 60_000;

const { stdout } = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['audit', '--json'], {
  cwd: ROOT,
  encoding: 'utf8',
  env: childEnvironment(),
  timeout: LIMIT_MS,
});
const report = readReport(stdout);
const counts = report?.metadata?.vulnerabilities;
if (counts) {
  const serious = counts.high + counts.critical;
  console.log(`npm audit: ${counts.total} known, ${serious} of them high or critical`);
  for (const [name, { severity }] of Object.entries(report.vulnerabilities ?? {}))
    console.log(`  ${severity}: ${name}`);
  process.exitCode = serious === 0 ? 0 : 1;
} else {
  console.log(`npm audit skipped: ${report?.message ?? 'the registry gave no answer'}`);
}

function readReport(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Runs inside the extension host in place of the real tests, and calls them. The host's console goes to the page, mixed
 * with VS Code's own lines; here it goes to a file that code.mjs prints. The last line says whether the tests passed:
 * VS Code reports success as well when the extension host dies.
 */
const fs = require('node:fs');
const { format } = require('node:util');

const OUTPUT = process.env.VSCODE_HOST_OUTPUT;
const TESTS = process.env.VSCODE_HOST_TESTS;

exports.run = async () => {
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    // the host guards console with accessors that ignore a plain assignment
    Object.defineProperty(console, level, {
      configurable: true,
      writable: true,
      value: (...values) => fs.appendFileSync(OUTPUT, `${format(...values)}\n`),
    });
  }
  try {
    await callTests(require(TESTS).run);
    fs.appendFileSync(OUTPUT, '\u0004passed\n');
  } catch (error) {
    fs.appendFileSync(OUTPUT, `${error?.stack ?? error}\n\u0004failed\n`);
    throw error;
  }
};

/** VS Code takes both forms: run(): Promise, and run(testsRoot, callback). */
function callTests(run) {
  if (run.length < 2) return run();
  return new Promise((resolve, reject) => {
    run(TESTS, (error, failures) => {
      if (error) reject(error);
      else if (failures) reject(new Error(`${failures} failed`));
      else resolve();
    });
  });
}

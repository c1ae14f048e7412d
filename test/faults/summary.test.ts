// Says at the end how many faults were survived. Every test in this folder is one fault.
const ended = { passed: 0, failed: 0, pending: 0 };

afterEach(function () {
  const state = this.currentTest?.state ?? 'pending';
  ended[state]++;
});

after(() => {
  const { passed, failed } = ended;
  console.log(`\n  ${passed} of ${passed + failed} faults survived`);
});

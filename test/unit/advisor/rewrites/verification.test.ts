import assert from 'node:assert/strict';
import {
  describeVerification,
  summarizeVerification,
} from '../../../../src/core/advisor/rewrites/describeVerification';
import {
  timingOf,
  verdictOf,
  type Outcome,
  type Verification,
} from '../../../../src/core/advisor/rewrites/verification';

const EQUAL: Outcome = { kind: 'equal', rows: 1204, order: 'sort keys' };
const DIFFERENT: Outcome = {
  kind: 'different',
  differences: [
    {
      kind: 'rows',
      original: 3,
      rewritten: 2,
      missing: 2,
      added: 1,
      onlyRepeats: false,
      missingRows: [['1', null, 'x'.repeat(60)]],
      addedRows: [['2', 'b', '']],
    },
  ],
};

function verification(outcomes: readonly Outcome[], more: Partial<Verification> = {}): Verification {
  const comparisons = outcomes.map((outcome, at) => ({
    outcome,
    ...(outcomes.length > 1 && { values: { label: `set ${at + 1}`, values: { id: at === 0 ? '7' : null } } }),
  }));
  const verdict = verdictOf(comparisons);
  return { verdict, comparedAt: '2024-01-01T00:00:00Z', comparisons, remarks: [], timings: [], ...more };
}

describe('core/advisor/rewrites/verification', () => {
  it('is different if it once is, and equal only if something was compared', () => {
    const of = (...outcomes: Outcome[]): string => verdictOf(outcomes.map(outcome => ({ outcome })));
    const failing: Outcome = { kind: 'both fail', message: 'division by zero' };
    const slow: Outcome = { kind: 'not compared', reason: 'too slow' };
    const open: Outcome = { kind: 'undetermined', rows: 2, reason: 'ties' };
    assert.equal(of(EQUAL, slow, DIFFERENT), 'different');
    assert.equal(of(EQUAL, slow), 'not compared');
    assert.equal(of(EQUAL, open), 'undetermined');
    assert.equal(of(EQUAL, failing), 'equal');
    assert.equal(of(failing), 'not compared');
    assert.equal(of(), 'not compared');
  });

  it('takes the median and the spread of the times', () => {
    assert.deepEqual(timingOf([5, 1, 3]), { runs: 3, medianMs: 3, leastMs: 1, mostMs: 5 });
    assert.deepEqual(timingOf([4, 1, 3, 2]), { runs: 4, medianMs: 2.5, leastMs: 1, mostMs: 4 });
  });

  it('says what was equal, for which values, and how long both took', () => {
    const timings = [{ original: timingOf([40, 41, 42]), rewritten: timingOf([2]) }];
    assert.deepEqual(describeVerification(verification([EQUAL], { timings, remarks: ['A remark.'] })), [
      'Equal on the rows there are now.',
      'Both give the same 1,204 rows in the same order (rows that tie may change places).',
      'The original took 41 ms (median of 3 runs, 40 ms to 42 ms), the rewritten form 2 ms (one run): 21 times as fast.',
      'A remark.',
    ]);
    const [headline, first, second] = describeVerification(verification([EQUAL, EQUAL]));
    assert.equal(headline, 'Equal on the rows there are now, for 2 sets of values.');
    assert.match(first ?? '', /^With set 1 \(id = 7\): Both give/);
    assert.match(second ?? '', /^With set 2 \(id = NULL\): Both give/);
  });

  it('calls neither faster where the runs overlap', () => {
    const timings = [{ original: timingOf([4, 5, 9]), rewritten: timingOf([3, 4, 8]) }];
    assert.match(
      describeVerification(verification([EQUAL], { timings }))[2] ?? '',
      /the runs overlap, so neither is clearly faster/,
    );
    const slower = [{ original: timingOf([4]), rewritten: timingOf([40]) }];
    assert.match(describeVerification(verification([EQUAL], { timings: slower }))[2] ?? '', /: 10 times as slow\.$/);
  });

  it('shows a row of each kind that differs, cut to what can be read', () => {
    const [headline, rows] = describeVerification(verification([DIFFERENT]));
    assert.match(headline ?? '', /^Different: /);
    assert.equal(
      rows,
      `3 rows become 2: 2 missing (for example (1, NULL, ${'x'.repeat(39)}…)), 1 added (for example (2, b, )).`,
    );
  });

  it('sums up by what decided', () => {
    assert.match(
      summarizeVerification(verification([EQUAL, DIFFERENT])),
      /^Different: .* With set 2 \(id = NULL\): 3 rows become 2/,
    );
    assert.equal(
      summarizeVerification(verification([], { refusal: 'random() is volatile' })),
      'Not compared: random() is volatile',
    );
    const empty: Outcome = { kind: 'equal', rows: 0, order: 'none' };
    assert.match(summarizeVerification(verification([empty])), /Both give no rows, which says little\.$/);
  });
});

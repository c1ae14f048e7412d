import { citeGuideline } from '../guidelines/guides';
import type { ChecklistResult, ChecklistVerdict } from '../health/checklist/index';

const MARKS: Readonly<Record<ChecklistVerdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  'cannot be seen': '?',
  'not applicable': '-',
};

/** The evaluated checklist for a terminal. */
export function checklistText(results: readonly ChecklistResult[], server: string): string {
  const [first] = results;
  const lines = [`PostgreSQL ${server}: ${first ? citeGuideline(first.guideline) : 'no items'}`, ''];
  for (const { verdict, title, figure, target, remedy, correction } of results) {
    lines.push(`  ${MARKS[verdict].padEnd(5)}${title}`, `       ${figure}  (target: ${target})`);
    if (remedy) lines.push(`       What helps: ${remedy}`);
    if (correction) lines.push(`       Not as in the guide: ${correction}`);
  }
  const count = (verdict: ChecklistVerdict): number => results.filter(each => each.verdict === verdict).length;
  lines.push(
    '',
    `${count('pass')} pass, ${count('fail')} fail, ${count('cannot be seen')} cannot be seen, ${count('not applicable')} not applicable`,
  );
  return lines.join('\n');
}

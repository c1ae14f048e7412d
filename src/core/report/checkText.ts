import { lintReport } from './lintReport';
import { quote, type Paint } from './lintText';
import { checkFindings, type CheckedBudgetFile, type CheckReport, type CheckStatus } from './checkReport';

const MARKS: Readonly<Record<CheckStatus, string>> = { met: '✓', failed: '✗', error: '!', planned: '-' };

/** A line for each statement, below it each clause that is not met with its place and a caret; a closing count. */
export function checkText(
  report: CheckReport,
  files: readonly CheckedBudgetFile[],
  planOnly: boolean,
  paint: Paint = (_, text) => text,
): string {
  const parts: string[] = [];
  const quoted = lintReport(files.map(file => checkFindings(file, planOnly)));
  for (const [i, { file, statements }] of report.files.entries()) {
    const text = files[i]?.text ?? '';
    for (const { title, status, start, summary } of statements) {
      const mark = paint(status === 'met' ? 'info' : status === 'planned' ? 'hint' : 'error', MARKS[status]);
      parts.push(`${mark} ${paint('place', `${file}:${start.line}:${start.column}:`)} ${title}`, `    ${summary}`);
    }
    for (const finding of quoted.files[i]?.findings ?? []) {
      const place = paint('place', `${file}:${finding.start.line}:${finding.start.column}:`);
      parts.push(
        '',
        `${place} ${paint(finding.severity, finding.severity)} ${paint('rule', finding.rule)}: ${finding.message}`,
      );
      parts.push(...quote(text, finding, paint));
    }
    if (statements.length > 0 || (quoted.files[i]?.findings.length ?? 0) > 0) parts.push('');
  }
  return [...parts, closing(report)].join('\n');
}

function closing({ summary, files, server }: CheckReport): string {
  const { met, failed, error, planned, problems } = summary;
  const inFiles = files.length === 1 ? '1 file' : `${files.length} files`;
  if (met + failed + error + planned + problems === 0) {
    return `no budgets in ${inFiles}; "-- @budget execution < 10 ms" above a statement is one`;
  }
  const counts = [
    `${met} met`,
    ...(failed > 0 ? [`${failed} not met`] : []),
    ...(error > 0 ? [`${error} not told`] : []),
    ...(planned > 0 ? [`${planned} only planned`] : []),
    ...(problems > 0 ? [`${problems} ${problems === 1 ? 'mistake' : 'mistakes'} in budgets`] : []),
  ];
  return `budgets: ${counts.join(', ')} in ${inFiles}, on PostgreSQL ${server}`;
}

import type { CheckReport, ReportedStatement } from './checkReport';

/**
 * The report in the XML that Ant's JUnit task made usual and that Jenkins, GitLab and others read: a suite for each
 * file, a case for each statement with a budget. Times in seconds.
 */
export function checkJunit(report: CheckReport): string {
  const suites = report.files.map(({ file, statements, problems }) => {
    const cases = [
      ...statements.map(statement => caseOf(file, statement)),
      ...problems.map(({ rule, message, start }) =>
        element('testcase', { classname: file, name: `line ${start.line}: the budget`, time: '0' }, [
          element('error', { type: rule, message }, [escape(`${file}:${start.line}:${start.column}: ${message}`)]),
        ]),
      ),
    ];
    const count = (status: ReportedStatement['status']) => statements.filter(each => each.status === status).length;
    const attributes = {
      name: file,
      tests: String(cases.length),
      failures: String(count('failed')),
      errors: String(count('error') + problems.length),
      skipped: String(count('planned')),
      time: seconds(statements.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)),
    };
    return element('testsuite', attributes, cases);
  });
  const { summary } = report;
  const attributes = {
    name: 'query-tuner check',
    tests: String(summary.met + summary.failed + summary.error + summary.planned + summary.problems),
    failures: String(summary.failed),
    errors: String(summary.error + summary.problems),
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, suites)}`;
}

function caseOf(file: string, statement: ReportedStatement): string {
  const { title, status, start, summary, clauses, elapsedMs } = statement;
  const attributes = { classname: file, name: `line ${start.line}: ${title}`, time: seconds(elapsedMs) };
  const detail = [
    `${file}:${start.line}:${start.column}: ${summary}`,
    ...clauses.map(({ outcome, message, start: at }) => `${file}:${at.line}:${at.column}: ${outcome}: ${message}`),
  ].join('\n');
  if (status === 'failed') {
    return element('testcase', attributes, [
      element('failure', { type: 'budget/not-met', message: summary }, [escape(detail)]),
    ]);
  }
  if (status === 'error') {
    return element('testcase', attributes, [
      element('error', { type: 'budget/not-told', message: summary }, [escape(detail)]),
    ]);
  }
  if (status === 'planned') return element('testcase', attributes, [element('skipped', { message: summary }, [])]);
  return element('testcase', attributes, [element('system-out', {}, [escape(detail)])]);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function element(name: string, attributes: Readonly<Record<string, string>>, content: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value).replaceAll('\n', '&#10;')}"`);
  const open = `<${name}${list.join('')}`;
  if (content.length === 0) return `${open}/>`;
  const isNested = content.every(part => part.startsWith('<'));
  return isNested ? `${open}>\n${content.join('\n')}\n</${name}>` : `${open}>${content.join('')}</${name}>`;
}

/** What XML 1.0 has no way to write becomes the replacement character, and so does half of a surrogate pair. */
function escape(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\r/g, '&#13;');
}

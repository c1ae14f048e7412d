import type { Difference, SampleRow, Verification } from '../../core/advisor/rewrites/verification';
import type { RewriteVerified } from '../../protocol/rewrites';
import type { ShownRewrite } from './rewriteTexts';

/** A verification with its sample rows and both texts, as Markdown. */
export function verificationText({ info }: ShownRewrite, { verification, sentences }: RewriteVerified): string {
  const [headline, ...others] = sentences;
  return [
    `# ${info.title}`,
    `**${headline}**`,
    others.map(sentence => `- ${sentence}`).join('\n'),
    ...samplesOf(verification),
    '## Original',
    fenced(info.original),
    '## Rewritten',
    fenced(info.rewritten),
    `Compared at ${verification.comparedAt}, on one snapshot of the rows there were. Other rows may tell more.`,
  ]
    .filter(text => text !== '')
    .join('\n\n')
    .concat('\n');
}

function samplesOf({ comparisons }: Verification): string[] {
  return comparisons.flatMap(({ values, outcome }) => {
    if (outcome.kind !== 'different') return [];
    const rows = outcome.differences.filter(isRows);
    return rows.flatMap(({ missingRows, addedRows }) => [
      `## Rows that differ${values ? ` (${values.label})` : ''}`,
      fenced(
        [...missingRows.map(row => `- ${cells(row)}`), ...addedRows.map(row => `+ ${cells(row)}`)].join('\n'),
        'diff',
      ),
    ]);
  });
}

function isRows(difference: Difference): difference is Extract<Difference, { kind: 'rows' }> {
  return difference.kind === 'rows';
}

function cells(row: SampleRow): string {
  return row
    .map(cell => cell ?? 'NULL')
    .join(' | ')
    .replace(/\s+/g, ' ');
}

/** A fence longer than any in the text. */
function fenced(text: string, language = 'sql'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

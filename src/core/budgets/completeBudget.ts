import type { SourceRange } from '../base/sourceRange';
import { quoteIdentifier } from '../sql/identifiers';
import { findMetric, METRICS, SHOWN_UNITS } from './metrics';

export interface BudgetProposal {
  readonly label: string;
  readonly kind: 'marker' | 'metric' | 'clause' | 'unit' | 'table' | 'index';
  readonly insertText: string;
  readonly detail?: string;
  /** What is typed so far, and replaced. */
  readonly range: SourceRange;
  /** More has to be chosen behind it. */
  readonly goesOn?: boolean;
}

/** The names that a budget of a statement may use. */
export interface BudgetVocabulary {
  readonly tables: readonly string[];
  readonly indexes: readonly string[];
}

/** The line of a comment up to the cursor: its marks, the marker if it has one, and what has been typed behind it. */
const LINE = /(?:--|\/\*+|^[ \t]*\*)[ \t]*(?:(?<marker>@budget\b)(?<said>.*)|(?<begun>@\w*))$/;

/**
 * What can be written at the end of a line that is a comment; undefined if it is no budget. `continues` if the line
 * goes on with the budget of the one above.
 */
export function completeBudget(
  line: string,
  lineStart: number,
  vocabulary: BudgetVocabulary,
  continues = false,
): BudgetProposal[] | undefined {
  const { marker, said, begun } = LINE.exec(line)?.groups ?? {};
  const end = lineStart + line.length;
  if (begun !== undefined) {
    const range = { start: end - begun.length, end };
    const detail = 'what the statement below may cost';
    return [{ label: '@budget', kind: 'marker', insertText: '@budget ', detail, range, goesOn: true }];
  }
  const behind = marker === undefined ? (continues ? line.trimStart().replace(/^(?:--|\*)/, '') : undefined) : said;
  if (behind === undefined) return undefined;
  const clause = behind.slice(behind.lastIndexOf(',') + 1).trimStart();
  const proposals = proposeIn(clause, end, vocabulary);
  // right behind a comma, or the marker, a blank is wanted
  if (behind !== '' && !behind.endsWith(',')) return proposals;
  return proposals.map(proposal => ({ ...proposal, insertText: ` ${proposal.insertText}` }));
}

function proposeIn(clause: string, end: number, { tables, indexes }: BudgetVocabulary): BudgetProposal[] {
  const typed = (word: string): SourceRange => ({ start: end - word.length, end });
  const index = /^uses\s+(\S*)$/i.exec(clause);
  if (index) return indexes.map(name => proposeName(name, 'index', typed(index[1]!)));
  const table = /^no\s+seq\s+scan\s+on\s+(\S*)$/i.exec(clause);
  if (table) return tables.map(name => proposeName(name, 'table', typed(table[1]!)));
  const number = /^([a-z ]+)[<>=≤≥]+ *\d[\d.,_]*(?<blank> *)(?<unit>[a-z%]*)$/i.exec(clause);
  const metric = number && findMetric(number[1]!.trim());
  if (metric) {
    const { blank = '', unit = '' } = number.groups ?? {};
    return SHOWN_UNITS[metric.quantity].map(name => ({
      label: name,
      kind: 'unit',
      insertText: blank === '' && unit === '' ? ` ${name}` : name,
      range: typed(unit),
    }));
  }
  if (/[<>=≤≥]/.test(clause)) return [];
  const range = typed(clause);
  return [
    ...METRICS.map(({ name, example, about }): BudgetProposal => ({
      label: name,
      kind: 'metric',
      insertText: `${name} ${example}`,
      detail: about.split(/[:.] /)[0]!,
      range,
    })),
    { label: 'no seq scan', kind: 'clause', insertText: 'no seq scan', detail: 'on any table', range },
    {
      label: 'no seq scan on',
      kind: 'clause',
      insertText: 'no seq scan on ',
      detail: 'one table',
      range,
      goesOn: true,
    },
    { label: 'no sort on disk', kind: 'clause', insertText: 'no sort on disk', detail: 'all fit into work_mem', range },
    { label: 'uses', kind: 'clause', insertText: 'uses ', detail: 'an index', range, goesOn: true },
    {
      label: 'rows estimate within',
      kind: 'clause',
      insertText: 'rows estimate within 10x',
      detail: 'the planner is no further off',
      range,
    },
  ];
}

function proposeName(name: string, kind: 'table' | 'index', range: SourceRange): BudgetProposal {
  return { label: name, kind, insertText: quoteIdentifier(name), range };
}

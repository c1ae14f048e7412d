import type { Hover, Position } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import type { SourceRange } from '../../core/base/sourceRange';
import { rangeContains } from '../../core/base/sourceRange';
import type { Catalog } from '../../core/catalog/catalog';
import { hoverAt } from '../../core/language/hover/hoverAt';
import type { Finding } from '../../core/rules/finding';
import { RULES } from '../../core/rules/registry';
import { citation } from '../convert';
import type { ScriptDocument } from '../scriptDocument';

const DIVIDER = '\n\n---\n\n';

interface Part {
  readonly range: SourceRange;
  readonly text: string;
}

/** The rules behind the findings at a position, and below them what is known about the name there. */
export function hover(
  document: ScriptDocument,
  findings: readonly Finding[],
  position: Position,
  catalog: Catalog | undefined,
): Hover | null {
  const offset = document.offsetAt(position);
  const rules = ruleSections(findings, offset);
  const name = hoverAt(document.script, offset, catalog);
  const shown = name ?? rules;
  if (!shown) return null;
  const parts = [rules?.text, name?.markdown].filter(part => part !== undefined);
  return {
    range: document.rangeOf(shown.range),
    contents: { kind: MarkupKind.Markdown, value: parts.join(DIVIDER) },
  };
}

/** What the rules behind the findings at a position are about. */
function ruleSections(findings: readonly Finding[], offset: number): Part | undefined {
  const here = findings.filter(finding => rangeContains(finding.range, offset) && finding.rule !== 'syntax');
  const [smallest] = here.sort((a, b) => a.range.end - a.range.start - (b.range.end - b.range.start));
  if (!smallest) return undefined;
  const sections = here.flatMap(finding => {
    const rule = RULES.find(({ id }) => id === finding.rule);
    if (!rule) return [];
    return [
      [
        `**${rule.title}** · \`${rule.id}\``,
        rule.docs.problem,
        rule.docs.why,
        ...(finding.evidence ? [`*Evidence:* ${finding.evidence}`] : []),
        `*When to ignore it:* ${rule.docs.whenToIgnore}`,
        ...(citation(finding) ? [`*${citation(finding)}*`] : []),
      ].join('\n\n'),
    ];
  });
  return sections.length === 0 ? undefined : { range: smallest.range, text: [...new Set(sections)].join(DIVIDER) };
}

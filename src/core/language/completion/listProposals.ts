import { findRelation } from '../../catalog/lookup';
import { TokenKind } from '../../sql/lexer';
import { quoteIdentifier } from '../../sql/identifiers';
import { isAggregate } from './builtins';
import { columnProposal } from './columnProposals';
import type { Completion } from './completion';
import type { CompletionContext } from './context';
import { inCase } from './context';
import type { ScopeSource } from './cursorScope';
import { columnsOfRelation } from './cursorScope';
import { itemsOf } from './queryBlocks';
import type { UtilitySpot } from './utilitySpots';

/** The columns of a list in parentheses; for INSERT all of them at once first. */
export function addColumnList(context: CompletionContext, spot: Extract<UtilitySpot, { kind: 'column list' }>): void {
  const { collector, catalog, quote } = context;
  for (const name of spot.names ?? []) {
    if (spot.taken.includes(name)) continue;
    collector.add(name, 'own', () => columnProposal({ name }, undefined, undefined));
  }
  const relation = catalog && spot.table && findRelation(catalog, spot.table.name, spot.table.schema);
  if (!relation) return;
  const columns = columnsOfRelation(relation);
  const insertable = columns.filter(({ base }) => base?.column.generated === undefined);
  if (spot.use === 'insert' && spot.taken.length === 0 && insertable.length > 1 && quote === '') {
    const insertText = insertable.map(({ name }) => quoteIdentifier(name)).join(', ');
    collector.add(insertText, 'best', () => ({
      label: shorten(insertText),
      kind: 'list',
      insertText,
      detail: 'all columns',
      filterText: insertText,
    }));
  }
  if (spot.use === 'conflict' && quote === '') {
    for (const { unique, keys } of relation.indexes) {
      if (!unique || keys.length < 2) continue;
      const insertText = keys.join(', ');
      collector.add(
        insertText,
        'best',
        () => ({ label: insertText, kind: 'list', insertText, detail: 'unique' }),
        `list ${insertText}`,
      );
    }
  }
  const unique = new Set(
    relation.indexes.filter(index => index.unique && index.keys.length === 1).flatMap(({ keys }) => keys),
  );
  for (const column of columns) {
    const { generated } = column.base?.column ?? {};
    if (spot.taken.includes(column.name)) continue;
    const isWritten = spot.use === 'insert' || spot.use === 'update';
    if (isWritten && (generated === 'stored' || generated === 'virtual')) continue;
    const tier =
      spot.use === 'conflict' && unique.has(quoteIdentifier(column.name))
        ? 'fitting'
        : generated === undefined
          ? 'own'
          : 'other';
    collector.add(column.name, tier, () => columnProposal(column, undefined, undefined));
  }
}

/** `(id, name) values (` behind the table of an INSERT. */
export function addInsertList(context: CompletionContext, source: ScopeSource): void {
  const columns = source.columns().filter(({ base }) => base?.column.generated === undefined);
  if (columns.length === 0 || context.quote !== '') return;
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  if (/[$}]/.test(names)) return;
  const label = `(${names}) ${inCase(context, 'values')}`;
  context.collector.add('(', 'best', () => ({
    label: shorten(label),
    kind: 'list',
    insertText: `${label} ($0)`,
    isSnippet: true,
    detail: 'all columns',
    filterText: label,
  }));
}

/** The columns that SET can assign to. */
export function addAssignments(context: CompletionContext, source: ScopeSource, taken: readonly string[]): void {
  const { collector, tokens } = context;
  const hasSign = tokens.is(tokens.cursor + 1, '=');
  for (const column of source.columns()) {
    const { generated } = column.base?.column ?? {};
    if (taken.includes(column.name) || generated === 'stored' || generated === 'virtual') continue;
    const build = (): Completion => {
      const proposal = columnProposal(column, source, undefined);
      return hasSign ? proposal : { ...proposal, insertText: `${proposal.insertText} = `, filterText: column.name };
    };
    collector.add(column.name, generated === undefined ? 'own' : 'other', build);
  }
}

/** The columns that both sides of a join have. */
export function addUsingColumns({ collector, scope, tokens }: CompletionContext): void {
  const before = scope.sources.filter(({ text }) => text.end <= tokens.cursor);
  const joined = before.at(-1);
  const others = before.slice(0, -1).flatMap(source => source.columns());
  for (const column of joined?.columns() ?? []) {
    const partner = others.find(({ name }) => name === column.name);
    if (!partner) continue;
    const tier = partner.type === column.type ? 'own' : 'other';
    collector.add(column.name, tier, () => columnProposal(column, joined, undefined));
  }
}

/** What the select list has that no aggregate covers, all at once. */
export function addGroupList({ collector, scope, tokens, quote }: CompletionContext): void {
  const list = scope.block?.clauses.find(({ keyword }) => keyword === 'select');
  if (!list || quote !== '') return;
  const from = tokens.is(list.from + 1, 'distinct', 'all') ? list.from + 2 : list.from + 1;
  const texts: string[] = [];
  let aggregates = false;
  for (const item of itemsOf(tokens, from, list.to)) {
    const { constant, covered, unclear, to } = judge(tokens, item.from, item.to);
    if (unclear) return;
    aggregates ||= covered;
    if (constant || covered) continue;
    texts.push(tokens.text.slice(tokens.start(item.from), tokens.start(to - 1)) + tokens.raw(to - 1));
  }
  const insertText = texts.join(', ');
  if (texts.length === 0 || insertText.includes('\n')) return;
  if (texts.length === 1 && /^\w+$/.test(insertText) && !aggregates) return;
  collector.add(insertText, 'best', () => ({
    label: shorten(insertText),
    kind: 'list',
    insertText,
    detail: 'what is not aggregated',
    filterText: insertText,
  }));
}

function judge(
  tokens: CompletionContext['tokens'],
  from: number,
  end: number,
): { constant: boolean; covered: boolean; unclear: boolean; to: number } {
  let to = end;
  if (tokens.is(to - 2, 'as') && tokens.isName(to - 1)) to -= 2;
  else if (to - from > 1 && tokens.isName(to - 1) && !tokens.is(to - 2, '.', '::') && tokens.lower(to - 1) !== 'end')
    to--;
  let constant = true;
  let covered = false;
  let unclear = false;
  for (let i = from; i < to; i++) {
    const kind = tokens.kind(i);
    if (tokens.is(i, 'select', 'over', 'grouping') || kind === TokenKind.placeholder || kind === TokenKind.parameter)
      unclear = true;
    if (tokens.is(i, '*') && tokens.is(i - 1, '.', 'select', ',', 'distinct')) unclear = true;
    if (!tokens.isName(i)) continue;
    if (tokens.is(i + 1, '(')) {
      if (isAggregate(tokens.name(i))) covered = true;
    } else constant = false;
  }
  return { constant, covered, unclear, to };
}

/** The names of the result's columns. */
export function addOutputs({ collector, scope }: CompletionContext): void {
  for (const column of scope.outputs()) {
    const insertText = quoteIdentifier(column.name);
    const detail = ['column of the result', column.type].filter(part => part !== undefined).join(' · ');
    collector.add(
      column.name,
      'best',
      () => ({ label: column.name, kind: 'column', insertText, detail }),
      `output ${column.name}`,
    );
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)} …` : text;
}

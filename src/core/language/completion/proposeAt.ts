import { findRelation } from '../../catalog/lookup';
import { quoteIdentifier } from '../../sql/identifiers';
import { indexOf } from './catalogIndex';
import { addColumns, addMembers, columnProposal } from './columnProposals';
import type { Completion } from './completion';
import type { CompletionContext } from './context';
import { addKeywords, inCase } from './context';
import { columnsOfRelation } from './cursorScope';
import type { ScopeSource } from './cursorScope';
import type { Spot } from './cursorSpot';
import { clauseAt } from './queryBlocks';
import { addFunctions, addFunctionsOf } from './functionProposals';
import { joinConditions } from './joins';
import {
  afterOperandKeywords,
  afterSourceKeywords,
  nextClauses,
  operandKeywords,
  PLPGSQL_STARTS,
  QUERY_STARTS,
  STATEMENT_STARTS,
} from './keywords';
import {
  addAssignments,
  addColumnList,
  addGroupList,
  addInsertList,
  addOutputs,
  addUsingColumns,
} from './listProposals';
import { addRelations, addRelationsOf, addSchema } from './relationProposals';
import { addSettings, addSettingValues, addTypes, addValues } from './valueProposals';
import { aliasFor } from './writing';

/** Collects what fits a place. */
export function proposeAt(context: CompletionContext, spot: Spot, language?: string): void {
  const { catalog, scope, collector, quote } = context;
  switch (spot.kind) {
    case 'start':
      if (language === 'plpgsql' && !spot.nested) {
        addKeywords(context, PLPGSQL_STARTS, 'own');
        for (const [name, type] of context.variables) {
          collector.add(name, 'common', () => ({
            label: name,
            kind: 'variable',
            insertText: quoteIdentifier(name),
            detail: type,
          }));
        }
      }
      if (context.tokens.is(context.tokens.cursor - 1, 'union', 'intersect', 'except'))
        addKeywords(context, ['all'], 'own');
      addKeywords(context, spot.nested ? QUERY_STARTS : STATEMENT_STARTS, 'common');
      return;
    case 'expression':
      proposeOperand(context, spot);
      return;
    case 'after operand':
      addKeywords(context, afterOperandKeywords(scope, spot.clause, isInCase(context)), 'common');
      return;
    case 'after source':
      proposeAfterSource(context, spot);
      return;
    case 'relation':
      addRelations(context, spot);
      if (context.tokens.is(context.tokens.cursor - 1, '('))
        addKeywords(context, ['select', 'with', 'values'], 'common');
      if (spot.use === 'read' || spot.use === 'join') {
        addFunctions(context, { rows: true }, 'other');
        addKeywords(context, ['lateral'], 'last');
      }
      return;
    case 'member':
      proposeMembers(context, spot);
      return;
    case 'using columns':
      addUsingColumns(context);
      return;
    case 'column list':
      addColumnList(context, spot);
      if (spot.use === 'index' || spot.use === 'expression') addFunctions(context, { scalar: true });
      return;
    case 'assignment':
      addAssignments(context, spot.source, spot.taken);
      return;
    case 'type':
      addTypes(context, context.tokens.is(0, 'create', 'alter'));
      if (catalog) for (const schema of indexOf(catalog).schemas) addSchema(context, schema);
      return;
    case 'setting':
      addSettings(context, spot.statement);
      if (spot.statement === 'set') addKeywords(context, ['local', 'session', 'transaction', 'role'], 'other');
      else addKeywords(context, ['all'], 'other');
      return;
    case 'setting value':
      addSettingValues(context, spot.name);
      return;
    case 'routine':
      addFunctions(context, spot.procedures ? { procedures: true } : { bare: true }, 'own');
      return;
    case 'index':
      addIndexes(context);
      return;
    case 'constraint':
      addConstraints(context);
      return;
    case 'keywords':
      if (quote === '') addKeywords(context, spot.words, 'own');
  }
}

function proposeOperand(
  context: CompletionContext,
  { clause, compared, opens }: Extract<Spot, { kind: 'expression' }>,
): void {
  const { scope } = context;
  if (clause === 'on') addJoinConditions(context, '');
  if (compared) addValues(context, compared.column);
  if (clause === 'group' && opens) addGroupList(context);
  if (clause === 'order' && isOfBlock(context)) {
    addOutputs(context);
    // Behind UNION nothing else can be named.
    if (scope.block?.isLaterArm === true) return;
  }
  addColumns(context, compared);
  addFunctions(context, { scalar: isScalarPlace(context) });
  addKeywords(context, operandKeywords(clause, opens), 'other');
  if (context.tokens.is(context.tokens.cursor - 1, '(')) addKeywords(context, ['select'], 'other');
  if (clause === 'select') addKeywords(context, nextClauses(scope, 'select').slice(0, 1), 'last');
  const { catalog } = context;
  if (catalog && context.collector.hasPrefix) for (const schema of indexOf(catalog).schemas) addSchema(context, schema);
}

/** Where no aggregate can stand: it would see the rows that the clause is there to choose. */
function isScalarPlace({ scope, tokens }: CompletionContext): boolean {
  if (!scope.block) return false;
  const keyword = clauseAt(scope.block, tokens.cursor)?.keyword ?? '';
  return ['where', 'group', 'from', 'set', 'values', 'returning', 'on conflict', 'using'].includes(keyword);
}

/** False inside of parentheses: what an expression is made of has no names of the result. */
function isOfBlock({ tokens, scope }: CompletionContext): boolean {
  return scope.block !== undefined && tokens.parent(tokens.cursor) === scope.openOf(scope.block);
}

/** Full conditions directly behind ON, or with ON before them. */
function addJoinConditions(context: CompletionContext, before: string): void {
  const { catalog, tokens, scope, collector, quote } = context;
  if (!catalog || quote !== '' || (before === '' && !tokens.is(tokens.cursor - 1, 'on', 'and', '('))) return;
  const known = scope.sources.filter(({ text }) => text.end <= tokens.cursor);
  const joined = known.at(-1);
  if (!joined) return;
  const written = tokens.text.replace(/\s+/g, ' ');
  for (const condition of joinConditions(catalog, joined, known.slice(0, -1))) {
    if (written.includes(condition) || written.includes(condition.split(' = ').reverse().join(' = '))) continue;
    const insertText = before + condition.replace(/ and /g, ` ${inCase(context, 'and')} `);
    const build = (): Completion => ({ label: insertText, kind: 'join', insertText, detail: 'join condition' });
    collector.add(insertText, 'best', build, `condition ${condition}`);
  }
}

function proposeAfterSource(
  context: CompletionContext,
  { clause, source, needsOn }: Extract<Spot, { kind: 'after source' }>,
): void {
  const { scope, collector, quote } = context;
  if (needsOn) addJoinConditions(context, `${inCase(context, 'on')} `);
  if (source && source.text.alias === undefined && clause !== 'into') {
    const taken = new Set(scope.levels.flatMap(({ sources }) => sources.flatMap(({ name }) => name ?? [])));
    const alias = aliasFor(source.name ?? 'subquery', taken);
    if (alias !== undefined && quote === '') {
      const build = (): Completion => ({
        label: alias,
        kind: 'alias',
        insertText: alias,
        detail: `alias for ${source.name ?? 'the subquery'}`,
      });
      collector.add(alias, 'fitting', build);
    }
  }
  if (source && clause === 'into' && source.text.alias === undefined) addInsertList(context, source);
  addKeywords(context, afterSourceKeywords(scope, clause, needsOn), 'common');
}

function proposeMembers(context: CompletionContext, { qualifier, of }: Extract<Spot, { kind: 'member' }>): void {
  const { scope, catalog } = context;
  const [schema = ''] = qualifier;
  switch (of.kind) {
    case 'relation':
      if (catalog && context.tokens.reads(0, 'comment', 'on', 'column')) {
        const table = findRelation(catalog, qualifier.at(-1) ?? '', qualifier.at(-2));
        for (const column of table ? columnsOfRelation(table) : [])
          context.collector.add(column.name, 'own', () => columnProposal(column, undefined, undefined));
      }
      if (qualifier.length === 1) {
        addRelationsOf(context, schema, of);
        if (of.use === 'read' || of.use === 'join') addFunctionsOf(context, schema, { rows: true });
      }
      return;
    case 'routine':
      addFunctionsOf(context, schema, of.procedures ? { procedures: true } : { bare: true });
      return;
    case 'type':
      for (const type of catalog?.types ?? []) {
        if (type.schema !== schema) continue;
        context.collector.add(type.name, 'own', () => ({
          label: type.name,
          kind: 'type',
          insertText: quoteIdentifier(type.name),
          detail: type.kind,
        }));
      }
      return;
    case 'index':
      return;
    case 'assignment':
    case 'column list':
      return;
    default: {
      const source = scope.sourceNamed(qualifier) ?? rowOfTarget(context, qualifier);
      if (source) {
        addMembers(context, source, of.kind === 'expression' ? of.compared : undefined);
        const isStarPlace = of.kind === 'expression' && of.clause === 'select';
        if (isStarPlace && context.quote === '')
          context.collector.add('*', 'own', () => ({
            label: '*',
            kind: 'keyword',
            insertText: '*',
            detail: 'all columns',
          }));
        return;
      }
      if (qualifier.length === 1) addFunctionsOf(context, schema, {});
    }
  }
}

/** EXCLUDED, OLD and NEW have the columns of the target. */
function rowOfTarget({ scope }: CompletionContext, qualifier: readonly string[]): ScopeSource | undefined {
  const target = scope.block?.target;
  const [name = ''] = qualifier;
  const isRow = qualifier.length === 1 && ['excluded', 'old', 'new'].includes(name);
  return isRow && target ? scope.sourceOf(target, 0) : undefined;
}

/** True between CASE and its END. */
function isInCase({ tokens }: CompletionContext): boolean {
  let open = 0;
  for (let i = tokens.cursor - 1; i >= 0 && i > tokens.parent(tokens.cursor); i = tokens.before(i)) {
    if (tokens.is(i, 'end')) open--;
    if (tokens.is(i, 'case')) open++;
  }
  return open > 0;
}

function addIndexes({ catalog, collector }: CompletionContext): void {
  for (const relation of catalog?.relations ?? []) {
    for (const { name } of relation.indexes) {
      collector.add(name, 'own', () => ({
        label: name,
        kind: 'index',
        insertText: quoteIdentifier(name),
        detail: `index of ${relation.name}`,
      }));
    }
  }
}

function addConstraints({ catalog, collector, tokens, scope }: CompletionContext): void {
  const names = new Set<string>();
  for (let i = 0; i < tokens.cursor; i++) if (tokens.isName(i)) names.add(tokens.name(i));
  const target = scope.block?.target?.table?.name;
  for (const relation of catalog?.relations ?? []) {
    if (target === undefined ? !names.has(relation.name) : relation.name !== target) continue;
    for (const { name, kind } of relation.constraints) {
      if (target !== undefined && kind !== 'primary key' && kind !== 'unique' && kind !== 'exclusion') continue;
      collector.add(name, 'own', () => ({
        label: name,
        kind: 'constraint',
        insertText: quoteIdentifier(name),
        detail: `${kind} of ${relation.name}`,
      }));
    }
  }
}

import {
  describeTimes,
  describeVerification,
  summarizeVerification,
} from '../core/advisor/rewrites/describeVerification';
import { rewritesOf, rewrittenRange, rewrittenText } from '../core/advisor/rewrites/registry';
import type { Rewrite } from '../core/advisor/rewrites/rewrite';
import type { TimingComparison } from '../core/advisor/rewrites/verification';
import type { CancelSignal } from '../core/base/cancelSignal';
import { hashText } from '../core/base/hashText';
import { shiftRange, type SourceRange } from '../core/base/sourceRange';
import type { Catalog } from '../core/catalog/catalog';
import { comparePlans } from '../core/plan/comparePlans';
import { findPlanFindings } from '../core/rules/plan/index';
import type { Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import type { LocatedStatement } from '../core/sql/statement';
import { proposeParameterSets } from '../database/rewrites/parameterSets';
import type { ComparedPlans } from '../database/rewrites/timeForms';
import { verifyRewrite } from '../database/rewrites/verifyRewrite';
import { buildPlanView } from '../protocol/buildPlanView';
import type { RewriteInfo, RewriteList, RewriteVerified, RewriteVerifyParams } from '../protocol/rewrites';
import type { ProgressParams } from '../protocol/server';
import { firstTree } from './firstTree';
import type { ScriptDocument } from './scriptDocument';
import type { Sessions } from './sessions';
import { titleOf } from '../core/sql/titleOf';

/** The rewrites of the statement that a range touches; null without one. Those that are proved come first. */
export function listRewrites(
  document: ScriptDocument,
  range: SourceRange,
  catalog: Catalog | undefined,
): RewriteList | null {
  const located = document.statementIn(range);
  if (!located) return null;
  const infos = offeredRewrites(document, located, catalog).map((rewrite): RewriteInfo => {
    const { start, end } = rewrittenRange(located, rewrite);
    const edits = rewrite.edits.map(edit => ({ range: shiftRange(edit.range, -start), newText: edit.newText }));
    return {
      key: rewriteKey(rewrite, start),
      id: rewrite.id,
      title: rewrite.title,
      why: rewrite.why,
      equality: rewrite.equality,
      // What the document shows: in another language, with the holes of the string.
      original: document.text.slice(start, end),
      rewritten: rewrittenText(document.text, located, rewrite),
      range: { start, end },
      edits,
    };
  });
  const proved = infos.filter(({ equality }) => equality.kind === 'provably equal');
  return {
    title: titleOf(located.statement.text),
    rewrites: [...proved, ...infos.filter(info => !proved.includes(info))],
  };
}

/** The rewrites of a statement of a document, without those that would break the string it stands in. */
export function offeredRewrites(
  document: ScriptDocument,
  located: LocatedStatement,
  catalog: Catalog | undefined,
): Rewrite[] {
  const { text, statements } = document.script;
  const around = {
    ...(catalog && { catalog }),
    script: { text, statements, index: statements.indexOf(located) },
    // One that fails on an odd statement must not take the others along; the editor shows this in the output.
    rewriteFailed: (id: string, error: unknown) => console.error(`The rewrite ${id} failed: ${String(error)}`),
  };
  return rewritesOf(located, around).filter(({ edits }) => document.keepsHost(edits));
}

/** The same for the same change of the same text, wherever the statement stands. */
export function rewriteKey({ id, edits }: Rewrite, statementStart: number): string {
  const relative = edits.map(({ range, newText }) => [
    range.start - statementStart,
    range.end - statementStart,
    newText,
  ]);
  return `${id} ${hashText(JSON.stringify(relative))}`;
}

/** What is told beside the plans. */
interface Told {
  readonly notes: readonly string[];
  readonly timings: readonly TimingComparison[];
  readonly catalog: Catalog;
}

/** Compares both forms on a connection; see `verifyRewrite`. */
export class RewriteService {
  constructor(
    private readonly grammar: Grammar,
    private readonly sessions: Sessions,
    private readonly tell: (progress: ProgressParams) => void,
  ) {}

  async verify(params: RewriteVerifyParams, signal: CancelSignal): Promise<RewriteVerified> {
    const { connectionId, original, rewritten, timeoutMs, runs, progressToken } = params;
    const tell = (text: string): void =>
      void (progressToken !== undefined && this.tell({ token: progressToken, text }));
    const database = this.sessions.database(connectionId);
    tell('Reading the catalog');
    const catalog = await this.sessions.catalog(connectionId, signal);
    const parameters = await proposeParameterSets(database, original, catalog, signal);
    tell(parameters.length > 1 ? `Running both forms for ${parameters.length} sets of values` : 'Running both forms');
    const options = { ...(timeoutMs !== undefined && { timeoutMs }), ...(runs !== undefined && { runs }) };
    const { plans, ...verification } = await verifyRewrite(
      database,
      { original, rewritten, parameters },
      options,
      signal,
    );
    const sentences = describeVerification(verification);
    const summary = summarizeVerification(verification);
    return {
      verification,
      summary,
      sentences,
      ...(plans && { plans: this.shown(params, plans, { notes: sentences, timings: verification.timings, catalog }) }),
    };
  }

  /** The rewritten form's plan as the panel shows one, beside that of the original. */
  private shown(
    { connectionId, connection, title, rewritten }: RewriteVerifyParams,
    plans: ComparedPlans,
    { notes, timings, catalog }: Told,
  ): NonNullable<RewriteVerified['plans']> {
    const [before, tree] = [firstTree(plans.original), firstTree(plans.rewritten)];
    const view = buildPlanView({
      title: `${title} (rewritten)`,
      sql: rewritten,
      connection,
      server: this.sessions.info(connectionId).server,
      tree,
      statement: parseStatement(this.grammar, rewritten),
      findings: findPlanFindings(tree, { catalog }),
      notes,
      comparison: comparePlans(before, tree),
    });
    // One run says little about the time; the verdict beside the plans must not be the last word.
    const times = timings.slice(0, 1).map(timing => `Both plans are of one run each. ${describeTimes(timing)}`);
    const comparison = view.comparison && {
      ...view.comparison,
      cautions: [...times, ...(view.comparison.cautions ?? [])],
      against: { kind: 'file' as const, name: 'the original statement' },
    };
    return { view: { ...view, ...(comparison && { comparison }) }, rawPlan: plans.rewritten };
  }
}

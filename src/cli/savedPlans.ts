import path from 'node:path';
import { noPlan } from '../core/plan/parsePlan';
import { readPlans } from '../core/plan/readPlans';
import type { PlanTree } from '../core/plan/planTree';
import { problemText, savedPlanView, type SavedPlans } from '../protocol/savedPlanView';
import { plansHtml, planHtml } from '../webview/plan/exports/planHtml';
import { planMarkdown } from '../webview/plan/exports/planMarkdown';
import { fileProblem, readPlanFile } from '../workspace/planFiles';
import { UsageError } from './usage';

/** A page with more plans is of no use to anybody. */
const MOST_ON_PAGE = 100;

export type { SavedPlans };
export { problemText };

/** The plans of a file, or of standard input for "-"; at least one. @throws UsageError that says what is wrong */
export function readSavedPlans(file: string): SavedPlans & { readonly first: PlanTree } {
  const { text, problem } = readText(file);
  const { plans, problems } = readPlans(text);
  const [first] = plans;
  if (!first) throw new UsageError(`${file}: ${noPlan(text).message}`);
  const reading = { plans, problems: problem === undefined ? problems : [{ message: problem }, ...problems] };
  return { name: file === '-' ? 'standard input' : path.basename(file), text, reading, first };
}

/** One page that stands alone, with the plans of the file; of very many, the first. */
export function savedPlansHtml(saved: SavedPlans): string {
  const { plans } = saved.reading;
  const views = plans.slice(0, MOST_ON_PAGE).map((_, index) => savedPlanView(saved, index));
  if (views.length === 1) return planHtml(views[0]!);
  const remark = plans.length > MOST_ON_PAGE ? `The first ${MOST_ON_PAGE} of ${plans.length} plans.` : '';
  return plansHtml(saved.name, views, remark);
}

/** Each plan as it fits into a pull request. */
export function savedPlansMarkdown(saved: SavedPlans): string {
  return saved.reading.plans.map((_, index) => planMarkdown(savedPlanView(saved, index))).join('\n---\n\n');
}

function readText(file: string): ReturnType<typeof readPlanFile> {
  try {
    return readPlanFile(file === '-' ? 0 : file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${fileProblem(error)}.`);
  }
}

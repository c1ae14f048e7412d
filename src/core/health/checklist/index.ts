import type { ChecklistItem } from './checklist';
import { CHECK_ITEMS } from './checkItems';
import { DESIGN_ITEMS } from './designItems';
import { MEMORY_ITEMS } from './memoryItems';
import { OPERATION_ITEMS } from './operationItems';

export { evaluateChecklist, type ChecklistFacts, type ChecklistResult, type ChecklistVerdict } from './checklist';

/** The dairy guide's checklist, in its order but for what belongs together. */
export const CHECKLIST_ITEMS: readonly ChecklistItem[] = [
  ...MEMORY_ITEMS,
  ...CHECK_ITEMS,
  ...DESIGN_ITEMS,
  ...OPERATION_ITEMS,
];

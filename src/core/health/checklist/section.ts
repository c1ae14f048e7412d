import type { GuidelineRef } from '../../rules/finding';

/** The checklist that is evaluated. */
export const CHECKLIST: GuidelineRef = { guide: '002', section: 'Appendix A: Performance Tuning Checklist' };

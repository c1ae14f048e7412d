import type { GuidelineRef } from '../rules/finding';

/** Title of each performance guide a finding may cite, by its number. */
export const GUIDE_TITLES: Readonly<Record<GuidelineRef['guide'], string>> = {
  '000': 'Production Performance Tuning: AI Camera Counting System',
  '001': 'Performance Optimization Guide: AI Camera Counting System',
  '002': 'Smart Dairy: Database Performance Tuning Guide',
  '003': 'Performance Optimization Guide: agents and code generation',
  '004': 'PostgreSQL Performance Optimization',
};

/** One line a reader can follow: `Guide 002, Smart Dairy: Database Performance Tuning Guide, section "4.2 ..."`. */
export function citeGuideline(reference: GuidelineRef): string {
  return `Guide ${reference.guide}, ${GUIDE_TITLES[reference.guide]}, section "${reference.section}"`;
}

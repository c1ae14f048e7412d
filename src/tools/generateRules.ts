import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../core/rules/registry';
import { rulePage, rulePageName } from './rulePages';

/** Writes `media/rules/`, a page for each rule, and removes pages of rules that are gone. */
function generateRules(): void {
  const folder = path.join(__dirname, '../../media/rules');
  mkdirSync(folder, { recursive: true });
  const wanted = new Set(RULES.map(rule => rulePageName(rule.id)));
  for (const rule of RULES) writeFileSync(path.join(folder, rulePageName(rule.id)), rulePage(rule));
  // Pages of rules over plans are written from their own list.
  for (const file of readdirSync(folder)) {
    if (!wanted.has(file) && !file.startsWith('plan-')) rmSync(path.join(folder, file));
  }
  console.log(`${wanted.size} rule pages in media/rules`);
}

generateRules();

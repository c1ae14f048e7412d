import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { configurationSchema } from '../core/configuration/configurationSchema';
import { PLAN_RULES } from '../core/rules/plan/index';
import { RULE_GROUPS, RULES } from '../core/rules/registry';
import { rulePageName } from '../protocol/rulePage';
import { layerTables } from './layers';
import { commandsPage, settingsPage, withTexts, type ContributingManifest } from './manifestPages';
import { planRulePage, rulePage } from './rulePages';

const ROOT = path.join(__dirname, '../..');
/** Folder of the rule pages, below the root. */
export const RULE_PAGES = 'media/rules';

/** A committed file that is made from code. */
export interface GeneratedFile {
  /** Path below the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Everything that is made from the rules (their pages, their table in the README, the configuration's schema), from
 * package.json (the pages of commands and settings) and from the borders between folders.
 */
export function generatedFiles(): GeneratedFile[] {
  return [
    ...RULES.map(rule => ({ path: `${RULE_PAGES}/${rulePageName(rule.id)}`, text: rulePage(rule) })),
    ...PLAN_RULES.map(rule => ({ path: `${RULE_PAGES}/${rulePageName(rule.id)}`, text: planRulePage(rule) })),
    { path: 'media/configuration.schema.json', text: schemaText() },
    { path: 'media/docs/commands.md', text: commandsPage(readManifest()) },
    { path: 'media/docs/settings.md', text: settingsPage(readManifest()) },
    withMade('README.md', 'rules', ruleTables()),
    withMade('CONTRIBUTING.md', 'layers', layerTables()),
  ];
}

/** Absolute path of a generated file. */
export function locate(file: string): string {
  return path.join(ROOT, file);
}

function readManifest(): ContributingManifest {
  const texts = locate('package.nls.json');
  return withTexts(
    readFileSync(locate('package.json'), 'utf8'),
    existsSync(texts) ? (JSON.parse(readFileSync(texts, 'utf8')) as Record<string, string>) : {},
  );
}

function schemaText(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    allowComments: true,
    ...configurationSchema(RULES),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** A committed text with what is made from code between its two marks. */
function withMade(file: string, what: string, made: string): GeneratedFile {
  const text = readFileSync(locate(file), 'utf8');
  const [opening, closing] = [`<!-- ${what}: made by npm run generate -->`, `<!-- end of ${what} -->`];
  const begin = text.indexOf(opening);
  const end = text.indexOf(closing);
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for the ${what}`);
  return { path: file, text: `${text.slice(0, begin + opening.length)}\n\n${made}\n\n${text.slice(end)}` };
}

function ruleTables(): string {
  return [...textRuleTables(), planRuleTable()].join('\n\n');
}

function planRuleTable(): string {
  const rows = PLAN_RULES.map(({ id, title }) => `| [\`${id}\`](${RULE_PAGES}/${rulePageName(id)}) | ${title} |`);
  const summary = `<details><summary><code>plan</code>: ${PLAN_RULES.length} rules over measured plans</summary>`;
  return [summary, '', '| Rule | Finds |', '| --- | --- |', ...rows, '', '</details>'].join('\n');
}

function textRuleTables(): string[] {
  return Object.entries(RULE_GROUPS)
    .filter(([, rules]) => rules.length > 0)
    .map(([group, rules]) =>
      [
        `<details><summary><code>${group}</code>: ${rules.length} rules</summary>`,
        '',
        '| Rule | Severity | Finds |',
        '| --- | --- | --- |',
        ...rules.map(rule => {
          const severity = rule.optional ? `off (${rule.severity})` : rule.severity;
          const title = rule.title.replaceAll('|', '\\|');
          return `| [\`${rule.id}\`](${RULE_PAGES}/${rulePageName(rule.id)}) | ${severity} | ${title} |`;
        }),
        '',
        '</details>',
      ].join('\n'),
    );
}

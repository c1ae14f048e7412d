import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../core/base/messageOf';
import { RULE_GROUPS } from '../core/rules/registry';

/** `npm run new-rule query/my-rule`: writes the rule's file, which fails its test until it is filled in. */
function newRule(id: string | undefined): void {
  const groups = Object.keys(RULE_GROUPS);
  const parts = /^([a-z]+)\/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/.exec(id ?? '');
  if (!parts || !groups.includes(parts[1]!))
    throw new Error(`usage: npm run new-rule <${groups.join('|')}>/<slug-in-kebab-case>`);
  const [, group, slug] = parts as unknown as [string, string, string];
  const name = slug.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const folder = path.join(__dirname, '../core/rules');
  const file = path.join(folder, group, `${name}.ts`);
  if (existsSync(file)) throw new Error(`${file} exists`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, template(`${group}/${slug}`, name, currentVersion()));
  console.log(`wrote ${path.relative(process.cwd(), file)}`);
  console.log(`now: import { ${name} } from './${name}' in src/core/rules/${group}/index.ts and add it to the list`);
}

function currentVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(__dirname, '../../package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function template(id: string, name: string, version: string): string {
  return `import { defineRule } from '../defineRule';

export const ${name} = defineRule({
  id: '${id}',
  since: '${version}',
  severity: 'info',
  title: 'What is found, as a noun',
  docs: {
    problem: 'What happens.',
    why: 'Why PostgreSQL does that.',
    whenToIgnore: 'When it does not matter.',
  },
  messages: { found: 'One sentence: what it costs, and what to do instead.' },
  examples: [
    { title: 'the shortest case', bad: 'SELECT 1', flags: 'the flagged text' },
    { title: 'what looks alike and is fine', good: 'SELECT 2' },
  ],
  check({ find, rangeOf, report }) {
    for (const node of find('SelectStmt')) report({ at: rangeOf(node), message: 'found' });
  },
});
`;
}

try {
  newRule(process.argv[2]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}

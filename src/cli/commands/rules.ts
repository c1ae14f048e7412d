import { RULES } from '../../core/rules/registry';
import { choose, type CommandLine } from '../arguments';
import { print, printJson } from '../io';

/** `query-tuner rules`: every rule with what it says. */
export async function rules({ options }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json', 'markdown'], 'text');
  const listed = RULES.map(({ id, severity, title, docs, guideline }) => ({
    id,
    severity,
    title,
    docs,
    guideline: guideline ?? null,
  }));
  if (format === 'json') printJson({ version: 1, rules: listed });
  else if (format === 'markdown') {
    print(
      [
        '| Rule | Severity | What |',
        '| --- | --- | --- |',
        ...listed.map(r => `| \`${r.id}\` | ${r.severity} | ${r.title} |`),
      ].join('\n'),
    );
  } else for (const rule of listed) print(`${rule.id.padEnd(40)} ${rule.severity.padEnd(8)} ${rule.title}`);
  return 0;
}

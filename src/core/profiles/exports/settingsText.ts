import { shellWord } from '../../base/shellWord';
import type { EvaluatedSetting } from '../profile';
import { settingSql } from '../settingSql';

/** Settings as they are put somewhere else than by this program. Refused ones are named in comments and left out. */
export const SETTINGS_FORMATS = ['conf', 'sql', 'docker', 'kubernetes'] as const;
export type SettingsFormat = (typeof SETTINGS_FORMATS)[number];

export function settingsText(settings: readonly EvaluatedSetting[], format: SettingsFormat, title: string): string {
  const taken = settings.filter(({ refused, isDefault }) => refused === null && !isDefault);
  const left = settings.filter(({ refused }) => refused !== null);
  switch (format) {
    case 'conf':
      return lines('#', title, left, taken.map(confLine));
    case 'sql':
      return lines('--', title, left, [
        ...taken.map(
          ({ name, value, restart }) => `${settingSql({ name, value })};${restart ? ' -- needs a restart' : ''}`,
        ),
        'SELECT pg_reload_conf();',
      ]);
    case 'docker':
      return lines('#', title, left, [
        'docker run --name postgres -d postgres \\',
        ...taken.map(
          ({ name, value }, index) => `  -c ${shellWord(`${name}=${value}`)}${index < taken.length - 1 ? ' \\' : ''}`,
        ),
      ]);
    case 'kubernetes':
      return lines('#', title, left, [
        'containers:',
        '  - name: postgres',
        '    image: postgres',
        '    args:',
        ...taken.flatMap(({ name, value }) => ['      - -c', `      - ${JSON.stringify(`${name}=${value}`)}`]),
      ]);
  }
}

function lines(
  comment: '#' | '--',
  title: string,
  left: readonly EvaluatedSetting[],
  content: readonly string[],
): string {
  return [
    `${comment} ${title}`,
    ...left.map(({ name, value, refused }) => `${comment} not set: ${name} = ${value}: ${refused}`),
    ...content,
    '',
  ].join('\n');
}

/** A comment begins with `#` there, and a text stands in single quotes, doubled inside. */
function confLine({ name, value, restart, reason }: EvaluatedSetting): string {
  const bare = /^-?\d+(\.\d+)?$|^(on|off)$/.test(value);
  // The file's own escapes: a backslash always is one there (manual, 19.1.2).
  const text = bare ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return `${name} = ${text}  # ${restart ? 'needs a restart; ' : ''}${reason}`;
}

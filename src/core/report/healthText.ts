import { HEALTH_GROUP_TITLES, type HealthGroup, type HealthResult, type HealthStatus } from '../health/check';

/** A mark that stands out without colour. */
const MARKS: Readonly<Record<HealthStatus, string>> = { ok: 'ok', warning: 'WARN', critical: 'CRIT', unknown: '?' };

export interface HealthTextOptions {
  readonly server: string;
  readonly at: string;
  readonly costMs: number;
}

/** The report as aligned lines: groups, then a check a line, with what stands out below it. */
export function healthText(results: readonly HealthResult[], { server, at, costMs }: HealthTextOptions): string {
  const lines = [`PostgreSQL ${server}, ${at}`, ''];
  for (const group of Object.keys(HEALTH_GROUP_TITLES) as HealthGroup[]) {
    const mine = results.filter(result => result.group === group);
    if (mine.length === 0) continue;
    lines.push(HEALTH_GROUP_TITLES[group]);
    for (const result of mine) lines.push(...describe(result));
    lines.push('');
  }
  const count = (status: HealthStatus): number => results.filter(result => result.status === status).length;
  lines.push(
    `${count('critical')} critical, ${count('warning')} warnings, ${count('ok')} ok, ${count('unknown')} unknown; asked within ${Math.round(costMs)} ms`,
  );
  return lines.join('\n');
}

function describe(result: HealthResult): string[] {
  const { status, title, target, detail, items, step } = result;
  const wanted = target === '' ? '' : `  (target ${target})`;
  return [
    `  ${MARKS[status].padEnd(5)}${title}: ${result.shown || '-'}${wanted}`,
    `       ${detail}`,
    ...items
      .filter(item => item.status !== 'ok')
      .map(
        item => `       - ${item.name}: ${item.detail}${item.step?.sql ? `\n         ${oneLine(item.step.sql)}` : ''}`,
      ),
    ...(status !== 'ok' && step?.sql ? step.sql.split('\n').map(line => `         ${line}`) : []),
  ];
}

function oneLine(sql: string): string {
  return sql.replace(/\s*\n\s*/g, ' ');
}

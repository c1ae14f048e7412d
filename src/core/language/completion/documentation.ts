import type { Catalog } from '../../catalog/catalog';
import { findRelation, findRoutines } from '../../catalog/lookup';
import { findSetting } from '../../catalog/systemCatalog/serverSettings';
import { describeColumn, describeRelation, describeRoutine } from '../hover/describe';
import { code, fence, plain } from '../hover/markdown';
import { builtinsNamed } from './builtins';
import type { Subject } from './completion';

/** More signatures are counted, not listed. */
const MAX_SIGNATURES = 8;

/** What is known about a proposal, as Markdown; undefined if nothing more is. */
export function documentationOf(subject: Subject, catalog: Catalog | undefined): string | undefined {
  switch (subject.kind) {
    case 'relation': {
      const relation = catalog && findRelation(catalog, subject.name, subject.schema);
      return relation && describeRelation(relation);
    }
    case 'column': {
      const relation = catalog && findRelation(catalog, subject.relation, subject.schema);
      const column = relation?.columns.find(({ name }) => name === subject.name);
      return relation && column && describeColumn({ relation, column }, false);
    }
    case 'routine': {
      const routines = catalog ? findRoutines(catalog, subject.name, subject.schema) : [];
      return routines.length === 0 ? undefined : routines.map(describeRoutine).join('\n\n---\n\n');
    }
    case 'builtin':
      return describeBuiltin(subject.name, catalog);
    case 'setting': {
      const setting = findSetting(subject.name, majorOf(catalog));
      if (!setting) return undefined;
      const { type, unit, minimum, maximum, values, defaultValue, context } = setting;
      const limits = minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`;
      return [
        `**${plain(setting.name)}** · ${type}${limits}${unit === '' ? '' : `, in ${unit}`}`,
        `- default: ${code(defaultValue === '' ? "''" : defaultValue)}`,
        ...(values.length > 0 ? [`- values: ${values.map(code).join(', ')}`] : []),
        `- context: ${context}`,
      ].join('\n');
    }
  }
}

function describeBuiltin(name: string, catalog: Catalog | undefined): string | undefined {
  const found = builtinsNamed(name, majorOf(catalog));
  if (found.length === 0) return undefined;
  const lines = found.slice(0, MAX_SIGNATURES).map(({ arguments: list, result }) => `${name}(${list}) → ${result}`);
  const more = found.length > MAX_SIGNATURES ? [`-- and ${found.length - MAX_SIGNATURES} more`] : [];
  const since = found[0]?.since === undefined ? [] : [`Since PostgreSQL ${found[0].since}.`];
  const descriptions = [...new Set(found.map(({ description }) => description))].slice(0, 3);
  return [fence([...lines, ...more].join('\n')), ...descriptions.map(plain), ...since].join('\n\n');
}

export function majorOf(catalog: Catalog | undefined): number | undefined {
  return catalog?.serverVersion === undefined ? undefined : Math.floor(catalog.serverVersion / 10_000);
}

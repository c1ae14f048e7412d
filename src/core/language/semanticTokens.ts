import type { SourceRange } from '../base/sourceRange';
import type { Catalog } from '../catalog/catalog';
import type { Occurrence } from './occurrences';
import type { LanguageScript } from './place';
import { occurrencesAt, placesIn } from './place';

/** Standard types of the Language Server Protocol, so that every theme has colours for them. */
export const TOKEN_TYPES = [
  'namespace',
  'class',
  'property',
  'variable',
  'function',
  'parameter',
  'keyword',
  'number',
] as const;
export const TOKEN_MODIFIERS = ['declaration', 'modification', 'defaultLibrary'] as const;

export interface SemanticToken {
  /** In offsets of the document. */
  readonly range: SourceRange;
  readonly type: (typeof TOKEN_TYPES)[number];
  readonly modifiers: readonly (typeof TOKEN_MODIFIERS)[number][];
}

/** The names of a document, or of the statements that touch a range, in the order of the text. */
export function semanticTokens(
  script: LanguageScript,
  catalog: Catalog | undefined,
  within?: SourceRange,
): SemanticToken[] {
  const tokens: SemanticToken[] = [];
  for (const place of placesIn(script, within)) {
    for (const { range } of place.statement.placeholders) tokens.push(tokenAt(range, place.start, 'parameter'));
    for (const occurrence of occurrencesAt(place, catalog)) {
      tokens.push(tokenAt(occurrence.range, place.start, typeOf(occurrence), modifiersOf(occurrence)));
    }
  }
  tokens.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  // The texts of bodies are parts of their statement, and a placeholder can stand for a name.
  return tokens.filter((token, i) => i === 0 || token.range.start >= tokens[i - 1]!.range.end);
}

function tokenAt(
  range: SourceRange,
  start: number,
  type: SemanticToken['type'],
  modifiers: SemanticToken['modifiers'] = [],
): SemanticToken {
  return { range: { start: start + range.start, end: start + range.end }, type, modifiers };
}

function typeOf({ thing }: Occurrence): SemanticToken['type'] {
  switch (thing.kind) {
    case 'schema':
      return 'namespace';
    case 'relation':
      return 'class';
    case 'alias':
    case 'cte':
    case 'window':
      return 'variable';
    case 'function':
      return 'function';
    default:
      return 'property';
  }
}

function modifiersOf({ thing, role }: Occurrence): SemanticToken['modifiers'] {
  if (role === 'definition') return ['declaration'];
  if (role === 'write') return ['modification'];
  return thing.kind === 'function' && thing.routines.length === 0 ? ['defaultLibrary'] : [];
}

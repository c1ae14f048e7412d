import type { QualifiedName } from '../../sql/names/scope';
import { isIndexPlace, OBJECTS, plainHead, relationSpot, settingSpot, tableAt } from './commandWords';
import type { CursorTokens } from './cursorTokens';
import { beginsQuery } from './cursorTokens';
import { alterSpot, createSpot } from './definitionSpots';

/** A table or view is wanted. */
export interface RelationWish {
  readonly kind: 'relation';
  readonly use: 'read' | 'join' | 'write' | 'ddl';
  readonly kinds?: readonly string[];
}

/** What can stand at a place of a command that is no query. */
export type UtilitySpot =
  | RelationWish
  | { readonly kind: 'type' }
  | { readonly kind: 'setting'; readonly statement: 'set' | 'show' }
  | { readonly kind: 'setting value'; readonly name: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'constraint' }
  | { readonly kind: 'routine'; readonly procedures: boolean }
  | { readonly kind: 'keywords'; readonly words: readonly string[] }
  | {
      readonly kind: 'column list';
      readonly table: QualifiedName | undefined;
      readonly taken: readonly string[];
      readonly use: 'insert' | 'conflict' | 'update' | 'index' | 'one' | 'expression';
      /** Columns that the statement itself defines. */
      readonly names?: readonly string[];
    };

/** `query` if the text is a query, or nothing that is known here. */
export function utilitySpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
  switch (tokens.lower(0)) {
    case 'set':
    case 'show':
    case 'reset':
      return settingSpot(tokens, at, tokens.is(0, 'set') ? 1 : 0);
    case 'alter':
      return alterSpot(tokens, at);
    case 'create':
      return createSpot(tokens, at);
    case 'drop':
      if (at === 1) return { kind: 'keywords', words: OBJECTS };
      if (isIndexPlace(tokens, at)) return { kind: 'index' };
      if (/^(?:function|procedure)$/.test(plainHead(tokens, at, 1)))
        return { kind: 'routine', procedures: tokens.is(1, 'procedure') };
      return relationSpot(tokens, at);
    case 'reindex':
      return isIndexPlace(tokens, at) ? { kind: 'index' } : relationSpot(tokens, at);
    case 'refresh':
    case 'truncate':
    case 'lock':
    case 'analyze':
    case 'vacuum':
    case 'cluster':
    case 'comment':
      return relationSpot(tokens, at);
    case 'copy':
      return tokens.is(1, '(') ? 'query' : copySpot(tokens, at);
    case 'explain':
      return explainSpot(tokens, at);
    case 'call':
      return at === 1 ? { kind: 'routine', procedures: true } : 'query';
    case 'grant':
    case 'revoke':
      return tokens.is(at - 1, 'on', 'table') ? { kind: 'relation', use: 'ddl' } : undefined;
    default:
      return 'query';
  }
}

/** Before the statement that is explained. */
function explainSpot(tokens: CursorTokens, at: number): UtilitySpot | undefined | 'query' {
  for (let i = 1; i < at; i = tokens.after(i)) if (beginsQuery(tokens, i)) return 'query';
  if (tokens.parent(at) >= 0)
    return {
      kind: 'keywords',
      words: ['analyze', 'buffers', 'verbose', 'settings', 'wal', 'costs off', 'format json'],
    };
  const options = at === 1 ? ['analyze', '(analyze, buffers)'] : [];
  return { kind: 'keywords', words: ['select', 'with', 'insert into', 'update', 'delete from', ...options] };
}

function copySpot(tokens: CursorTokens, at: number): UtilitySpot | undefined {
  const table = tableAt(tokens, 1);
  if (at === 1 || !table) return { kind: 'relation', use: 'ddl' };
  if (tokens.parent(at) === table.end) return { kind: 'column list', table: table.name, taken: [], use: 'insert' };
  return undefined;
}

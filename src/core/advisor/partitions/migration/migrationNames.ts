import { MAX_NAME_BYTES, quoteQualified } from '../../../sql/identifiers';
import { cutToUtf8, utf8Length } from '../../../base/utf8';
import type { TableDefinition } from '../tableDefinition';

/** Names of all that a migration makes, none of them in use. Bare, in the table's own schema. */
export interface MigrationNames {
  /** The partitioned table until the swap. */
  readonly next: string;
  /** The old table after the swap. */
  readonly old: string;
  /** Keys of rows that were changed. */
  readonly changes: string;
  /** How far the copy is. */
  readonly state: string;
  readonly record: string;
  readonly copy: string;
  readonly apply: string;
  readonly applyBack: string;
  /** Of each partition, in the order of the pieces. */
  readonly partitions: readonly string[];
  /** Of indexes and sequences that get their own name at the swap. */
  readonly renamed: readonly Renamed[];
}

/** Something of the old table whose name the new table's counterpart takes at the swap. */
export interface Renamed {
  readonly kind: 'index' | 'sequence' | 'statistics';
  readonly schema: string;
  readonly name: string;
  /** Of the new counterpart before the swap. */
  readonly before: string;
  /** Of the old one after it. */
  readonly after: string;
}

/** Chooses names; {@link TableDefinition.takenNames} says which are in use. */
export function migrationNames(table: TableDefinition, suffixes: readonly string[]): MigrationNames {
  const taken = new Set(table.takenNames);
  const free = (base: string, suffix: string): string => takeName(taken, base, suffix);
  const { name } = table;
  return {
    next: free(name, '_partitioned'),
    old: free(name, '_unpartitioned'),
    changes: free(name, '_changed_keys'),
    state: free(name, '_copy_state'),
    record: free(name, '_record_change'),
    copy: free(name, '_copy_rows'),
    apply: free(name, '_apply_changes'),
    applyBack: free(name, '_apply_back'),
    partitions: suffixes.map(suffix => free(name, `_${suffix}`)),
    renamed: renamedOf(table).map(each => ({
      ...each,
      before: free(each.name, '_new'),
      after: free(each.name, '_old'),
    })),
  };
}

function renamedOf(table: TableDefinition): Omit<Renamed, 'before' | 'after'>[] {
  const { schema } = table;
  return [
    ...table.constraints.flatMap(({ index }) => (index ? [{ kind: 'index' as const, schema, name: index.name }] : [])),
    ...table.indexes.filter(each => each.valid).map(({ name }) => ({ kind: 'index' as const, schema, name })),
    ...table.sequences
      .filter(each => each.isIdentity)
      .map(each => ({ kind: 'sequence' as const, schema: each.schema, name: each.name })),
    ...table.statistics.map(each => ({ kind: 'statistics' as const, schema: each.schema, name: each.name })),
  ];
}

/** The name that a counterpart has until the swap. */
export function nameBefore(names: MigrationNames, kind: Renamed['kind'], name: string): string {
  return names.renamed.find(each => each.kind === kind && each.name === name)?.before ?? name;
}

/** `base` and `suffix` within the bytes of a name, with a number between them if that is in use. */
function takeName(taken: Set<string>, base: string, suffix: string): string {
  for (let i = 1; ; i++) {
    const end = i === 1 ? suffix : `${suffix}${i}`;
    const name = cutToUtf8(base, MAX_NAME_BYTES - utf8Length(end)) + end;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** Quotes names of the table's schema. */
export function qualifier(table: TableDefinition): (name: string) => string {
  return name => quoteQualified(table.schema, name);
}

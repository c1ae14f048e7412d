import { cutToUtf8, utf8Length } from '../../base/utf8';
import { identifierOf, MAX_NAME_BYTES } from '../../sql/identifiers';
import type { QualifiedName, SchemaDraft } from './schemaDraft';

/** `name1_name2_label`, the longer of the names cut until it fits, as the server makes up names. */
export function makeObjectName(name1: string, name2: string | undefined, label: string): string {
  const available = MAX_NAME_BYTES - utf8Length(label) - 1 - (name2 === undefined ? 0 : 1);
  let length1 = utf8Length(name1);
  let length2 = name2 === undefined ? 0 : utf8Length(name2);
  while (length1 + length2 > available) {
    if (length1 > length2) length1--;
    else length2--;
  }
  const first = cutToUtf8(name1, length1);
  return name2 === undefined ? `${first}_${label}` : `${first}_${cutToUtf8(name2, length2)}_${label}`;
}

/** A free name for an index or a sequence. The index of a constraint must not be named like another constraint. */
export function chooseRelationName(
  draft: SchemaDraft,
  { schema, name }: QualifiedName,
  name2: string | undefined,
  label: string,
  isConstraint: boolean,
): string {
  return firstFree(label, tried => {
    const found = makeObjectName(name, name2, tried);
    const isTaken =
      draft.isNameTaken({ schema, name: found }) ||
      (isConstraint && draft.isConstraintNameTaken({ schema, name: found }));
    return isTaken ? undefined : found;
  });
}

/** A free name for a constraint without an index. */
export function chooseConstraintName(
  draft: SchemaDraft,
  { schema, name }: QualifiedName,
  name2: string | undefined,
  label: string,
): string {
  return firstFree(label, tried => {
    const found = makeObjectName(name, name2, tried);
    return draft.isConstraintNameTaken({ schema, name: found }) ? undefined : found;
  });
}

function firstFree(label: string, name: (label: string) => string | undefined): string {
  for (let pass = 0; ; pass++) {
    const found = name(pass === 0 ? label : `${label}${pass}`);
    if (found !== undefined) return found;
  }
}

/** Column names in the name of an index or a foreign key: joined until they are long enough. */
export function joinColumnNames(columns: readonly string[]): string {
  let joined = '';
  for (const column of columns) {
    joined += joined === '' ? column : `_${column}`;
    if (utf8Length(joined) >= MAX_NAME_BYTES + 1) break;
  }
  return cutToUtf8(joined, MAX_NAME_BYTES);
}

/** Names of an index's columns: the same name twice gets a number. */
export function indexColumnNames(names: readonly (string | undefined)[]): string[] {
  const chosen: string[] = [];
  for (const name of names) {
    const base = name ?? 'expr';
    let unique = base;
    for (let number = 1; chosen.includes(unique); number++) unique = `${base}${number}`;
    chosen.push(unique);
  }
  return chosen;
}

/** The name of an index column, as far as the key's text tells. */
export function columnNameOfKey(key: string): string | undefined {
  if (/^(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)$/u.test(key)) return identifierOf(key);
  return /^(?:[\w$]+\.)*([\w$]+)\(/.exec(key)?.[1]?.toLowerCase();
}

import type { SourceRange } from '../../../src/core/base/sourceRange';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { Script } from '../../../src/core/sql/script';
import { catalogOf } from '../../rules/lintText';

export const SCHEMA = `
  create table site (id int primary key, name text not null);
  create table camera (id int primary key, site_id int references site, name text not null, "Serial No" text);
  create table counting_results (id bigint primary key, camera_id int, counted_at timestamptz not null, n int);`;

/** A document with the cursor where its text has a `|`. */
export interface AtCursor {
  readonly script: Script;
  readonly text: string;
  readonly offset: number;
}

export async function atCursor(marked: string): Promise<AtCursor> {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  return { script: new Script(await loadGrammar(), text), text, offset };
}

/** The text with `[` and `]` around each range. */
export function mark(text: string, ranges: readonly SourceRange[]): string {
  return [...ranges]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (marked, { start, end }) => `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`,
      text,
    );
}

export const schemaCatalog = (): Promise<Catalog> => catalogOf(SCHEMA);

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the guides lie beside the repository; they are no part of it. */
export const GUIDES_FOLDER = path.join(__dirname, '../../../../../shared/guides');

/** A guide with everything blanked but its SQL, so that offsets and line numbers stay those of the guide. */
export interface GuideText {
  /** `000` ... `004`. */
  readonly guide: string;
  readonly sql: string;
  /** The tables it takes for granted. */
  readonly schema: string;
}

/** The guides, or nothing when they are not here. */
export function readGuides(): GuideText[] {
  if (!existsSync(GUIDES_FOLDER)) return [];
  return readdirSync(GUIDES_FOLDER)
    .filter(file => /^\d{3}_.*\.txt$/.test(file))
    .sort()
    .map(file => ({
      guide: file.slice(0, 3),
      sql: onlySql(readFileSync(path.join(GUIDES_FOLDER, file), 'utf8')),
      schema: readFileSync(path.join(GUIDES_FOLDER, 'schemas', `schema_${file.slice(0, 3)}.sql`), 'utf8'),
    }));
}

/** Keeps ```sql fences, SQL strings of ```python fences and `queries` of Markdown tables; a semicolon ends each. */
function onlySql(text: string): string {
  const kept: string[] = [];
  let language: string | undefined;
  let python = '';
  for (const line of text.replace(/\r/g, '').split('\n')) {
    const fence = /^```(\w*)/.exec(line);
    if (fence) {
      if (language === 'python') kept.push(...sqlStrings(python).split('\n'));
      python = '';
      // The end of a block that forgot its semicolon.
      kept.push(language === 'sql' ? ';' : '');
      if (language === 'python') kept.splice(kept.length - 2, 1);
      language = language === undefined ? fence[1] : undefined;
    } else if (language === 'python') python += `${line}\n`;
    else if (language === 'sql') kept.push(line);
    else kept.push(language === undefined ? tableQuery(line) : '');
  }
  return kept.join('\n');
}

/** The statements in triple-quoted strings of Python, everything else blank. */
function sqlStrings(python: string): string {
  let sql = python.replace(/[^\n]/g, ' ');
  for (const match of python.matchAll(/"""(\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b[\s\S]*?)"""/g)) {
    const start = match.index + 3;
    const statement = match[1] ?? '';
    sql = `${sql.slice(0, start)}${statement};${sql.slice(start + statement.length + 1)}`;
  }
  return sql;
}

function tableQuery(line: string): string {
  const found = /^\|.*`(SELECT [^`]*)`.*\|$/.exec(line);
  if (!found) return '';
  const start = line.indexOf('`SELECT') + 1;
  return `${' '.repeat(start)}${found[1] ?? ''};`;
}

import type { Catalog } from '../../catalog/catalog';
import { findRoutines } from '../../catalog/catalog';
import type { Edit } from '../../rules/finding';
import type { NodeFields } from '../../rules/nodeIndex';
import { contains, functionName, list } from '../../rules/support/expressions';
import { TokenKind, tokenize } from '../../sql/lexer';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { FoundRewrite, RewriteContext } from './rewrite';
import { defineRewrite, needsChecking } from './rewrite';
import { commentsIn } from './support/comments';
import { isBuiltIn } from './support/steady';

export const insertsToOne = defineRewrite({
  id: 'inserts-to-one',
  title: 'Insert all rows with one statement',
  why: 'Each statement is sent, parsed and planned by itself, and outside a transaction waits for its own commit. One INSERT of many rows does that once.',
  guideline: { guide: '004', section: 'Best Practices Summary' },
  nodes: ['InsertStmt'],
  find: context => runOf(context) ?? [],
});

/** Ours: a statement much longer than this is unpleasant to read and to correct. */
const MOST_ROWS = 1000;

function runOf(context: RewriteContext): FoundRewrite[] | undefined {
  const { statement, catalog, before } = context;
  const first = readInsert(statement, catalog);
  if (!first) return undefined;
  const previous = before && isPlainGap(before.between) ? readInsert(before.statement, catalog) : undefined;
  // Offered at the first of them.
  if (previous?.head === first.head) return undefined;
  const edits: Edit[] = [];
  let end = statement.text.length;
  for (const next of context.following()) {
    const insert = isPlainGap(next.between) ? readInsert(next.statement, catalog) : undefined;
    if (insert?.head !== first.head || edits.length + 1 >= MOST_ROWS) break;
    edits.push({ range: { start: end, end: next.start + insert.row }, newText: ',\n  ' });
    end = next.start + next.statement.text.length;
  }
  if (edits.length === 0) return undefined;
  return [
    {
      title: `Insert these ${edits.length + 1} rows with one statement`,
      range: { start: 0, end },
      edits,
      equality: needsChecking(
        'if one row is refused, none is inserted; outside a transaction the rows before it now stay',
        'triggers for each statement run once and no longer for each row',
      ),
    },
  ];
}

interface Insert {
  /** `INSERT INTO t (a, b) VALUES`, with keywords and names in one spelling. */
  readonly head: string;
  /** Where its one row begins. */
  readonly row: number;
}

const OTHER_CLAUSES = ['onConflictClause', 'returningList', 'returningClause', 'withClause'];

/** An INSERT of one row of VALUES that sees nothing of the rows before it. */
function readInsert(statement: ParsedStatement, catalog: Catalog | undefined): Insert | undefined {
  const insert = statement.kind === 'InsertStmt' ? unwrap(statement.tree)?.fields : undefined;
  const query = unwrap(insert?.selectStmt)?.fields;
  if (!insert || !query || statement.placeholders.length > 0) return undefined;
  if (OTHER_CLAUSES.some(name => insert[name] !== undefined)) return undefined;
  if (list(query.valuesLists).length !== 1 || contains(query, (type, fields) => maySeeRows(type, fields, catalog)))
    return undefined;
  const { text } = statement;
  const { kinds, starts, ends } = tokenize(text, { comments: false });
  const words = kinds.map((kind, i) => {
    const token = text.slice(starts[i], ends[i]);
    return kind === TokenKind.word ? token.toLowerCase() : token;
  });
  const values = words.indexOf('values');
  const row = starts[values + 1];
  if (values < 0 || row === undefined || commentsIn(text, { start: 0, end: row }).length > 0) return undefined;
  return { head: words.slice(0, values + 1).join(' '), row };
}

/** A subquery may read the table, `currval` the sequence of the row before, a function of users anything. */
function maySeeRows(type: string, fields: NodeFields, catalog: Catalog | undefined): boolean {
  if (type === 'SubLink') return true;
  if (type !== 'FuncCall') return false;
  const name = functionName(fields) ?? '';
  return !isBuiltIn(name) || /^(?:currval|lastval|.*_to_xml)$/.test(name) || isOwn(name, catalog);
}

function isOwn(name: string, catalog: Catalog | undefined): boolean {
  return catalog !== undefined && findRoutines(catalog, name).length > 0;
}

/** A semicolon and blanks: no comment, no command of psql. */
function isPlainGap(between: string): boolean {
  return /^\s*;\s*$/.test(between);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { splitStatements } from '../../../src/core/sql/splitter';
import type { ParseNode, ParsedStatement } from '../../../src/core/sql/statement';
import { unwrap, walk } from '../../../src/core/sql/walk';

const EXPRESSIONS = new Set(
  `ColumnRef ParamRef A_Const TypeCast FuncCall A_Expr BoolExpr NullTest BooleanTest SubLink CaseExpr CoalesceExpr
  MinMaxExpr GroupingFunc SQLValueFunction A_ArrayExpr RowExpr CollateClause A_Indirection XmlExpr XmlSerialize
  JsonFuncExpr JsonObjectConstructor JsonArrayConstructor JsonArrayQueryConstructor JsonParseExpr JsonScalarExpr
  JsonSerializeExpr JsonObjectAgg JsonArrayAgg JsonIsPredicate SelectStmt`.split(/\s+/),
);
const PLACES = new Set(['location', 'list_start', 'list_end', 'rexpr_list_start', 'rexpr_list_end']);

/** The tree as text, without places. */
function shape(node: unknown): string {
  return JSON.stringify(node, (key, value: unknown) => (PLACES.has(key) ? undefined : value));
}

describe('core/sql/nodeRanges', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  /** The text of every node of the type, in the order of the walk. */
  function texts(sql: string, wanted: string): (string | undefined)[] {
    const statement = parseStatement(grammar, sql);
    assert.equal(statement.syntaxError, undefined);
    const found: (string | undefined)[] = [];
    walk(statement.tree, (type, fields) => {
      if (type === wanted) found.push(textOf(statement, type, fields));
    });
    return found;
  }

  function textOf(statement: ParsedStatement, type: string, fields: object): string | undefined {
    const range = statement.rangeOf(type, fields);
    return range && statement.text.slice(range.start, range.end);
  }

  /** The node that the text alone gives, as a query or as a value in a SELECT list. */
  function readAlone(type: string, text: string): unknown {
    const isValue = type !== 'SelectStmt';
    const { statements } = grammar.parse(
      type === 'ColumnRef'
        ? `select ${text}`
        : isValue
          ? `select (${text.startsWith('[') ? 'array' : ''}${text}\n)`
          : text,
    );
    const root = unwrap(statements?.[0]?.tree)?.fields;
    if (!isValue || !root) return root;
    const target = unwrap((root['targetList'] as ParseNode[] | undefined)?.[0])?.fields;
    const value = unwrap(target?.['val']);
    // The tree of `a NOT IN (...)` is NOT above `a IN (...)`, and both have the same text.
    const isNegated = value?.type === 'BoolExpr' && type !== 'BoolExpr' && value.fields['boolop'] === 'NOT_EXPR';
    return isNegated ? unwrap((value.fields['args'] as ParseNode[])[0])?.fields : value?.fields;
  }

  /** Nodes the grammar adds without a text: the star of TABLE, the field of EXTRACT, the call around a LIKE pattern. */
  function isWritten(type: string, fields: Record<string, unknown>, text: string | undefined): boolean {
    if (text === undefined && (type === 'A_Const' || type === 'ColumnRef')) return fields['location'] !== -1;
    if (type === 'A_Const' && text !== undefined && /^[a-z]+$/.test(text)) return /^(?:true|false|null)$/.test(text);
    return !shape(fields['funcname'] ?? '').includes('_escape"');
  }

  const script = readFileSync(join(__dirname, 'fixtures/expressions.sql'), 'utf8');
  for (const { start, end } of splitStatements(script)) {
    const sql = script.slice(start, end);
    it(`every expression's text is that expression: ${sql.slice(0, 60).replace(/\s+/g, ' ')}`, () => {
      const statement = parseStatement(grammar, sql);
      assert.equal(statement.syntaxError, undefined);
      const wrong: string[] = [];
      walk(statement.tree, (type, fields) => {
        if (!EXPRESSIONS.has(type)) return;
        const text = textOf(statement, type, fields);
        if (!isWritten(type, fields, text)) return;
        if (text === undefined || shape(readAlone(type, text)) !== shape(fields)) wrong.push(`${type}: ${text}`);
      });
      assert.deepEqual(wrong, []);
    });
  }

  const cases: [sql: string, type: string, expected: string[]][] = [
    ['select a from b where ((a + 1) = 2)', 'A_Expr', ['(a + 1) = 2', 'a + 1']],
    ['select x from s.t as u (a, b) join only v on true', 'RangeVar', ['s.t as u (a, b)', 'v']],
    ['select a in (select b from c where (d)) from e', 'SubLink', ['a in (select b from c where (d))']],
    [
      'with a as (select 1) delete from t where b returning c',
      'DeleteStmt',
      ['with a as (select 1) delete from t where b returning c'],
    ],
    ['select a from t order by b desc limit 1', 'SelectStmt', ['select a from t order by b desc limit 1']],
    ['select a::timestamp with time zone', 'TypeName', ['timestamp with time zone']],
    ["select 'ü', größe + 1", 'A_Expr', ['größe + 1']],
  ];
  for (const [sql, type, expected] of cases) {
    it(`${type} in ${sql}`, () => assert.deepEqual(texts(sql, type), expected));
  }

  it('gives nothing for a chain too deep to follow, or its range', () => {
    const statement = parseStatement(grammar, `select 1${' + 1'.repeat(3000)}`);
    walk(statement.tree, (type, fields) => {
      if (type === 'A_Expr') statement.rangeOf(type, fields);
      return type === 'A_Expr' ? false : undefined;
    });
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { astVisitor, parseFirst } from 'pgsql-ast-parser';
import { RULES } from '../../../src/core/rules/registry';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { namesOf } from '../../../src/core/sql/names/namesOf';
import { parseStatement } from '../../../src/core/sql/parseStatement';
import { Script } from '../../../src/core/sql/script';

interface Names {
  readonly tables: readonly string[];
  readonly columns: readonly string[];
}

describe('core/sql/names against a second parser', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  it('finds the same tables and columns', function () {
    this.timeout(60_000);
    const differences: string[] = [];
    let compared = 0;
    for (const sql of corpus(grammar)) {
      const theirs = namesOfSecondParser(sql);
      if (!theirs) continue;
      compared++;
      const ours = ownNames(grammar, sql);
      if (!isSame(ours, theirs)) differences.push(JSON.stringify({ sql, ours, theirs }));
    }
    assert.deepEqual(differences, []);
    assert.ok(compared >= 300, `only ${compared} statements compared`);
  });
});

/** The second parser reads most of them, not all. */
const CORPUS_SIZE = 400;

function isSame(a: Names, b: Names): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function corpus(grammar: Grammar): string[] {
  const fixtures = join(__dirname, 'fixtures/expressions.sql');
  const workspace = join(__dirname, '../../workspace');
  const texts = [
    ...RULES.flatMap(rule => rule.examples.map(example => ('bad' in example ? example.bad : example.good))),
    ...[fixtures, join(workspace, 'queries.sql'), join(workspace, 'setup.sql')].map(file => readFileSync(file, 'utf8')),
  ];
  const statements = texts.flatMap(text => new Script(grammar, text).statements.map(({ statement }) => statement));
  const queries = statements.filter(
    ({ kind, syntaxError }) => !syntaxError && /^(?:Select|Insert|Update|Delete)Stmt$/.test(kind ?? ''),
  );
  const distinct = [...new Set(queries.map(({ text }) => text))];
  // The second parser is slow, and the rules grow: a part of them, spread evenly, is enough.
  const step = Math.max(1, Math.floor(distinct.length / CORPUS_SIZE));
  return distinct.filter((_, i) => i % step === 0);
}

function ownNames(grammar: Grammar, sql: string): Names {
  const names = namesOf(parseStatement(grammar, sql));
  return {
    tables: sorted(names.relations.filter(({ cte }) => !cte).map(({ schema, name }) => dotted(schema, name))),
    columns: sorted([
      ...[...names.columns.values()].map(({ parts, star }) => [...parts, ...(star ? ['*'] : [])].join('.')),
      // The second parser reads the columns of ON CONFLICT as expressions.
      ...names.targets.filter(({ node }) => node.type === 'IndexElem').map(({ name }) => name),
    ]),
  };
}

/** Undefined if it cannot read the statement. */
function namesOfSecondParser(sql: string): Names | undefined {
  const tables: string[] = [];
  const columns: string[] = [];
  const ctes = new Set<string>();
  try {
    astVisitor(visitor => ({
      with: statement => {
        for (const { alias } of statement.bind) ctes.add(alias.name);
        visitor.super().with(statement);
      },
      withRecursive: statement => {
        ctes.add(statement.alias.name);
        visitor.super().withRecursive(statement);
      },
      call: call => {
        // The star of count(*) stands for no column, and their visitor does not look into OVER.
        const isCountStar = call.args.some(arg => arg.type === 'ref' && arg.name === '*' && !arg.table);
        if (!isCountStar) visitor.super().call(call);
        else if (call.filter) visitor.expr(call.filter);
        for (const key of call.over?.partitionBy ?? []) visitor.expr(key);
        for (const key of call.over?.orderBy ?? []) visitor.expr(key.by);
      },
      tableRef: ref => {
        tables.push(dotted(ref.schema, ref.name));
        visitor.super().tableRef(ref);
      },
      ref: ref => {
        columns.push([ref.table?.schema, ref.table?.name, ref.name].filter(part => part !== undefined).join('.'));
        visitor.super().ref(ref);
      },
    })).statement(parseFirst(sql));
  } catch {
    return undefined;
  }
  // A name of WITH is no table; their visitor tells only some of them apart.
  return { tables: sorted(tables.filter(name => !ctes.has(name))), columns: sorted(columns) };
}

function dotted(schema: string | undefined, name: string): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findNodeSources } from '../../src/core/plan/nodeSources';
import { parsePlan } from '../../src/core/plan/parsePlan';
import type { PlanNode, PlanTree } from '../../src/core/plan/planTree';
import { loadGrammar, type Grammar } from '../../src/core/sql/grammar';
import { bindParameters } from '../../src/core/sql/parameters';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { Script } from '../../src/core/sql/script';
import type { ParsedStatement } from '../../src/core/sql/statement';
import { describeType } from '../../src/protocol/nodeView';
import { CASES, SETTINGS, SETUP } from './nodeSourcesCases';
import { onEachServer, type TestServer } from './servers';

/** Nodes that no part of a statement asks for. */
const PASSIVE = /^(?:Hash|Gather|Gather Merge|Materialize|Memoize|Result|ProjectSet)$/;

async function planOf(
  server: TestServer,
  statement: ParsedStatement,
  settings: Readonly<Record<string, string>> = {},
): Promise<PlanTree> {
  const { sql } = bindParameters(statement);
  const request = { sql, analyze: false, parameters: [], writes: statement.writes, settings };
  const [tree] = parsePlan((await server.db.explain(request)).plan);
  assert.ok(tree);
  return tree;
}

/** Each node with the parts it comes from. */
function partsOf(statement: ParsedStatement, tree: PlanTree): { node: PlanNode; parts: string[] }[] {
  const found = findNodeSources(statement, tree);
  return tree.nodes.map(node => ({
    node,
    parts: (found.get(node.id) ?? []).map(({ start, end }) => statement.text.slice(start, end)),
  }));
}

describe('core/plan/nodeSources on real servers', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  onEachServer(SETUP, server => {
    for (const { sql, settings, since = 0, nodes } of CASES) {
      it(sql, async function () {
        if (server().major < since) {
          console.warn(`      skipped: new in PostgreSQL ${since}`);
          this.skip();
        }
        const statement = parseStatement(grammar, sql);
        const tree = await planOf(server(), statement, { ...SETTINGS, ...settings });
        const all = partsOf(statement, tree);
        const shape = tree.nodes.map(node => `${'  '.repeat(node.depth)}${describeType(node)} ${node.alias ?? ''}`);
        for (const [wanted, parts] of Object.entries(nodes)) {
          const found =
            all.find(({ node }) => node.alias === wanted && !/^(?:ModifyTable)$/.test(node.nodeType)) ??
            all.find(({ node }) => node.subplanName === wanted || node.subplanName?.startsWith(`${wanted} (`)) ??
            all.find(({ node }) => describeType(node) === wanted);
          assert.ok(found, `${wanted} is not in\n${shape.join('\n')}`);
          assert.equal(found.parts.join(' | ') || '-', parts, `${wanted} in\n${shape.join('\n')}`);
        }
      });
    }

    it('finds a part for nearly every node that one asks for', async () => {
      const own = CASES.filter(({ since = 0 }) => since <= server().major).map(({ sql }) => sql);
      const missing: string[] = [];
      let count = 0;
      for (const sql of own) {
        const statement = parseStatement(grammar, sql);
        for (const { node, parts } of partsOf(statement, await planOf(server(), statement))) {
          if (PASSIVE.test(node.nodeType)) continue;
          count++;
          if (parts.length === 0) missing.push(`${describeType(node)} of ${sql}`);
        }
      }
      assert.ok(missing.length / count < 0.06, `${missing.length} of ${count}:\n${missing.join('\n')}`);
    });
  });
});

describe('core/plan/nodeSources on the sample workspace', () => {
  const folder = path.join(__dirname, '../workspace');
  const schema = readFileSync(path.join(folder, 'setup.sql'), 'utf8').replace(/^(?:INSERT|VACUUM|ANALYZE)[^;]*;/gm, '');

  onEachServer(schema, server => {
    it('leaves no scan without its table', async () => {
      const grammar = await loadGrammar();
      const script = new Script(grammar, readFileSync(path.join(folder, 'queries.sql'), 'utf8'));
      assert.ok(script.statements.length > 5);
      for (const { statement } of script.statements) {
        for (const { node, parts } of partsOf(statement, await planOf(server(), statement))) {
          if (node.relation === undefined) continue;
          assert.ok(
            parts.some(part => part.startsWith(node.relation ?? '')),
            `${describeType(node)}: ${parts.join(' | ')}`,
          );
        }
      }
    });
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { DatabaseError } from '../../src/core/ports';
import type { Grammar } from '../../src/core/sql/grammar';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import type { LocatedStatement } from '../../src/core/sql/statement';
import { startEmbedded } from '../../src/database/embedded';
import type { EmbeddedServer } from '../../src/database/embedded';
import { installedMajors } from '../../src/database/embeddedBinaries';
import { resolveConnection } from '../../src/database/connectionSettings';
import { openSession } from '../../src/database/session';
import type { Session } from '../../src/database/session';

const FIXTURES = path.resolve(__dirname, '../unit/sql/fixtures');

/** The first place inside the body where we see a syntax error. */
function errorsOf({ statement }: LocatedStatement): string[] {
  return statement.inner.flatMap(({ range, statement: { syntaxError } }) =>
    syntaxError ? [`${syntaxError.message} (at ${range.start + syntaxError.range.start})`] : [],
  );
}

describe('core/sql/bodies against PostgreSQL', function () {
  this.timeout(60_000);
  let grammar: Grammar;
  let server: EmbeddedServer;
  let session: Session;
  const read = (file: string) => new Script(grammar, readFileSync(path.join(FIXTURES, file), 'utf8')).statements;
  /** What PostgreSQL says about the statement, undefined if it takes it. */
  const refusal = async ({ statement }: LocatedStatement): Promise<DatabaseError | undefined> => {
    try {
      await session.query(statement.text);
      return undefined;
    } catch (error) {
      return error as DatabaseError;
    }
  };

  before(async function () {
    if (installedMajors().length === 0) {
      if (process.env['CI']) throw new Error('no PostgreSQL is installed');
      console.warn('      skipped: no embedded PostgreSQL is installed');
      this.skip();
    }
    grammar = await loadGrammar();
    server = await startEmbedded();
    session = await openSession(await resolveConnection({ url: server.url, env: {}, cwd: '/' }));
  });
  after(async () => {
    await session?.end();
    await server?.stop();
  });

  it('reports nothing in bodies the server accepts', async () => {
    const statements = read('bodies.sql');
    assert.ok(statements.filter(({ statement }) => statement.inner.length > 0).length > 60);
    for (const located of statements) {
      assert.equal((await refusal(located))?.message, undefined, located.statement.text);
      assert.deepEqual(errorsOf(located), [], located.statement.text);
    }
  });

  it('reports the mistakes the server finds, once', async () => {
    for (const located of read('brokenBodies.sql')) {
      const error = await refusal(located);
      assert.equal(error?.sqlState, '42601', located.statement.text);
      assert.equal(errorsOf(located).length, 1, `${located.statement.text}\n${errorsOf(located).join('\n')}`);
    }
  });
});

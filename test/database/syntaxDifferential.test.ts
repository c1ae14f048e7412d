import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, DatabaseError } from 'pg';
import { lintScript } from '../../src/core/rules/linter';
import { typedLiteralWithParameter } from '../../src/core/rules/query/typedLiteralWithParameter';
import { RULES } from '../../src/core/rules/registry';
import type { Grammar } from '../../src/core/sql/grammar';
import { loadGrammar } from '../../src/core/sql/grammar';
import { tokenize } from '../../src/core/sql/lexer';
import { parseStatement } from '../../src/core/sql/parseStatement';
import { Script } from '../../src/core/sql/script';
import { onEachServer } from './servers';
import { randomNumbers } from '../support/randomNumbers';

const ROOT = path.resolve(__dirname, '../..');
/** The performance guides, when they lie beside the repository. */
const GUIDES = path.resolve(ROOT, '../shared/guides');

/** What is refused behind the parser: in_failed_sql_transaction, and ROLLBACK TO an unknown savepoint. */
const RAN_INTO: ReadonlySet<string> = new Set(['25P02', '3B001']);

/** Asks a server whether its parser takes a statement, without running it. */
class ServerParser {
  private constructor(private readonly client: Client) {}

  static async connect(url: string): Promise<ServerParser> {
    const client = new Client({ connectionString: url });
    // the server is stopped first
    client.on('error', () => undefined);
    await client.connect();
    const parser = new ServerParser(client);
    await parser.enterFailedTransaction();
    return parser;
  }

  /**
   * In a transaction that has failed the server still parses what it is sent, and then refuses to run it, with an
   * error of its own. So another error is the parser's.
   */
  async accepts(sql: string): Promise<boolean> {
    try {
      await this.client.query(sql);
    } catch (error) {
      if (error instanceof DatabaseError && RAN_INTO.has(error.code ?? '')) return true;
      if (error instanceof DatabaseError && error.code !== undefined) return false;
      throw error;
    }
    // It ended the transaction: COMMIT and ROLLBACK are run even then.
    await this.enterFailedTransaction();
    return true;
  }

  private async enterFailedTransaction(): Promise<void> {
    await this.client.query('begin');
    await this.client.query('select 1/0').catch(() => undefined);
  }
}

/** Statements of a text that stand for themselves: no placeholder, no psql command, no rows of COPY. */
function plainStatements(grammar: Grammar, text: string): string[] {
  return new Script(grammar, text).statements.flatMap(({ statement }) => {
    const isPlain = statement.placeholders.every(({ style }) => style === 'dollar');
    return isPlain && !/^\s*copy\b|^\s*\\/im.test(statement.text) && !statement.text.includes('{%')
      ? [statement.text]
      : [];
  });
}

function corpus(grammar: Grammar): string[] {
  const examples = RULES.flatMap(rule =>
    rule.examples.map(example => [example.schema ?? '', 'bad' in example ? example.bad : example.good].join(';\n')),
  );
  const files = ['test/rules/cases', 'test/workspace', 'test/unit/sql/fixtures'].flatMap(folder =>
    sqlFiles(path.join(ROOT, folder)),
  );
  const texts = [...examples, ...files.map(file => readFileSync(file, 'utf8')), ...guideBlocks()];
  return [...new Set(texts.flatMap(text => plainStatements(grammar, text)))];
}

function sqlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.sql'))
    .map(file => path.join(folder, file));
}

/** The SQL fences of the guides; none when they are not there. */
function guideBlocks(): string[] {
  if (!existsSync(GUIDES)) return [];
  const guides = readdirSync(GUIDES).filter(file => /^\d{3}_.*\.txt$/.test(file));
  return guides.flatMap(file =>
    [...readFileSync(path.join(GUIDES, file), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g)].map(match => match[1]!),
  );
}

/**
 * What we call an error. The grammar takes a parameter where the server wants a string (`INTERVAL $1`), for pg_stat_statements
 * has such texts; a rule of its own marks those.
 */
function mistakeIn(grammar: Grammar, sql: string): string | undefined {
  const { syntaxError } = parseStatement(grammar, sql);
  if (syntaxError) return syntaxError.message;
  const found = lintScript(new Script(grammar, sql), { rules: [typedLiteralWithParameter] });
  return found.find(({ rule }) => rule === typedLiteralWithParameter.id)?.message;
}

/** A statement with a token left out, doubled, or exchanged with its neighbour. */
function damage(sql: string, random: (below: number) => number): string | undefined {
  const { starts, ends } = tokenize(sql, { comments: false });
  if (starts.length < 3) return undefined;
  const at = random(starts.length - 1);
  const token = (i: number): string => sql.slice(starts[i], ends[i]);
  const [before, after] = [sql.slice(0, starts[at]), sql.slice(ends[at])];
  switch (random(3)) {
    case 0:
      return before + after;
    case 1:
      return `${before}${token(at)} ${token(at)}${after}`;
    default:
      return `${before}${token(at + 1)}${sql.slice(ends[at], starts[at + 1])}${token(at)}${sql.slice(ends[at + 1])}`;
  }
}

const SEED = Number(process.env['QUERY_TUNER_FUZZ_SEED'] ?? 20_240);
const DAMAGED_PER_STATEMENT = 3;

describe('core/sql against the parser of PostgreSQL', function () {
  this.timeout(120_000);
  let grammar: Grammar;
  let statements: string[];
  before(async () => {
    grammar = await loadGrammar();
    statements = corpus(grammar);
    console.log(
      `      ${statements.length} statements; seed ${SEED}; guides ${existsSync(GUIDES) ? 'read' : 'not there'}`,
    );
  });

  const isPlain = (sql: string): boolean =>
    parseStatement(grammar, sql).placeholders.length === 0 && new Script(grammar, sql).statements.length === 1;

  onEachServer('select 1', server => {
    let parser: ServerParser;
    before(async () => {
      parser = await ServerParser.connect(server().url);
    });

    it('takes what the server takes, and marks what it refuses', async () => {
      assert.ok(statements.length > 1000, `${statements.length} statements`);
      const wrong: string[] = [];
      let accepted = 0;
      for (const sql of statements) {
        const theirs = await parser.accepts(sql);
        accepted += Number(theirs);
        const ours = mistakeIn(grammar, sql);
        // An older server does not know the syntax of newer ones.
        if (theirs ? ours !== undefined : !ours && server().major === 18)
          wrong.push(`${sql}\n  -> ${ours ?? 'no error'}`);
      }
      console.log(`        ${accepted} of ${statements.length} accepted`);
      assert.deepEqual(wrong, []);
    });

    it('tells damaged statements from sound ones as the server does', async function () {
      if (server().major !== 18) {
        console.log('        skipped: our grammar is that of PostgreSQL 18');
        this.skip();
      }
      const random = randomNumbers(SEED);
      const wrong: string[] = [];
      let refused = 0;
      let asked = 0;
      for (const sql of statements.filter(({ length }) => length < 5000)) {
        for (let i = 0; i < DAMAGED_PER_STATEMENT; i++) {
          const damaged = damage(sql, random);
          if (damaged === undefined || !isPlain(damaged)) continue;
          asked++;
          const theirs = await parser.accepts(damaged);
          refused += Number(!theirs);
          const ours = parseStatement(grammar, damaged).syntaxError;
          if (theirs === (ours !== undefined)) wrong.push(`${damaged}\n  -> ${ours?.message ?? 'no error'}`);
        }
      }
      console.log(`        ${asked} damaged statements, ${refused} refused`);
      assert.ok(refused > 500, `${refused} refused`);
      assert.deepEqual(wrong, []);
    });
  });
});

import assert from 'node:assert/strict';
import type pg from 'pg';
import type { ParsedStatement } from '../../src/core/sql/statement';
import type { FixCase, Source } from './ruleFixesCases';
import { otherFixes, parse, safeFixes, SOURCES } from './ruleFixesCases';
import { revealed } from './ruleFixesOrder';
import { fillTables } from './ruleFixesRows';
import type { Outcome, Values } from './ruleFixesRun';
import { constantsOf, difference, observe, valuesFor, withClient } from './ruleFixesRun';
import { onEachServer } from './servers';

/** Functions and roles that examples mention. */
const SETUP = `
  CREATE ROLE authenticated;
  CREATE SCHEMA auth;
  CREATE FUNCTION auth.uid() RETURNS uuid STABLE LANGUAGE sql AS 'SELECT current_setting(''app.tenant_id'')::uuid';
  GRANT USAGE ON SCHEMA auth TO authenticated;
  CREATE ROLE app;
  CREATE SCHEMA app;
  ALTER DATABASE postgres SET app.tenant_id = '00000000-0000-0000-0000-000000000001';
  CREATE EXTENSION pg_stat_statements;`;

/** Where a day begins and whether it has 24 hours depends on the zone. */
const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia'];

/** Rules whose fix gives what was meant and not what was written. */
const CHANGES_MEANING = new Set([
  'query/null-comparison',
  'query/not-in-subquery',
  'query/between-timestamps',
  'query/null-in-list',
  'query/inequalities-joined-by-or',
  'query/timestamp-equals-day',
  'join/count-star-over-left-join',
]);

/** A fix with `safe: true` says that the meaning stays: here both texts are run on tables full of odd values. */
describe('core/rules: fixes against PostgreSQL', function () {
  this.timeout(600_000);

  onEachServer(SETUP, server => {
    const tryAll = async (
      fixesOf: (source: Source, serverVersion: number) => Promise<FixCase[]>,
      judge: (client: pg.Client, fix: FixCase) => Promise<Verdict>,
    ): Promise<Tally> => {
      const tally = new Tally();
      await withClient(server().url, async client => {
        for (const source of SOURCES)
          for (const fix of await fixesOf(source, server().major * 10_000)) tally.count(fix, await judge(client, fix));
      });
      tally.print();
      return tally;
    };

    it('keeps what statements mean where a fix is safe', async () => {
      const { failures, compared } = await tryAll(safeFixes, compareFix);
      assert.deepEqual(failures, []);
      assert.ok(compared.size >= 150, `${compared.size} compared`);
    });

    it('would see that a fix changes what a statement means', async () => {
      let tried = 0;
      await withClient(server().url, async client => {
        for (const source of SOURCES.filter(({ rule }) => rule !== undefined && CHANGES_MEANING.has(rule.id))) {
          const [fix] = await otherFixes(source, server().major * 10_000);
          if (!fix) continue;
          tried++;
          const verdict = await compareFix(client, fix);
          assert.ok(typeof verdict === 'object' && 'failure' in verdict, `${fix.before}: ${JSON.stringify(verdict)}`);
        }
      });
      assert.ok(tried >= 10, `${tried} tried`);
    });

    it('gives statements that run where a fix is not safe', async () => {
      const { failures, compared } = await tryAll(otherFixes, runFix);
      assert.deepEqual(failures, []);
      assert.ok(compared.size >= 80, `${compared.size} ran`);
    });
  });
});

/** Two statements that find nothing are no more alike than any. */
const NO_ROWS = { skipped: 'no rows to compare' };

type Verdict = 'compared' | { readonly failure: string } | { readonly skipped: string };

class Tally {
  readonly failures: string[] = [];
  readonly compared = new Set<string>();
  private readonly skipped = new Map<string, string>();
  private readonly failed = new Set<string>();

  count({ rule, before, after, schema }: FixCase, verdict: Verdict): void {
    const key = `${rule}: ${before}`;
    if (verdict === 'compared') this.compared.add(key);
    else if ('skipped' in verdict) this.skipped.set(key, verdict.skipped);
    // One schema is enough to see what is wrong.
    else if (!this.failed.has(key)) {
      this.failed.add(key);
      this.failures.push(`${rule}: ${verdict.failure}\n${before}\n=> ${after}\n${schema}`);
    }
  }

  /** Nobody should think that what could not be run was compared. */
  print(): void {
    const skipped = [...this.skipped].filter(([key]) => !this.compared.has(key));
    const rules = [...this.compared].map(key => key.slice(0, key.indexOf(':')));
    const counts = [...new Set(rules)].map(rule => `${rule} ${rules.filter(each => each === rule).length}`);
    console.log(`        ${this.compared.size} texts compared (${counts.join(', ')}), ${skipped.length} not`);
    for (const [key, reason] of skipped) console.log(`          ${key.replaceAll('\n', ' ')} (${reason})`);
  }
}

async function compareFix(client: pg.Client, fix: FixCase): Promise<Verdict> {
  const before = await parse(fix.before);
  const after = await parse(fix.after);
  return withTables(client, fix, before, async mentioned => {
    const results = new Set<Verdict>();
    const writes = [...before, ...after].some(statement => statement.writes);
    for (const zone of fix.schema.includes('timestamptz') ? ZONES : ['UTC']) {
      await client.query(`SET LOCAL TimeZone = '${zone}'`);
      for (const values of await valuesFor(client, before, mentioned)) {
        const was = await observe(client, before, values, writes);
        const now = await observe(client, after, values, writes);
        const changed = difference(was, now);
        // What PostgreSQL refuses to look at has no meaning to keep.
        if (was.error && isRefusal(was.error)) results.add(now.error ? { skipped: was.error.message } : 'compared');
        else if (changed === undefined || (await isTie(client, before, after, values)))
          results.add(was.rows.length + was.state.length > 0 ? 'compared' : NO_ROWS);
        else return { failure: `${changed} (${words(values)} ${zone})` };
      }
    }
    return results.has('compared') ? 'compared' : ([...results][0] ?? { skipped: 'no values' });
  });
}

/** True if the rows differ only in which of those that tie comes first. */
async function isTie(
  client: pg.Client,
  before: readonly ParsedStatement[],
  after: readonly ParsedStatement[],
  values: Values,
): Promise<boolean> {
  const texts = [before, after].map(statements => (statements[0] ? revealed(statements[0]) : undefined));
  if (texts.includes(undefined) || before.length > 1) return false;
  const [was, now] = await Promise.all(texts.map(async text => observe(client, await parse(text!), values, false)));
  return was?.error === undefined && difference(was!, now!) === undefined;
}

async function runFix(client: pg.Client, fix: FixCase): Promise<Verdict> {
  const before = await parse(fix.before);
  const after = await parse(fix.after);
  if (before.some(({ kind }) => kind === 'AlterSystemStmt')) return runAlterSystem(client, after);
  return withTables(client, fix, before, async mentioned => {
    let verdict: Verdict = { skipped: 'no values' };
    for (const values of await valuesFor(client, before, mentioned)) {
      const was = await observe(client, before, values, false);
      const now = await observe(client, after, values, false);
      if (!was.error && now.error) return { failure: `fails now: ${now.error.message} (${words(values)})` };
      if (!now.error) verdict = 'compared';
      else if (verdict !== 'compared') verdict = { skipped: now.error.message };
    }
    return verdict;
  });
}

/** Refused in a transaction, and undone without one. */
async function runAlterSystem(client: pg.Client, statements: readonly ParsedStatement[]): Promise<Verdict> {
  try {
    for (const { text } of statements) await client.query(text);
    return 'compared';
  } catch (error) {
    return { failure: `fails now: ${String(error)}` };
  } finally {
    await client.query('ALTER SYSTEM RESET ALL');
  }
}

function words(values: Values): string {
  return [...values].map(([name, value]) => `${name} = ${value},`).join(' ');
}

/** Classes 42 and 0A: the statement was not understood or not allowed, whatever the rows. */
function isRefusal({ code }: NonNullable<Outcome['error']>): boolean {
  return /^(?:42|0A)/.test(code);
}

/** Runs work on the tables of a fix, filled, and drops them again. */
async function withTables(
  client: pg.Client,
  { schema }: FixCase,
  statements: readonly ParsedStatement[],
  work: (mentioned: readonly string[]) => Promise<Verdict>,
): Promise<Verdict> {
  if (statements.some(({ kind }) => kind === 'TransactionStmt')) return { skipped: 'a transaction of its own' };
  const mentioned = constantsOf(statements);
  await client.query('BEGIN');
  try {
    for (const name of new Set(schema.match(/\b(?!auth|public)\w+(?=\.\w+ *\()/g)))
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${name}`);
    await client.query(schema);
    await fillTables(client, mentioned);
  } catch (error) {
    await client.query('ROLLBACK');
    return { skipped: `no tables: ${String(error)}` };
  }
  try {
    return await work(mentioned);
  } finally {
    await client.query('ROLLBACK');
  }
}

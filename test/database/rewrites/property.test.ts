import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/core/catalog/catalog';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { verifyRewrite } from '../../../src/database/rewrites/verifyRewrite';
import { withClient } from '../ruleFixesRun';
import { onEachServer, type TestServer } from '../servers';
import { randomFrom } from './random';
import { fillTables, SCHEMA } from './schema';
import { STATEMENTS, type RewriteShape } from './shape';
import { SHAPES } from './shapes/index';
import { casesOf, judge, reallyDiffers, type Judgement, type RewriteCase } from './tryRewrites';

/** Printed with each run; another one tries other statements on other rows. */
const SEED = Number(process.env['REWRITE_SEED'] ?? 20241117);

/** Where a day begins and how long it is depends on the zone. */
const ZONES = ['UTC', 'America/New_York', 'UTC', 'Asia/Kolkata', 'UTC', 'Pacific/Apia', 'UTC', 'Europe/Berlin'];

/** The tables are filled anew so many times; each time a part of the statements is tried. */
const ROUNDS = 16;

/** On the oldest version every such statement is tried. */
const OLDEST_TAKES = 4;

/** So many pairs of a hundred are given to `verifyRewrite` too, which must find the same. */
const VERIFIED_PERCENT = 4;

/** What the rewrites decide by is how large tables are; these are small so that much can be compared. */
function asIfLarge(catalog: Catalog): Catalog {
  return {
    ...catalog,
    relations: catalog.relations.map(relation => ({
      ...relation,
      // Each customer has many orders.
      rowEstimate: relation.name === 'customers' ? 20_000 : 1_000_000,
      pages: 20_000,
    })),
  };
}

describe('rewrites on random rows', function () {
  this.timeout(600_000);

  onEachServer(SCHEMA, server => {
    it('keep the rows of every statement', async () => {
      const tally = await tryAll(server(), server().major < 18 ? OLDEST_TAKES : 1);
      tally.print(server().major);
      assert.deepEqual(tally.failures, []);
      assert.deepEqual(tally.missing(), [], 'rewrites that were never compared');
      assert.deepEqual(tally.unseen(), [], 'differences that apply and were never seen');
      if (server().major >= 18) assert.ok(tally.compared >= 2_000, `${tally.compared} compared`);
    });
  });
});

async function tryAll(server: TestServer, takes: number): Promise<Tally> {
  const tally = new Tally();
  const grammar = await loadGrammar();
  const rows = randomFrom(SEED);
  const verified = randomFrom(SEED + 1);
  const generators = new Map(SHAPES.map((shape, number) => [shape, randomFrom(SEED + 100 + number)]));
  await withClient(server.url, async client => {
    await server.run(fillTables(rows));
    const catalog = asIfLarge(await server.db.readCatalog());
    for (let round = 0; round < ROUNDS; round++) {
      if (round > 0) await server.run(fillTables(rows));
      const zone = ZONES[round % ZONES.length]!;
      await client.query(`SET TimeZone = '${zone}'`);
      for (const [shape, random] of generators) {
        const count = Math.ceil((shape.statements ?? STATEMENTS) / ROUNDS / takes);
        for (let number = 0; number < count; number++) {
          const generated = shape.generate(random);
          const statement = typeof generated === 'string' ? { sql: generated } : generated;
          for (const one of casesOf(shape, statement, grammar, catalog)) {
            const judgement = await judge(client, grammar, one);
            tally.count(one, judgement);
            if (judgement.kind === 'may differ') tally.countSeen(one, await reallyDiffers(client, grammar, one));
            if (zone === 'UTC' && verified.chance(VERIFIED_PERCENT)) await checkVerifier(server, tally, one, judgement);
          }
        }
      }
    }
  });
  return tally;
}

/** What is compared here and what the product compares must come to the same. */
async function checkVerifier(
  { db }: TestServer,
  tally: Tally,
  { original, rewritten, generated }: RewriteCase,
  judgement: Judgement,
): Promise<void> {
  if (judgement.kind !== 'equal') return;
  const values = Object.fromEntries((generated.parameters ?? []).map((value, at) => [String(at + 1), value]));
  const parameters = Object.keys(values).length > 0 ? [{ label: 'generated values', values }] : [];
  const rewrite = { original, rewritten, parameters };
  const { verdict, refusal, comparisons } = await verifyRewrite(db, rewrite, { runs: 0 }, new AbortController().signal);
  if (refusal !== undefined) return;
  tally.verified++;
  if (verdict === 'equal' || verdict === 'undetermined') return;
  tally.failures.push(`verifyRewrite says ${verdict}: ${JSON.stringify(comparisons)}\n${original}\n=> ${rewritten}`);
}

class Tally {
  readonly failures: string[] = [];
  verified = 0;
  private readonly counts = new Map<string, Map<Judgement['kind'], number>>();
  private readonly failed = new Set<string>();
  private readonly seen = new Map<string, number>();

  get compared(): number {
    return [...this.counts.values()].reduce((sum, kinds) => sum + (kinds.get('equal') ?? 0), 0);
  }

  count({ shape, rewrite, original, rewritten, generated }: RewriteCase, judgement: Judgement): void {
    const key = `${shape.title}: ${rewrite.id}`;
    const kinds = this.counts.get(key) ?? new Map<Judgement['kind'], number>();
    this.counts.set(key, kinds.set(judgement.kind, (kinds.get(judgement.kind) ?? 0) + 1));
    // One of a kind is enough to see what is wrong.
    if (judgement.kind !== 'failure' || this.failed.has(key)) return;
    this.failed.add(key);
    const { kind } = rewrite.equality;
    const parameters = generated.parameters ? ` with ${JSON.stringify(generated.parameters)}` : '';
    this.failures.push(`${key} (${kind}): ${judgement.reason}${parameters}\n${original}\n=> ${rewritten}`);
  }

  /** What a shape promises to try and did not. */
  missing(): string[] {
    return SHAPES.flatMap(shape =>
      shape.rewrites.flatMap(id => (this.comparedBy(shape, id) > 0 ? [] : `${shape.title}: ${id}`)),
    );
  }

  /** A difference that a rewrite names applies to the rows: did both forms differ? */
  countSeen({ shape, rewrite }: RewriteCase, differs: boolean): void {
    const key = `${shape.title}: ${rewrite.id}`;
    this.seen.set(key, (this.seen.get(key) ?? 0) + (differs ? 1 : 0));
  }

  /** Differences that always applied without one: whoever sees none there sees none anywhere. */
  unseen(): string[] {
    return [...this.seen].flatMap(([key, count]) => (count > 0 ? [] : key));
  }

  print(major: number): void {
    console.log(
      `        PostgreSQL ${major}, seed ${SEED}: ${this.compared} compared, ${this.verified} of them by verifyRewrite too`,
    );
    for (const [key, kinds] of this.counts) {
      const others = [...kinds].filter(([kind]) => kind !== 'equal').map(([kind, count]) => `${count} ${kind}`);
      const seen = this.seen.get(key);
      if (seen !== undefined) others.push(`${seen} did`);
      console.log(`          ${kinds.get('equal') ?? 0} ${key}${others.length > 0 ? ` (${others.join(', ')})` : ''}`);
    }
  }

  private comparedBy(shape: RewriteShape, id: string): number {
    return this.counts.get(`${shape.title}: ${id}`)?.get('equal') ?? 0;
  }
}

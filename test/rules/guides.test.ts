import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Catalog } from '../../src/core/catalog/catalog';
import type { Finding } from '../../src/core/rules/finding';
import { lintScript } from '../../src/core/rules/linter';
import { loadGrammar } from '../../src/core/sql/grammar';
import { Script } from '../../src/core/sql/script';
import { MISSED, REVIEWED } from './cases/guides/reviewed';
import { GUIDES_FOLDER, readGuides } from './cases/guides/readGuides';
import type { GuideText } from './cases/guides/readGuides';
import { TRAPS } from './cases/guides/traps';
import { catalogOf } from './lintText';

/** A finding with its place in the guide, and the lines of the statement it is in. */
interface PlacedFinding {
  readonly guide: string;
  readonly line: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly finding: Finding;
}

describe('the guides', () => {
  let findings: readonly PlacedFinding[] = [];

  before(async function () {
    const guides = readGuides();
    if (guides.length === 0) {
      console.warn(`      skipped: the guides are not in ${GUIDES_FOLDER}`);
      this.skip();
    }
    findings = (await Promise.all(guides.map(lintGuide))).flat();
  });

  it('have their known mistakes found', () => {
    const places = TRAPS.flatMap(trap => trap.places.split(' ').map(place => ({ trap, place })));
    const missed = places
      .filter(({ trap, place }) => !findings.some(found => isOf(found, place, trap.rules)))
      .map(({ trap, place }) => `${place} ${trap.name}`);
    console.log(`      ${places.length - missed.length} of ${places.length} places found`);
    for (const place of MISSED) if (!missed.includes(place)) console.log(`      found now, no longer missed: ${place}`);
    assert.deepEqual(
      missed.filter(place => !MISSED.includes(place)),
      [],
    );
  });

  it('have no error or warning that nobody looked at', () => {
    const serious = findings.filter(({ finding }) => finding.severity === 'error' || finding.severity === 'warning');
    const expected = serious.filter(isExpected);
    const others = [...new Set(serious.filter(found => !isExpected(found)).map(describeFinding))];
    console.log(
      `      ${serious.length} errors and warnings: ${expected.length} at known mistakes, ${others.length} at others`,
    );
    assert.deepEqual(
      others.filter(text => !REVIEWED.includes(text)),
      [],
    );
    assert.deepEqual(
      REVIEWED.filter(text => !others.includes(text)),
      [],
      'no longer reported, or now expected',
    );
  });
});

async function lintGuide({ guide, sql, schema }: GuideText): Promise<PlacedFinding[]> {
  const script = new Script(await loadGrammar(), sql);
  const lines = [...sql.matchAll(/\n/g)].map(match => match.index);
  const lineOf = (offset: number): number => 1 + countBelow(lines, offset);
  return lintScript(script, { catalog: await catalogOfGuide(sql, schema) }).map(finding => {
    const { start } = finding.range;
    const statement = script.statements.find(({ range }) => range.start <= start && start <= range.end);
    const range = statement?.range ?? finding.range;
    const [firstLine, lastLine] = [lineOf(range.start), lineOf(range.end)];
    return { guide, line: lineOf(start), firstLine, lastLine, finding };
  });
}

/** The tables the guide makes, and those it takes for granted. */
async function catalogOfGuide(sql: string, schema: string): Promise<Catalog> {
  const [own, given] = await Promise.all([catalogOf(sql), catalogOf(schema)]);
  const names = new Set(own.relations.map(({ name }) => name));
  return { ...own, relations: [...own.relations, ...given.relations.filter(({ name }) => !names.has(name))] };
}

function countBelow(offsets: readonly number[], offset: number): number {
  const first = offsets.findIndex(at => at >= offset);
  return first < 0 ? offsets.length : first;
}

/** A place may be the comment or the fence above the statement. */
const LINES_BEFORE = 2;

function isOf(found: PlacedFinding, place: string, rules: readonly string[]): boolean {
  const [guide, line] = place.split(':');
  const at = Number(line);
  return (
    found.guide === guide &&
    found.firstLine - LINES_BEFORE <= at &&
    at <= found.lastLine &&
    rules.includes(found.finding.rule)
  );
}

function isExpected(found: PlacedFinding): boolean {
  return TRAPS.some(trap => trap.places.split(' ').some(place => isOf(found, place, trap.rules)));
}

function describeFinding({ guide, line, finding }: PlacedFinding): string {
  return `${guide}:${line} ${finding.rule}`;
}

/** Statements of ours of the same kinds: `-- expect rule` or `-- expect nothing` stands above each. */
describe('mistakes like those of the guides', () => {
  const folder = path.join(__dirname, 'cases/guides');
  for (const file of readdirSync(folder).filter(name => name.endsWith('.sql'))) {
    it(`are found in ${file}`, async () => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const script = new Script(await loadGrammar(), text);
      const findings = lintScript(script, { catalog: await catalogOf(text) });
      const expectations = [...text.matchAll(/^-- expect (\S+)\n/gm)];
      assert.ok(expectations.length > 5, 'there are expectations');
      for (const { 0: comment, 1: rule, index } of expectations) {
        const range = script.statements.find(statement => statement.range.start >= index + comment.length)?.range;
        assert.ok(range, comment);
        const rules = findings
          .filter(finding => finding.range.start >= range.start && finding.range.start <= range.end)
          .map(finding => finding.rule);
        const excerpt = text.slice(range.start, range.start + 60);
        if (rule === 'nothing') assert.deepEqual(rules, [], excerpt);
        else assert.ok(rules.includes(rule ?? ''), `${excerpt}: ${rule} is not among ${rules.join(', ') || 'nothing'}`);
      }
    });
  }
});

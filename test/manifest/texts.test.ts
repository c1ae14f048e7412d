import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { takeTexts, TEXTS_FILE, TRANSLATIONS } from '../../src/tools/manifestTexts';

const ROOT = path.join(__dirname, '..', '..');
const BUNDLES = ['l10n/bundle.l10n.vi.json'];

type Texts = Readonly<Record<string, string>>;

function read<T>(file: string): T {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
}

/** The texts that the extension shows by `vscode.l10n.t`, and calls whose text is not a literal. */
function shownTexts(): { readonly texts: ReadonlySet<string>; readonly strange: readonly string[] } {
  const texts = new Set<string>();
  const strange: string[] = [];
  const folder = path.join(ROOT, 'src/extension');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))) {
    const source = ts.createSourceFile(file, readFileSync(path.join(folder, file), 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /^vscode\.l10n\.t$/.test(node.expression.getText(source))) {
        const [text, ...values] = node.arguments;
        if (!text || !ts.isStringLiteral(text)) strange.push(`${file}: ${node.getText(source)}`);
        else {
          texts.add(text.text);
          const places = new Set(placeholders(text.text)).size;
          if (places !== values.length) strange.push(`${file}: ${values.length} values for "${text.text}"`);
        }
      }
      ts.forEachChild(node, visit);
    };
    // parents are asked for by getText of a node that has none
    ts.forEachChild(source, visit);
  }
  return { texts, strange };
}

function placeholders(text: string): string[] {
  return (text.match(/\{\d+\}/g) ?? []).sort();
}

/** What a translation must not change: commands behind links, code, icons. */
function fixedParts(text: string): string[] {
  return (text.match(/\]\(command:[^)]+\)|`[^`]+`|\$\([\w-]+\)/g) ?? []).sort();
}

describe('texts of package.json', () => {
  const manifest = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
  const used = [...new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key ?? ''))].sort();
  const english = read<Texts>(TEXTS_FILE);

  it('are keys: write a text in plain words, run `npm run texts`, and translate it', () => {
    const { texts } = takeTexts(JSON.parse(manifest) as Parameters<typeof takeTexts>[0]);
    assert.deepEqual(texts, {}, 'npm run texts moves these into package.nls.json');
  });

  it('have a text for every key, and no other ones', () => {
    assert.ok(used.length > 50);
    assert.deepEqual(Object.keys(english).sort(), used);
  });

  for (const file of TRANSLATIONS) {
    it(`are all in ${file}`, () => {
      const translated = read<Texts>(file);
      assert.deepEqual(Object.keys(translated).sort(), used, `translate what is missing in ${file}`);
      for (const key of used) {
        assert.deepEqual(fixedParts(translated[key] ?? ''), fixedParts(english[key] ?? ''), `${file}: ${key}`);
        assert.notEqual(translated[key], '', key);
      }
    });
  }
});

describe('texts that the extension shows', () => {
  const { texts, strange } = shownTexts();

  it('are literals, with a value for each place', () => {
    assert.ok(texts.size > 50);
    assert.deepEqual(strange, []);
  });

  for (const file of BUNDLES) {
    it(`are all in ${file}, and no other ones`, () => {
      const bundle = read<Texts>(file);
      assert.deepEqual(Object.keys(bundle).sort(), [...texts].sort(), `add the text and its translation to ${file}`);
      for (const [text, translated] of Object.entries(bundle)) {
        assert.deepEqual(placeholders(translated), placeholders(text), text);
        assert.deepEqual(fixedParts(translated), fixedParts(text), text);
        assert.notEqual(translated, '', text);
      }
    });
  }
});

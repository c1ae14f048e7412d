import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** What a picture may weigh: all of them are downloaded with the extension. */
const PICTURE_LIMIT_BYTES = 100_000;

interface Step {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly image: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
  };
}

/** Texts of the manifest are keys of package.nls.json once they are translated. */
function readManifest(): Manifest {
  const read = (name: string): string => fs.readFileSync(path.join(ROOT, name), 'utf8');
  const texts = fs.existsSync(path.join(ROOT, 'package.nls.json'))
    ? (JSON.parse(read('package.nls.json')) as Record<string, string>)
    : {};
  return JSON.parse(read('package.json'), (_key, value: unknown) => {
    const key = typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
    return key === undefined ? value : (texts[key] ?? value);
  }) as Manifest;
}

describe('the walkthrough', () => {
  const { contributes } = readManifest();
  const commands = new Set(contributes.commands.map(({ command }) => command));
  const steps = contributes.walkthroughs.flatMap(walkthrough => walkthrough.steps);

  it('has a step for connecting, hints, plans, indexes and profiles', () => {
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['connect', 'hint', 'explain', 'index', 'profile'],
    );
  });

  it('offers buttons for commands there are', () => {
    for (const { id, description } of steps) {
      const called = [...description.matchAll(/\]\(command:([^)?]+)/g)].map(match => match[1] ?? '');
      assert.ok(called.length > 0, id);
      for (const command of called) assert.ok(commands.has(command), `${id}: ${command}`);
    }
  });

  it('is done by commands there are', () => {
    for (const { id, completionEvents } of steps) {
      assert.ok(completionEvents.length > 0, id);
      for (const event of completionEvents) {
        assert.ok(event.startsWith('onCommand:') && commands.has(event.slice('onCommand:'.length)), `${id}: ${event}`);
      }
    }
  });

  it('shows small pictures, and says what is on them', () => {
    const shown = steps.map(({ media }) => media.image);
    for (const { id, media } of steps) {
      assert.ok(media.altText.length > 10, id);
      const { size } = fs.statSync(path.join(ROOT, media.image));
      assert.ok(size < PICTURE_LIMIT_BYTES, `${media.image} has ${size} bytes`);
    }
    const folder = 'media/walkthrough';
    const there = fs.readdirSync(path.join(ROOT, folder)).map(name => `${folder}/${name}`);
    assert.deepEqual(there.sort(), [...shown].sort());
  });
});

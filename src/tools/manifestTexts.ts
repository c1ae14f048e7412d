/**
 * The texts of package.json lie in package.nls.json, one file a language. `npm run texts` moves texts that were written
 * into package.json there, and says what is to be translated.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

export const TEXTS_FILE = 'package.nls.json';
/** Each has every key of {@link TEXTS_FILE}. */
export const TRANSLATIONS = ['package.nls.vi.json'];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Texts = Record<string, string>;

/** Where package.json has texts for people; `*` is every member, a name in `{}` becomes a part of the key. */
const PLACES: readonly (readonly [place: string, key: string])[] = [
  ['description', 'extension.description'],
  ['contributes.commands.{command}.title', 'command.{command}'],
  ['contributes.customEditors.*.displayName', 'editor.plan'],
  ['contributes.views.*.{id}.name', 'view.{id}'],
  ['contributes.viewsWelcome.{view}.contents', 'welcome.{view}'],
  ['contributes.walkthroughs.*.title', 'walkthrough.title'],
  ['contributes.walkthroughs.*.description', 'walkthrough.description'],
  ['contributes.walkthroughs.*.steps.{id}.title', 'walkthrough.{id}.title'],
  ['contributes.walkthroughs.*.steps.{id}.description', 'walkthrough.{id}.description'],
  ['contributes.walkthroughs.*.steps.{id}.media.altText', 'walkthrough.{id}.altText'],
  ['capabilities.untrustedWorkspaces.description', 'capability.untrustedWorkspaces'],
  ['capabilities.virtualWorkspaces.description', 'capability.virtualWorkspaces'],
];

/** The manifest with keys in place of its texts, and the texts that were not keys yet. */
export function takeTexts(manifest: Json): { readonly manifest: Json; readonly texts: Texts } {
  const texts: Texts = {};
  const put = (key: string, value: Json): Json => {
    if (typeof value !== 'string' || /^%[\w.-]+%$/.test(value)) return value;
    texts[key] = value;
    return `%${key}%`;
  };
  const placed = PLACES.reduce((json, [place, key]) => change(json, place.split('.'), key, put), manifest);
  const properties = ['contributes', 'configuration', 'properties'];
  const withSettings = at(placed, properties, settings =>
    mapMembers(settings, (setting, name) => takeSchema(setting, `setting.${short(name)}`, put)),
  );
  return { manifest: withSettings, texts };
}

type Put = (key: string, value: Json) => Json;

function change(json: Json, place: readonly string[], key: string, put: Put): Json {
  const [step, ...rest] = place;
  if (step === undefined) return put(key, json);
  const named = /^\{(\w+)\}$/.exec(step)?.[1];
  if (named === undefined && step !== '*') return at(json, [step], member => change(member, rest, key, put));
  return mapMembers(json, member => {
    const name = named !== undefined && isObject(member) ? member[named] : undefined;
    return change(member, rest, typeof name === 'string' ? key.replace(`{${named}}`, short(name)) : key, put);
  });
}

function takeSchema(schema: Json, key: string, put: Put): Json {
  if (!isObject(schema)) return schema;
  const values = Array.isArray(schema['enum']) ? (schema['enum'] as readonly Json[]) : [];
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => {
      if (name === 'description' || name === 'markdownDescription') return [name, put(key, value)];
      if (/^(markdownE|e)numDescriptions$/.test(name)) {
        return [name, (value as readonly Json[]).map((text, place) => put(`${key}.${String(values[place])}`, text))];
      }
      if (name === 'items') return [name, takeSchema(value, `${key}.item`, put)];
      if (name === 'properties')
        return [name, mapMembers(value, (each, own) => takeSchema(each, `${key}.${own}`, put))];
      return [name, value];
    }),
  );
}

function at(json: Json, place: readonly string[], work: (member: Json) => Json): Json {
  const [step, ...rest] = place;
  if (step === undefined) return work(json);
  if (!isObject(json) || json[step] === undefined) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, member]) => [name, name === step ? at(member, rest, work) : member]),
  );
}

function mapMembers(json: Json, work: (member: Json, name: string) => Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map((member, place) => work(member, String(place)));
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, member]) => [name, work(member, name)]));
}

function isObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function short(name: string): string {
  return name.replace(/^queryTuner\./, '');
}

function writeTexts(): void {
  const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
  const write = (file: string, value: unknown): void =>
    writeFileSync(path.join(ROOT, file), `${JSON.stringify(value, null, 2)}\n`);
  const { manifest, texts } = takeTexts(read<Json>('package.json'));
  const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key ?? ''));
  const keep = (all: Texts): Texts => Object.fromEntries(Object.entries(all).filter(([key]) => used.has(key)));
  write('package.json', manifest);
  write(TEXTS_FILE, keep({ ...read<Texts>(TEXTS_FILE), ...texts }));
  for (const file of TRANSLATIONS) {
    const known = keep(read<Texts>(file));
    write(file, known);
    const missing = [...used].filter(key => known[key] === undefined || texts[key] !== undefined);
    for (const key of missing) console.log(`${file}: translate ${key}`);
  }
}

if (require.main === module) writeTexts();

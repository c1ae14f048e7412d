import path from 'node:path';
import type { ProfileHost, ProfilePage, ProfileView } from '../../src/protocol/profilePage';
import type { Browser } from './browser';
import { openEditorPage, type EditorPage } from './editorPage';
import { bundlePage } from './testPage';

const ROOT = path.join(__dirname, '../..');

export interface OpenedProfilePage extends EditorPage<ProfileHost, ProfilePage> {
  /** Every call the page made, as "undo r1". */
  readonly calls: string[];
}

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/** Opens the page of tuning profiles in a browser, with `view` as the answer to `ready()`. */
export async function openProfilePage(
  browser: Browser,
  view: ProfileView | undefined,
  { answers = {}, width = 760 }: { readonly answers?: Partial<ProfileHost>; readonly width?: number } = {},
): Promise<OpenedProfilePage> {
  const files = await (bundled ??= bundlePage('profile', path.join(ROOT, 'src/webview/profile/main.tsx')));
  const calls: string[] = [];
  const record =
    (name: keyof ProfileHost) =>
    async (...args: unknown[]): Promise<void> => {
      calls.push([name, ...args.map(arg => (typeof arg === 'object' ? JSON.stringify(arg) : String(arg)))].join(' '));
      await (answers[name] as ((...args: unknown[]) => Promise<unknown>) | undefined)?.(...args);
    };
  const host: ProfileHost = {
    ready: () => Promise.resolve(view),
    choose: record('choose'),
    refresh: record('refresh'),
    script: groups =>
      answers.script?.(groups) ??
      Promise.resolve(
        groups.flatMap(({ changes }) => changes.map(({ name }) => `ALTER SYSTEM SET ${name};`)).join('\n'),
      ),
    apply: record('apply'),
    undo: record('undo'),
    forget: record('forget'),
    tryOn: record('tryOn'),
    connect: record('connect'),
    manageTrust: record('manageTrust'),
    copyText: record('copyText'),
    cancel: record('cancel'),
  };
  const options = { name: 'profile', files, width, height: 900 };
  return { ...(await openEditorPage<ProfileHost, ProfilePage>(browser, host, options)), calls };
}

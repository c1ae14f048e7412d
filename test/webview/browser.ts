import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The part of playwright-core that these tests use; its types are not installed with the root package. */
export interface Browser {
  newPage(options?: { viewport?: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  addInitScript(script: string): Promise<void>;
  emulateMedia(options: { reducedMotion?: 'reduce' | null; forcedColors?: 'active' | null }): Promise<void>;
  exposeFunction(name: string, callback: (value: never) => unknown): Promise<void>;
  route(url: string, handler: (route: Route) => Promise<void>): Promise<void>;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate<T, A = undefined>(work: ((argument: A) => T) | string, argument?: A): Promise<T>;
  locator(selector: string): Locator;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  context(): { newCDPSession(page: Page): Promise<DevTools> };
  close(): Promise<void>;
}

/** The browser's own protocol, for figures that Playwright does not give. */
export interface DevTools {
  send(method: string, options?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export interface Locator {
  click(options?: { timeout?: number }): Promise<void>;
  waitFor(options?: { state?: 'attached' | 'visible' | 'hidden' | 'detached'; timeout?: number }): Promise<void>;
  count(): Promise<number>;
  textContent(): Promise<string | null>;
  innerText(): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
  isVisible(): Promise<boolean>;
  isDisabled(): Promise<boolean>;
  focus(): Promise<void>;
  hover(): Promise<void>;
  fill(text: string): Promise<void>;
  selectOption(value: string): Promise<unknown>;
  inputValue(): Promise<string>;
  locator(selector: string): Locator;
  first(): Locator;
  nth(index: number): Locator;
  evaluate<T>(work: (element: HTMLElement) => T): Promise<T>;
}

interface Route {
  request(): { url(): string };
  fulfill(response: { status?: number; contentType?: string; body: string }): Promise<void>;
}

interface Playwright {
  readonly chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
}

/** Where distributions put Chromium; $CHROMIUM comes first. */
const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Nothing but the page under test may be loaded, and nothing may be looked up in the background. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the installed Chromium through the playwright-core of the browser-hosted editor's package.
 * Throws an error that says what to install when one of the two is missing.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM, ...CHROMIUM_PATHS].find(file => file && fs.existsSync(file));
  if (!executablePath) throw new Error('no Chromium: set $CHROMIUM, or install the package chromium');
  return loadPlaywright().chromium.launch({ executablePath, args: FLAGS });
}

function loadPlaywright(): Playwright {
  const owner = path.join(__dirname, '../vscodeHost/package.json');
  try {
    return createRequire(owner)('playwright-core') as Playwright;
  } catch (error) {
    throw new Error('no playwright-core: run npm ci in test/vscodeHost', { cause: error });
  }
}

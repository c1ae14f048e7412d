/** The licences of everything that the packaged extension contains beside our own code. */
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './terminal.mjs';

const LICENSE_FILE = /^(licen[cs]e|copying|copyright|notice)(\.(md|txt))?$/i;

/** Programs that npm packages carry in compiled form, with the package that does and where their licence is stated. */
const WITHIN = [
  {
    name: 'PostgreSQL',
    within: '@electric-sql/pglite',
    license: 'PostgreSQL',
    url: 'https://www.postgresql.org/about/licence/',
  },
  {
    name: 'libpg_query',
    within: 'libpg-query',
    license: 'BSD-3-Clause',
    url: 'https://github.com/pganalyze/libpg_query',
  },
];

/** Packages that are installed for the product itself. @returns `{ name, version, folder }`, sorted by name. */
export function runtimePackages() {
  const { packages } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([folder, { dev }]) => folder && !dev)
    .map(([folder, { version }]) => ({
      name: folder.split('node_modules/').at(-1),
      version,
      folder: path.join(ROOT, folder),
    }))
    .filter(({ folder }) => fs.existsSync(folder))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws if a package says neither its licence nor has a file that does. */
export function thirdPartyNotices() {
  const sections = runtimePackages().map(({ name, version, folder }) => {
    const { license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const files = fs.readdirSync(folder).filter(file => LICENSE_FILE.test(file));
    if (!license && files.length === 0) throw new Error(`${name} does not say its licence`);
    const texts = files.map(file => fs.readFileSync(path.join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n');
  });
  const within = WITHIN.map(
    ({ name, within, license, url }) => `${name}, in compiled form within ${within} (${license}): ${url}`,
  );
  const head = 'Query Tuner contains the following packages, each under its own licence.';
  return [head, ...sections, ...within].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

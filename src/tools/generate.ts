import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles, locate, RULE_PAGES } from './generatedFiles';

/** `npm run generate`: writes what is made from code and removes pages of rules that are gone. */
function generate(): void {
  const files = generatedFiles();
  mkdirSync(locate(RULE_PAGES), { recursive: true });
  for (const { path: file, text } of files) writeFileSync(locate(file), text);
  const wanted = new Set(files.map(({ path: file }) => file));
  for (const page of readdirSync(locate(RULE_PAGES))) {
    if (!wanted.has(`${RULE_PAGES}/${page}`)) rmSync(path.join(locate(RULE_PAGES), page));
  }
  console.log(`${files.length} files written`);
}

generate();

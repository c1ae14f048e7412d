/** Comments that begin the part which takes a migration back, and those that end it. */
const DOWN = marker(
  String.raw`\+(?:goose|migrate|micrate)\s+down\b`,
  String.raw`migrate:down\b`,
  String.raw`!downs\b`,
  String.raw`(?:\/\/\s*)?@(?:undo|down)\b`,
  String.raw`(?:down(?:\s+migration)?|rollback)\s*:?\s*$`,
);
const UP = marker(
  String.raw`\+(?:goose|migrate|micrate)\s+up\b`,
  String.raw`migrate:up\b`,
  String.raw`!ups\b`,
  String.raw`@up\b`,
  String.raw`up(?:\s+migration)?\s*:?\s*$`,
  String.raw`changeset\s`,
);

function marker(...forms: readonly string[]): RegExp {
  return new RegExp(String.raw`^\s*(?:--|#)[\s-]*(?:${forms.join('|')})`, 'i');
}

/**
 * The text of a migration with what takes it back blanked out; every offset stays where it is. Knows the comments of
 * goose, sql-migrate, dbmate, node-pg-migrate, Play, MyBatis Migrations and plain `-- Down` or `-- rollback` lines.
 */
export function upPartOf(text: string): string {
  if (!/^\s*(?:--|#).*(?:down|undo|rollback)/im.test(text)) return text;
  let isDown = false;
  return text
    .split(/(?<=\n)/)
    .map(line => {
      if (DOWN.test(line)) isDown = true;
      else if (UP.test(line)) isDown = false;
      return isDown ? line.replace(/[^\r\n]/g, ' ') : line;
    })
    .join('');
}

/**
 * Versions of the migrations that a dump contains, if it lists them (`INSERT INTO schema_migrations`); undefined if it
 * does not say.
 */
export function appliedVersions(dump: string): ReadonlySet<string> | undefined {
  const found = [...dump.matchAll(/insert\s+into\s+[\w."]*schema_migrations"?\s*\([^)]*\)\s*values([^;]*);/gi)];
  if (found.length === 0) return undefined;
  return new Set(
    found.flatMap(([, values = '']) => [...values.matchAll(/'([^']+)'/g)].map(([, version = '']) => version)),
  );
}
